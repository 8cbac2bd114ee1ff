#include "contract/router.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/text.h"

namespace rapport::contract {
namespace {

struct Leaf {
  const Service* service;
  const Operation* operation;
  std::string_view method;
  std::vector<std::string_view> labels;
};

bool signed_for(const Service& service, std::string_view signing_name) {
  return signing_name.empty() || signing_name == service.signing_name || signing_name == service.endpoint_prefix ||
         signing_name == service.name;
}

// `POST /` with X-Amz-Target: AmazonPersonalize.CreateSchema.
Match match_target(std::string_view target, std::string_view signing_name) {
  Match match;
  const std::size_t dot = target.find('.');
  for (const Service* service : services()) {
    if (service->protocol != Protocol::kJson) continue;
    match.service = service;
    if (dot == std::string_view::npos || target.substr(0, dot) != service->target_prefix) continue;
    match.operation = find_operation(*service, target.substr(dot + 1));
    if (match.operation == nullptr) return match;
    match.kind = signed_for(*service, signing_name) ? Match::Kind::kOperation : Match::Kind::kWrongScope;
    return match;
  }
  return match;
}

}  // namespace

struct Router::Node {
  std::map<std::string_view, std::unique_ptr<Node>> literals;
  std::unique_ptr<Node> label;  // any one segment
  std::vector<Leaf> leaves;
  std::vector<Leaf> rest;  // the last label takes what is left of the path
};

// What one look-up carries down the tree.
struct Router::Walk {
  std::string_view method;
  std::string_view signing_name;
  std::array<std::string_view, Match::kLabelsMax> raw{};
  Match found{};

  bool done() const { return found.kind == Match::Kind::kOperation; }

  void take(const std::vector<Leaf>& leaves, std::size_t label_count) {
    for (const Leaf& leaf : leaves) {
      if (leaf.method != method) {
        if (found.kind == Match::Kind::kWrongScope) continue;
        found.kind = Match::Kind::kWrongMethod;
        found.service = leaf.service;
        if (!found.allowed.empty()) found.allowed += ", ";
        found.allowed += leaf.method;
      } else if (!signed_for(*leaf.service, signing_name)) {
        found.kind = Match::Kind::kWrongScope;
        found.service = leaf.service;
        found.operation = leaf.operation;
      } else {
        found = {Match::Kind::kOperation, leaf.service, leaf.operation, {}, label_count, {}};
        for (std::size_t i = 0; i < label_count; ++i) found.labels[i] = {leaf.labels[i], raw[i]};
        return;
      }
    }
  }
};

Router::Router() : root_(std::make_unique<Node>()) {
  for (const Service* service : services()) {
    if (service->protocol != Protocol::kRestJson) continue;
    for (const Operation& operation : service->operations) {
      add(*service, operation, operation.route);
      for (const Route& alias : service->aliases(operation)) add(*service, operation, alias);
    }
  }
}

Router::~Router() = default;

void Router::add(const Service& service, const Operation& operation, const Route& route) {
  Node* node = root_.get();
  Leaf leaf{&service, &operation, route.method, {}};
  bool takes_rest = false;
  for (std::string_view segment : split(route.uri.substr(1), '/')) {
    CHECK(!takes_rest);
    if (!segment.starts_with('{')) {
      auto& child = node->literals[segment];
      if (!child) child = std::make_unique<Node>();
      node = child.get();
      continue;
    }
    takes_rest = segment.ends_with("+}");
    leaf.labels.push_back(segment.substr(1, segment.size() - (takes_rest ? 3 : 2)));
    if (takes_rest) continue;
    if (!node->label) node->label = std::make_unique<Node>();
    node = node->label.get();
  }
  CHECK(leaf.labels.size() <= Match::kLabelsMax);
  (takes_rest ? node->rest : node->leaves).push_back(std::move(leaf));
}

// Literals before labels; the first complete match wins. `rest` is what follows the node's own segment, with its slash.
void Router::walk(const Node& node, std::string_view rest, std::size_t depth, Walk& state) {
  if (rest.empty()) return state.take(node.leaves, depth);
  const std::string_view after = rest.substr(1);
  const std::size_t end = std::min(after.find('/'), after.size());
  const std::string_view segment = after.substr(0, end);
  if (const auto literal = node.literals.find(segment); literal != node.literals.end()) {
    walk(*literal->second, after.substr(end), depth, state);
    if (state.done()) return;
  }
  if (segment.empty()) return;
  if (node.label) {
    state.raw[depth] = segment;
    walk(*node.label, after.substr(end), depth + 1, state);
    if (state.done()) return;
  }
  if (!node.rest.empty()) {
    state.raw[depth] = after;
    state.take(node.rest, depth + 1);
  }
}

Match Router::match_path(const http::RequestHead& head, std::string_view signing_name) const {
  Walk state{head.method, signing_name};
  const std::string_view path = head.path();
  if (path.starts_with('/')) walk(*root_, path, 0, state);
  if (state.found.kind != Match::Kind::kUnknown) return std::move(state.found);
  // Nothing there: the signature, else the first segment, tells whose form of error the client reads.
  const std::string_view second = path.substr(std::min<std::size_t>(1, path.size()));
  const std::string_view first = second.substr(0, second.find('/'));
  for (const Service* service : services()) {
    const bool addressed = signing_name.empty() ? !first.empty() && service->protocol == Protocol::kRestJson &&
                                                      service->operations[0].route.uri.substr(1).starts_with(first)
                                                : signed_for(*service, signing_name);
    if (!addressed) continue;
    state.found.service = service;
    break;
  }
  return std::move(state.found);
}

Match Router::route(const http::RequestHead& head, std::string_view signing_name) const {
  if (head.path() == "/") {
    if (const auto target = head.headers.find("X-Amz-Target")) return match_target(*target, signing_name);
  }
  return match_path(head, signing_name);
}

}  // namespace rapport::contract
