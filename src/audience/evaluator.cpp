#include "audience/evaluator.h"

#include <string>
#include <utility>

#include "audience/dimensions.h"

namespace rapport::audience {
namespace {

constexpr int kDepthMax = 16;

SegmentRef source_ref(const std::string& app, const json::object& source) {
  return {app, json::string_or(source, "Id"), json::find_integer(source, "Version").value_or(0)};
}

template <class Visit>
Status for_each_object(const json::object& holder, std::string_view member, const Visit& visit) {
  const auto* list = json::find_array(holder, member);
  if (list == nullptr) return {};
  for (const auto& element : *list) {
    if (!element.is_object()) {
      return fail(ErrorKind::kInvalid, std::string(member) + " must be a list of objects", std::string(member));
    }
    TRY(visit(element.get_object()));
  }
  return {};
}

}  // namespace

struct Evaluator::Node {
  struct Group {
    std::vector<std::unique_ptr<Node>> sources;
    json::object document;
  };
  SegmentRef ref;
  Segment segment;
  std::vector<Group> groups;
  Timestamp now;
  std::function<Result<bool>(const SegmentRef&, const Endpoint&)> is_imported;

  Result<bool> contains(const Endpoint& endpoint, const json::object& document) const;
  Result<bool> contains(const Group& group, const Endpoint& endpoint, const json::object& document) const;
};

Result<bool> Evaluator::Node::contains(const Endpoint& endpoint, const json::object& document) const {
  if (segment.type == SegmentType::kImport) return is_imported(ref, endpoint);
  if (const auto* dimensions = json::find_object(segment.definition, "Dimensions")) {
    return matches_dimensions(*dimensions, document, now);
  }
  const auto* description = json::find_object(segment.definition, "SegmentGroups");
  if (description == nullptr) return true;
  const std::string include = json::string_or(*description, "Include");
  Combination combination(include);
  for (const auto& group : groups) combination.add(TRY(contains(group, endpoint, document)));
  return combination.holds();
}

Result<bool> Evaluator::Node::contains(const Group& group, const Endpoint& endpoint,
                                       const json::object& document) const {
  const std::string source_type = json::string_or(group.document, "SourceType");
  Combination in_sources(source_type);
  for (const auto& source : group.sources) in_sources.add(TRY(source->contains(endpoint, document)));
  if (!in_sources.holds()) return false;
  const std::string type = json::string_or(group.document, "Type");
  Combination in_dimensions(type);
  if (const auto* list = json::find_array(group.document, "Dimensions")) {
    for (const auto& dimensions : *list) {
      in_dimensions.add(matches_dimensions(dimensions.as_object(), document, now));
    }
  }
  return in_dimensions.holds();
}

Evaluator::Evaluator(std::unique_ptr<Node> root) : root_(std::move(root)) {}
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;
Evaluator::~Evaluator() = default;

Result<Evaluator> Evaluator::create(const SegmentRef& ref, const EvaluatorSources& sources, Timestamp now) {
  return Evaluator(TRY(build(ref, sources, now, 0)));
}

Result<std::unique_ptr<Evaluator::Node>> Evaluator::build(const SegmentRef& ref, const EvaluatorSources& sources,
                                                          Timestamp now, int depth) {
  if (depth > kDepthMax) {
    return fail(ErrorKind::kInvalid, "Segments are made of each other in a circle: " + ref.segment, "SourceSegments");
  }
  auto node = std::make_unique<Node>();
  node->segment = TRY(sources.load(ref));
  node->ref = {ref.app, ref.segment, node->segment.version};
  node->now = now;
  node->is_imported = sources.is_imported;
  const auto* description = json::find_object(node->segment.definition, "SegmentGroups");
  if (description == nullptr) return node;
  TRY(for_each_object(*description, "Groups", [&](const json::object& document) -> Status {
    Node::Group group{{}, document};
    TRY(for_each_object(document, "SourceSegments", [&](const json::object& source) -> Status {
      group.sources.push_back(TRY(build(source_ref(ref.app, source), sources, now, depth + 1)));
      return {};
    }));
    node->groups.push_back(std::move(group));
    return {};
  }));
  return node;
}

const Segment& Evaluator::segment() const { return root_->segment; }

Result<bool> Evaluator::contains(const Endpoint& endpoint) const {
  return root_->contains(endpoint, endpoint.document());
}

}  // namespace rapport::audience
