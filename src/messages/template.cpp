#include "messages/template.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "messages/functions.h"
#include "messages/template_program.h"

namespace rapport::messages {

namespace {

constexpr std::size_t kStepsMax = 200'000;
constexpr std::size_t kOutputBytesMax = 10'000'000;  // the published limit of one e-mail
constexpr std::size_t kDepthMax = 64;

// What `this` is inside a block.
struct Scope {
  Value value;
  const Scope* outer = nullptr;  // nullptr: the root, whose variables have three sources
  const Scope* each = nullptr;   // the innermost scope that is an item of an each
  std::size_t index = 0;
  bool last = false;
  std::string_view key;
};

// One member or element further; nullptr when there is none. A list of one stands for its element, and a single text is
// its own first element.
const json::value* step_into(const json::value& from, const PathStep& step) {
  if (const json::array* list = from.if_array()) {
    if (step.index == kNoIndex) return list->size() == 1 ? step_into(list->front(), step) : nullptr;
    return step.index < list->size() ? &(*list)[step.index] : nullptr;
  }
  if (const json::object* object = from.if_object()) {
    const json::value* member = object->if_contains(step.name);
    return member == nullptr || member->is_null() ? nullptr : member;
  }
  return step.index == 0 ? &from : nullptr;
}

// Names of attributes may hold dots: `Attributes.favorite.color` is also the attribute "favorite.color". `place` is the
// step that found nothing, and then the last that was joined.
const json::value* step_into_joined(const json::value& from, std::span<const PathStep> steps, std::size_t& place) {
  const json::object* object = from.if_object();
  if (object == nullptr || place + 1 == steps.size()) return nullptr;
  std::string name = steps[place].name;
  while (++place < steps.size()) {
    name += "." + steps[place].name;
    const json::value* member = object->if_contains(name);
    if (member != nullptr && !member->is_null()) return member;
  }
  return nullptr;
}

const json::value* follow(const json::value* from, std::span<const PathStep> steps) {
  for (std::size_t i = 0; i < steps.size() && from != nullptr; ++i) {
    const json::value* next = step_into(*from, steps[i]);
    from = next != nullptr ? next : step_into_joined(*from, steps, i);
  }
  return from;
}

Value as_value(const json::value* node) { return node == nullptr ? Value() : Value(node); }

// From what a block is about: mostly a node, else a text, which only has itself as its first element.
Value follow(const Value& from, std::span<const PathStep> steps) {
  if (const auto* node = std::get_if<const json::value*>(&from)) return as_value(follow(*node, steps));
  const bool itself = std::ranges::all_of(steps, [](const PathStep& step) { return step.index == 0; });
  return itself ? from : Value();
}

bool is_missing(const Value& value) { return std::holds_alternative<std::monostate>(value); }

class Renderer {
 public:
  Renderer(const Program& program, const RenderData& data, std::string& out)
      : program_(program), data_(data), out_(out), output_end_(out.size() + kOutputBytesMax) {}

  Status run() {
    const Scope root;
    return block(program_.body, root, 0);
  }

 private:
  Status block(const Block& nodes, const Scope& scope, std::size_t depth);
  Status node(const Node& node, const Scope& scope, std::size_t depth);
  Status each(const Node& node, const Value& items, const Scope& scope, std::size_t depth);
  Status section(const Node& node, const Value& value, const Scope& scope, std::size_t depth);
  Status with(const Node& node, const Value& value, const Scope& scope, std::size_t depth);

  Result<Value> evaluate(const Expression& expression, const Scope& scope) const;
  Result<Value> call(const Expression& expression, const Scope& scope) const;
  Result<Value> argument(const Expression& expression, const Scope& scope, Function::BareWords bare) const;
  Value resolve(const Path& path, const Scope& scope) const;
  Value from_scopes(const Path& path, const Scope& scope) const;
  const json::value* from_root(const Path& path) const;
  static const json::value* substitution(const Substitutions& from, const Path& path);
  const json::value* from_endpoint(const Path& path) const;

