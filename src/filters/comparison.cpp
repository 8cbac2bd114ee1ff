#include "filters/comparison.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace rapport::filters {

Comparison::Comparison(Operator by, std::string_view column)
    : operator_(by), any_case_(equals_ignore_case(column, "EVENT_TYPE")) {}

void Comparison::add(const Operand& value) {
  if (value.kind == Operand::Kind::kAnything || (any_case_ && value.text == "*")) {
    anything_ = true;
  } else if (value.kind == Operand::Kind::kNumber || is_order(operator_)) {
    if (const auto number = parse_double(value.text)) numbers_.push_back(*number);
  } else {
    texts_.insert(any_case_ ? to_lower(value.text) : value.text);
  }
}

void Comparison::add_cell(std::string_view cell) {
  if (cell.empty()) return;
  for (const std::string_view value : split(cell, '|')) {
    if (!is_order(operator_)) texts_.insert(any_case_ ? to_lower(value) : std::string(value));
    if (const auto number = parse_double(value)) numbers_.push_back(*number);
  }
}

bool Comparison::holds(std::string_view cell) const {
  const bool is_negated = operator_ == Operator::kNotIn || operator_ == Operator::kNotEqual;
  if (cell.empty()) return is_negated;
  bool is_any_listed = false;
  std::size_t begin = 0;
  while (!is_any_listed && begin <= cell.size()) {
    const std::size_t end = std::min(cell.find('|', begin), cell.size());
    is_any_listed = is_listed(cell.substr(begin, end - begin));
    begin = end + 1;
  }
  return is_any_listed != is_negated;
}

bool Comparison::is_listed(std::string_view value) const {
  if (anything_) return true;
  if (!texts_.empty() && (any_case_ ? texts_.contains(to_lower(value)) : texts_.contains(value))) return true;
  if (numbers_.empty()) return false;
  const std::optional<double> number = parse_double(value);
  return number && is_in_order(*number);
}

bool Comparison::is_in_order(double number) const {
  return std::ranges::any_of(numbers_, [&](double other) {
    switch (operator_) {
      case Operator::kLess: return number < other;
      case Operator::kLessOrEqual: return number <= other;
      case Operator::kGreater: return number > other;
      case Operator::kGreaterOrEqual: return number >= other;
      default: return number == other;
    }
  });
}

}  // namespace rapport::filters
