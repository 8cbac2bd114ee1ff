#include <algorithm>
#include <compare>
#include <optional>

#include "messages/functions.h"

// The conditional functions: inline they print `true` or `false` or what `yes=` and `no=` say, as a block they choose.

namespace rapport::messages {

namespace {

constexpr std::size_t kAny = 64;

bool is_number(const Value& value) {
  const Value one = single(value);
  if (std::holds_alternative<double>(one)) return true;
  const auto* node = std::get_if<const json::value*>(&one);
  return node != nullptr && (*node)->is_number();
}

bool is_missing(const Value& value) {
  const Value one = single(value);
  const auto* node = std::get_if<const json::value*>(&one);
  return std::holds_alternative<std::monostate>(one) || (node != nullptr && (*node)->is_null());
}

// Texts are equal as texts ("05" is not "5"); beside a real number they are compared as numbers.
bool are_equal(const Value& a, const Value& b) {
  if (is_missing(a) || is_missing(b)) return is_missing(a) && is_missing(b);
  if (is_number(a) || is_number(b)) {
    const auto left = to_number(a);
    const auto right = to_number(b);
    if (left && right) return *left == *right;
  }
  return to_text(a) == to_text(b);
}

// Numeric when both are numbers or texts that are numbers; unordered when one is missing.
std::partial_ordering order(const Value& a, const Value& b) {
  if (is_missing(a) || is_missing(b)) return std::partial_ordering::unordered;
  const auto left = to_number(a);
  const auto right = to_number(b);
  if (left && right) return *left <=> *right;
  return to_text(a) <=> to_text(b);
}

Value choose(bool truth, const Arguments& arguments) {
  const Value* chosen = arguments.find(truth ? "yes" : "no");
  return chosen == nullptr ? Value(truth) : *chosen;
}

Result<Value> all_true(const Arguments& a) { return choose(std::ranges::all_of(a.values, is_true), a); }
Result<Value> any_true(const Arguments& a) { return choose(std::ranges::any_of(a.values, is_true), a); }
Result<Value> equal(const Arguments& a) { return choose(are_equal(a.values[0], a.values[1]), a); }
Result<Value> not_equal(const Arguments& a) { return choose(!are_equal(a.values[0], a.values[1]), a); }
Result<Value> greater(const Arguments& a) { return choose(order(a.values[0], a.values[1]) > 0, a); }
Result<Value> greater_or_equal(const Arguments& a) { return choose(order(a.values[0], a.values[1]) >= 0, a); }
Result<Value> less(const Arguments& a) { return choose(order(a.values[0], a.values[1]) < 0, a); }
Result<Value> less_or_equal(const Arguments& a) { return choose(order(a.values[0], a.values[1]) <= 0, a); }
Result<Value> inverted(const Arguments& a) { return choose(!is_true(a.values[0]), a); }
Result<Value> as_given(const Arguments& a) { return Value(is_true(a.values[0])); }
Result<Value> unless(const Arguments& a) { return Value(!is_true(a.values[0])); }

constexpr Function kFunctions[] = {
    {"and", 2, kAny, all_true}, {"or", 2, kAny, any_true},       {"eq", 2, 2, equal},      {"neq", 2, 2, not_equal},
    {"gt", 2, 2, greater},      {"gte", 2, 2, greater_or_equal}, {"lt", 2, 2, less},       {"lte", 2, 2, less_or_equal},
    {"not", 1, 1, inverted},    {"if", 1, 1, as_given},          {"unless", 1, 1, unless},
};

}  // namespace

std::span<const Function> condition_functions() { return kFunctions; }

}  // namespace rapport::messages