  const Program& program_;
  const RenderData& data_;
  std::string& out_;
  const std::size_t output_end_;
  std::size_t steps_ = 0;
};

Status Renderer::block(const Block& nodes, const Scope& scope, std::size_t depth) {
  if (depth > kDepthMax) return fail(ErrorKind::kInvalid, "a template's partials call each other too deep");
  for (const Node& each_node : nodes) {
    if (++steps_ > kStepsMax) return fail(ErrorKind::kInvalid, "a template takes too many steps to render");
    if (out_.size() > output_end_) return fail(ErrorKind::kInvalid, "a template writes more than 10 MB");
    TRY(node(each_node, scope, depth));
  }
  return {};
}

Status Renderer::node(const Node& node, const Scope& scope, std::size_t depth) {
  switch (node.kind) {
    case Node::Kind::kText: out_.append(node.text); return {};
    case Node::Kind::kPartial: return block(program_.partials[node.partial], scope, depth + 1);
    case Node::Kind::kPrint:
      if (node.expression.kind != Expression::Kind::kPath) break;
      append_text(out_, resolve(node.expression.path, scope), program_.escaping);
      return {};
    default: break;
  }
  const Value value = TRY(evaluate(node.expression, scope));
  switch (node.kind) {
    case Node::Kind::kPrint: append_text(out_, value, program_.escaping); return {};
    case Node::Kind::kPrintRaw: append_text(out_, value, Escaping::kNone); return {};
    case Node::Kind::kCondition: return block(is_true(value) ? node.body : node.otherwise, scope, depth + 1);
    case Node::Kind::kInverted: return block(is_true(value) ? node.otherwise : node.body, scope, depth + 1);
    case Node::Kind::kEach: return each(node, value, scope, depth);
    case Node::Kind::kWith: return with(node, value, scope, depth);
    default: return section(node, value, scope, depth);
  }
}

Status Renderer::each(const Node& node, const Value& items, const Scope& scope, std::size_t depth) {
  if (is_empty(items)) return block(node.otherwise, scope, depth + 1);
  const auto run_item = [&](const Value& value, std::size_t index, std::size_t count, std::string_view key) {
    Scope item{
        .value = value, .outer = &scope, .each = nullptr, .index = index, .last = index + 1 == count, .key = key};
    item.each = &item;
    return block(node.body, item, depth + 1);
  };
  if (const json::array* list = as_list(items)) {
    const std::size_t count = std::min(list->size(), kEachItemsMax);
    for (std::size_t i = 0; i < count; ++i) TRY(run_item(Value(&(*list)[i]), i, count, {}));
    return {};
  }
  if (const json::object* object = as_object(items)) {
    const std::size_t count = std::min(object->size(), kEachItemsMax);
    std::size_t i = 0;
    for (auto member = object->begin(); i < count; ++member, ++i) {
      TRY(run_item(Value(&member->value()), i, count, member->key()));
    }
    return {};
  }
  return run_item(items, 0, 1, {});
}

Status Renderer::with(const Node& node, const Value& value, const Scope& scope, std::size_t depth) {
  if (is_empty(value)) return block(node.otherwise, scope, depth + 1);
  const Scope inner{.value = single(value), .outer = &scope, .each = scope.each, .index = 0, .last = false, .key = {}};
  return block(node.body, inner, depth + 1);
}

Status Renderer::section(const Node& node, const Value& value, const Scope& scope, std::size_t depth) {
  if (as_list(value) != nullptr) return each(node, value, scope, depth);
  if (as_object(value) != nullptr) return with(node, value, scope, depth);
  return block(is_true(value) ? node.body : node.otherwise, scope, depth + 1);
}

Result<Value> Renderer::evaluate(const Expression& expression, const Scope& scope) const {
  switch (expression.kind) {
    case Expression::Kind::kPath: return resolve(expression.path, scope);
    case Expression::Kind::kText: return Value(std::string_view(expression.text));
    case Expression::Kind::kNumber: return Value(expression.number);
    case Expression::Kind::kTrue: return Value(true);
    case Expression::Kind::kFalse: return Value(false);
    case Expression::Kind::kNothing: return Value();
    case Expression::Kind::kCall: return call(expression, scope);
  }
  return Value();
}

Result<Value> Renderer::argument(const Expression& expression, const Scope& scope, Function::BareWords bare) const {
  Value value = TRY(evaluate(expression, scope));
  const bool word = expression.kind == Expression::Kind::kPath && expression.path.start == Path::Start::kScopes &&
                    !expression.path.source.contains('.');
  if (bare == Function::BareWords::kTexts && word && is_missing(value)) {
    return Value(std::string_view(expression.path.source));
  }
  return value;
}

Result<Value> Renderer::call(const Expression& expression, const Scope& scope) const {
  std::vector<Value> values;
  values.reserve(expression.arguments.size());
  for (const Expression& each_argument : expression.arguments) {
    values.push_back(TRY(argument(each_argument, scope, expression.function->bare_words)));
  }
  std::vector<std::pair<std::string_view, Value>> named;
  for (std::size_t i = 0; i < expression.named.size(); ++i) {
    named.emplace_back(expression.names[i], TRY(argument(expression.named[i], scope, Function::BareWords::kTexts)));
  }
  Value result = TRY(expression.function->call({values, named, data_.now}));
  const auto* text = std::get_if<std::string>(&result);
  if (text != nullptr && text->size() > kTextBytesMax) {
    return fail(ErrorKind::kInvalid,
                "a template function made too long a text: " + std::string(expression.function->name));
  }
  return result;
}

const json::value* Renderer::substitution(const Substitutions& from, const Path& path) {
  if (from.empty()) return nullptr;
  if (const json::value* found = from.find(path.plain)) return found;
  const json::value* found = path.parent.empty() ? nullptr : from.find(path.parent);
  return found == nullptr ? nullptr : step_into(*found, path.steps.back());
}

const json::value* Renderer::from_endpoint(const Path& path) const {
  const json::value* first = data_.endpoint.if_contains(path.steps.front().name);
  return first == nullptr ? nullptr : follow(first, std::span(path.steps).subspan(1));
}

const json::value* Renderer::from_root(const Path& path) const {
  if (path.steps.empty()) return nullptr;
  for (const Substitutions* overriding : data_.overrides) {
    const json::value* value = substitution(*overriding, path);
    if (value != nullptr && !is_empty(value)) return value;
  }
  const json::value* value = from_endpoint(path);
  if (data_.defaults == nullptr || (value != nullptr && !is_empty(value))) return value;
  const json::value* fallback = substitution(*data_.defaults, path);
  return fallback == nullptr ? value : fallback;
}

Value Renderer::from_scopes(const Path& path, const Scope& scope) const {
  for (const Scope* current = &scope; current->outer != nullptr; current = current->outer) {
    const json::object* object = as_object(current->value);
    if (object != nullptr && object->contains(path.steps.front().name)) return follow(current->value, path.steps);
  }
  return as_value(from_root(path));
}

Value Renderer::resolve(const Path& path, const Scope& scope) const {
  const Scope* each = scope.each;
  switch (path.start) {
    case Path::Start::kScopes: return from_scopes(path, scope);
    case Path::Start::kRoot: return as_value(from_root(path));
    case Path::Start::kIndex: return each == nullptr ? Value() : Value(static_cast<double>(each->index));
    case Path::Start::kFirst: return each == nullptr ? Value() : Value(each->index == 0);
    case Path::Start::kLast: return each == nullptr ? Value() : Value(each->last);
    case Path::Start::kKey: return each == nullptr ? Value() : Value(each->key);
    case Path::Start::kCurrent: break;
  }
  const Scope* current = &scope;
  for (std::size_t i = 0; i < path.outwards && current->outer != nullptr; ++i) current = current->outer;
  return current->outer == nullptr ? as_value(from_root(path)) : follow(current->value, path.steps);
}

}  // namespace

Result<Template> Template::compile(std::string_view source, Escaping escaping) {
  auto program = std::make_shared<Program>(TRY(parse_template(source)));
  program->escaping = escaping;
  program->source_bytes = source.size();
  return Template(std::move(program));
}

const MembersRead& Template::reads() const { return program_->reads; }

bool Template::uses_recommendations() const {
  const auto is_recommendation = [](std::string_view name) {
    return name == "RecommendationItems" || name == "Recommendations";
  };
  return std::ranges::any_of(program_->reads.names, is_recommendation);
}

Status Template::render(const RenderData& data, std::string& out) const {
  out.reserve(out.size() + program_->source_bytes + program_->source_bytes / 8);
  return Renderer(*program_, data, out).run();
}

Result<std::string> Template::render(const RenderData& data) const {
  std::string out;
  TRY(render(data, out));
  return out;
}

}  // namespace rapport::messages
