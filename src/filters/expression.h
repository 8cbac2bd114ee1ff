#pragma once

// The tree of a filter expression, as parsed.

#include <string>
#include <vector>

#include "filters/filter.h"

namespace rapport::filters {

enum class Operator { kIn, kNotIn, kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
constexpr bool is_order(Operator comparison) { return comparison >= Operator::kLess; }

// What stands to the right of an operator.
struct Operand {
  enum class Kind { kText, kNumber, kParameter, kCurrentItem, kCurrentUser, kAnything };
  Kind kind = Kind::kText;
  std::string text;  // the text, the number as written, the parameter's name or the column
};

struct Condition {
  std::string column;
  Operator comparison = Operator::kIn;
  std::vector<Operand> operands;  // one, but for kIn and kNotIn
};
using AllOf = std::vector<Condition>;

// INCLUDE or EXCLUDE; clauses are joined by pipes.
struct Clause {
  enum class Effect { kInclude, kExclude };
  Effect effect = Effect::kInclude;
  datasets::DatasetType dataset = datasets::DatasetType::kItems;  // of all its conditions
  std::vector<AllOf> any_of;
  AllOf only_if;  // of the current user
};

struct Filter::Expression {
  Target target = Target::kItems;
  std::vector<Clause> clauses;
  std::vector<std::string> parameters;
  std::vector<Field> fields;
};

Result<Filter::Expression> parse_expression(std::string_view text);

// The values of a parameter: `"horror","comedy"` or `12`. kInvalid with field "filterValues".
Result<std::vector<Operand>> parse_values(std::string_view text);

}  // namespace rapport::filters
