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

// One member or element further; missing when there is none. A list of one stands for its element.
Value descend(const Value& from, const PathStep& step) {
  if (const json::array* list = as_list(from)) {
    if (step.index == kNoIndex) return list->size() == 1 ? descend(Value(&list->front()), step) : Value();
    return step.index < list->size() ? Value(&(*list)[step.index]) : Value();
  }
  if (const json::object* object = as_object(from)) {
    const json::value* member = object->if_contains(step.name);
    return member == nullptr || member->is_null() ? Value() : Value(member);
  }
  // A single text is its own first element.
  return step.index == 0 ? from : Value();
}

bool is_missing(const Value& value) { return std::holds_alternative<std::monostate>(value); }

Value follow(Value from, std::span<const PathStep> steps) {
  for (std::size_t i = 0; i < steps.size() && !is_missing(from); ++i) {
    Value next = descend(from, steps[i]);
    // Names of attributes may hold dots: `Attributes.favorite.color` is also the attribute "favorite.color".
    const json::object* object = as_object(from);
    PathStep joined = object != nullptr && is_missing(next) ? steps[i] : PathStep();
    while (object != nullptr && is_missing(next) && i + 1 < steps.size()) {
      joined.name += "." + steps[++i].name;
      next = descend(from, joined);
    }
    from = std::move(next);
  }
  return from;
}

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
  Value from_root(const Path& path) const;
  static Value substitution(const Substitutions& from, const Path& path);
  Value from_endpoint(const Path& path) const;

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

Value Renderer::substitution(const Substitutions& from, const Path& path) {
  if (const json::value* found = from.find(path.plain)) return Value(found);
  if (path.parent.empty()) return {};
  const json::value* found = from.find(path.parent);
  return found == nullptr ? Value() : descend(Value(found), path.steps.back());
}

Value Renderer::from_endpoint(const Path& path) const {
  const auto first = data_.endpoint.find(path.steps.front().name);
  if (first == data_.endpoint.end()) return {};
  return follow(Value(&first->value()), std::span(path.steps).subspan(1));
}

Value Renderer::from_root(const Path& path) const {
  if (path.steps.empty()) return {};
  for (const Substitutions* overriding : data_.overrides) {
    Value value = substitution(*overriding, path);
    if (!is_empty(value)) return value;
  }
  Value value = from_endpoint(path);
  if (!is_empty(value) || data_.defaults == nullptr) return value;
  Value fallback = substitution(*data_.defaults, path);
  return is_missing(fallback) ? value : fallback;
}

Value Renderer::from_scopes(const Path& path, const Scope& scope) const {
  for (const Scope* current = &scope; current->outer != nullptr; current = current->outer) {
    const json::object* object = as_object(current->value);
    if (object != nullptr && object->contains(path.steps.front().name)) return follow(current->value, path.steps);
  }
  return from_root(path);
}

Value Renderer::resolve(const Path& path, const Scope& scope) const {
  const Scope* each = scope.each;
  switch (path.start) {
    case Path::Start::kScopes: return from_scopes(path, scope);
    case Path::Start::kRoot: return from_root(path);
    case Path::Start::kIndex: return each == nullptr ? Value() : Value(static_cast<double>(each->index));
    case Path::Start::kFirst: return each == nullptr ? Value() : Value(each->index == 0);
    case Path::Start::kLast: return each == nullptr ? Value() : Value(each->last);
    case Path::Start::kKey: return each == nullptr ? Value() : Value(each->key);
    case Path::Start::kCurrent: break;
  }
  const Scope* current = &scope;
  for (std::size_t i = 0; i < path.outwards && current->outer != nullptr; ++i) current = current->outer;
  return current->outer == nullptr ? from_root(path) : follow(current->value, path.steps);
}

}  // namespace

Result<Template> Template::compile(std::string_view source, Escaping escaping) {
  auto program = std::make_shared<Program>(TRY(parse_template(source)));
  program->escaping = escaping;
  return Template(std::move(program));
}

Status Template::render(const RenderData& data, std::string& out) const { return Renderer(*program_, data, out).run(); }

Result<std::string> Template::render(const RenderData& data) const {
  std::string out;
  TRY(render(data, out));
  return out;
}

}  // namespace rapport::messages
