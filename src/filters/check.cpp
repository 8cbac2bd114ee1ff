// What an expression asks of the schemas of its dataset group.

#include <fmt/format.h>

#include "filters/expression.h"

namespace rapport::filters {
namespace {

using datasets::DatasetType;
using datasets::ValueType;

std::unexpected<Error> invalid(std::string text) {
  return fail(ErrorKind::kInvalid, "Could not create filter. Invalid Expression: " + std::move(text),
              "filterExpression");
}

bool is_number(ValueType type) {
  return type == ValueType::kLong || type == ValueType::kInt || type == ValueType::kFloat || type == ValueType::kDouble;
}

class Checker {
 public:
  explicit Checker(const Schemas& schemas) : schemas_(schemas) {}

  Status check(const Clause& clause) const {
    for (const AllOf& conditions : clause.any_of) {
      for (const Condition& condition : conditions) TRY(check(clause.dataset, condition));
    }
    for (const Condition& condition : clause.only_if) TRY(check(DatasetType::kUsers, condition));
    return {};
  }

 private:
  Status check(DatasetType dataset, const Condition& condition) const {
    const datasets::Field* field = TRY(find(dataset, condition.column));
    if (is_order(condition.comparison) && !is_number(field->type)) {
      return invalid(fmt::format("<, <=, > and >= compare numbers, but {}.{} is of type {}", name_of(dataset),
                                 field->name, name_of(field->type)));
    }
    for (const Operand& operand : condition.operands) TRY(check(operand, *field, condition.comparison));
    return {};
  }

  Status check(const Operand& operand, const datasets::Field& field, Operator comparison) const {
    switch (operand.kind) {
      case Operand::Kind::kCurrentItem: return require(DatasetType::kItems, operand.text);
      case Operand::Kind::kCurrentUser: return require(DatasetType::kUsers, operand.text);
      case Operand::Kind::kText:
        if (!is_order(comparison)) return {};
        return invalid(fmt::format("{} is compared with a number, not with the text \"{}\"", field.name, operand.text));
      default: return {};
    }
  }

  Status require(DatasetType dataset, std::string_view column) const {
    TRY(find(dataset, column));
    return {};
  }

  Result<const datasets::Field*> find(DatasetType dataset, std::string_view column) const {
    const auto schema = schemas_.find(dataset);
    if (schema == schemas_.end() || schema->second == nullptr) {
      return invalid(fmt::format("the dataset group has no dataset {}", name_of(dataset)));
    }
    const datasets::Field* field = schema->second->find(column);
    if (field == nullptr) return invalid(fmt::format("{} has no column {}", name_of(dataset), column));
    if (field->textual) return invalid(fmt::format("{} is textual, which cannot be filtered", field->name));
    if (field->type == ValueType::kBoolean) {
      return invalid(
          fmt::format("{} is boolean, which cannot be filtered: use \"True\" and \"False\" or 0 and 1", field->name));
    }
    return field;
  }

  const Schemas& schemas_;
};

}  // namespace

Status Filter::check(const Schemas& schemas) const {
  const Checker checker(schemas);
  for (const Clause& clause : expression_->clauses) TRY(checker.check(clause));
  return {};
}

}  // namespace rapport::filters
