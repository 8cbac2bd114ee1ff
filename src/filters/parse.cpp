#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "filters/expression.h"
#include "filters/expression_reader.h"

namespace rapport::filters {
namespace {

using datasets::DatasetType;

constexpr std::size_t kFieldsMax = 10;

struct TargetName {
  std::string_view word;
  Target target;
};
constexpr std::array kTargets = {TargetName{"ItemID", Target::kItems}, TargetName{"UserID", Target::kUsers},
                                 TargetName{"ActionID", Target::kActions}};

// What the conditions of a target may read.
bool may_read(Target target, DatasetType dataset) {
  switch (target) {
    case Target::kItems: return dataset == DatasetType::kItems || dataset == DatasetType::kInteractions;
    case Target::kUsers: return dataset == DatasetType::kUsers || dataset == DatasetType::kInteractions;
    case Target::kActions: return dataset == DatasetType::kActions || dataset == DatasetType::kActionInteractions;
  }
  std::unreachable();
}

// The guide writes `Action.` for `Actions.` once.
std::optional<DatasetType> dataset_named(std::string_view name) {
  return equals_ignore_case(name, "Action") ? DatasetType::kActions : datasets::dataset_type_from(name);
}

class Parser {
 public:
  explicit Parser(std::string_view text)
      : reader_(text, "Could not create filter. Invalid Expression: it", "filterExpression") {}

  Result<Filter::Expression> parse() {
    do {
      TRY(parse_clause());
    } while (reader_.take("|"));
    if (!reader_.at_end()) return reader_.expected("AND, OR, IF, | or the end");
    if (expression_.fields.size() > kFieldsMax) {
      return fail(ErrorKind::kInvalid,
                  fmt::format("Could not create filter. Invalid Expression: it may read at most {} different "
                              "fields, it reads {}",
                              kFieldsMax, expression_.fields.size()),
                  "filterExpression");
    }
    return std::move(expression_);
  }

 private:
  Status parse_clause() {
    Clause clause;
    if (reader_.take_word("EXCLUDE")) {
      clause.effect = Clause::Effect::kExclude;
    } else if (!reader_.take_word("INCLUDE")) {
      return reader_.expected("INCLUDE or EXCLUDE");
    }
    TRY(parse_target());
    if (!reader_.take_word("WHERE")) return reader_.expected("WHERE");
    TRY(parse_conditions(clause));
    if (reader_.take_word("IF")) {
      if (expression_.target == Target::kUsers) return reader_.expected("no IF for UserID");
      do {
        clause.only_if.push_back(TRY(parse_user_condition()));
      } while (reader_.take_word("AND"));
    }
    expression_.clauses.push_back(std::move(clause));
    return {};
  }

  Status parse_target() {
    for (const TargetName& name : kTargets) {
      if (!reader_.take_word(name.word)) continue;
      if (!expression_.clauses.empty() && expression_.target != name.target) break;
      expression_.target = name.target;
      return {};
    }
    return reader_.expected(expression_.clauses.empty() ? "ItemID, UserID or ActionID" : "the same target everywhere");
  }

  Status parse_conditions(Clause& clause) {
    clause.any_of.emplace_back();
    while (true) {
      const std::optional<DatasetType> dataset = dataset_named(reader_.take_name());
      const bool is_first = clause.any_of.front().empty();
      if (!dataset || !may_read(expression_.target, *dataset)) {
        return reader_.expected("the name of a data set that suits the target");
      }
      if (!is_first && *dataset != clause.dataset) {
        return reader_.expected("conditions on one data set only, others behind a |,");
      }
      clause.dataset = *dataset;
      clause.any_of.back().push_back(TRY(parse_condition(*dataset)));
      if (reader_.take_word("OR")) {
        clause.any_of.emplace_back();
      } else if (!reader_.take_word("AND")) {
        return {};
      }
    }
  }

  Result<Condition> parse_user_condition() {
    if (!reader_.take_word("CurrentUser")) return reader_.expected("CurrentUser");
    return parse_condition(DatasetType::kUsers);
  }

  Result<Condition> parse_condition(DatasetType dataset) {
    Condition condition;
    condition.column = TRY(parse_column(dataset));
    condition.comparison = TRY(parse_operator());
    if (condition.comparison == Operator::kIn || condition.comparison == Operator::kNotIn) {
      TRY(parse_list(condition));
    } else {
      const bool in_brackets = reader_.take("(");
      condition.operands.push_back(TRY(parse_operand()));
      if (in_brackets && !reader_.take(")")) return reader_.expected("')'");
    }
    return condition;
  }

  Result<std::string> parse_column(DatasetType dataset) {
    if (!reader_.take(".")) return reader_.expected("'.'");
    const std::string_view column = reader_.take_name();
    if (column.empty()) return reader_.expected("the name of a column");
    remember_field({dataset, std::string(column)});
    return std::string(column);
  }

  Result<Operator> parse_operator() {
    constexpr std::array signs = {std::pair{"!=", Operator::kNotEqual},
                                  std::pair{"<=", Operator::kLessOrEqual},
                                  std::pair{">=", Operator::kGreaterOrEqual},
                                  std::pair{"=", Operator::kEqual},
                                  std::pair{"<", Operator::kLess},
                                  std::pair{">", Operator::kGreater}};
    for (const auto& [sign, comparison] : signs) {
      if (reader_.take(sign)) return comparison;
    }
    if (reader_.take_word("IN")) return Operator::kIn;
    if (reader_.take_word("NOT") && reader_.take_word("IN")) return Operator::kNotIn;
    return reader_.expected("IN, NOT IN, =, !=, <, <=, > or >=");
  }

  Status parse_list(Condition& condition) {
    if (!reader_.take("(")) return reader_.expected("'('");
    do {
      const bool is_event_type = equals_ignore_case(condition.column, "EVENT_TYPE");
      Operand operand = TRY(parse_operand());
      if (operand.kind == Operand::Kind::kAnything && !is_event_type) {
        return reader_.expected("a value, since * stands for event types only,");
      }
      if (!is_event_type || operand.kind != Operand::Kind::kText) {
        condition.operands.push_back(std::move(operand));
        continue;
      }
      // Personalize's guide writes two event types as one text: "click, rating".
      for (const std::string_view type : split(operand.text, ',')) {
        condition.operands.push_back({Operand::Kind::kText, std::string(trim(type))});
      }
    } while (reader_.take(","));
    if (!reader_.take(")")) return reader_.expected("',' or ')'");
    return {};
  }

  Result<Operand> parse_operand() {
    using enum Operand::Kind;
    if (reader_.take("$")) return parse_parameter(reader_.take_name());
    if (reader_.take("*")) return Operand{kAnything, "*"};
    if (reader_.at_quote()) {
      std::string text = TRY(reader_.take_quoted());
      if (text == "*") return Operand{kAnything, "*"};
      if (text.starts_with('$')) return parse_parameter(std::string_view(text).substr(1));
      return Operand{kText, std::move(text)};
    }
    if (const auto number = reader_.take_number()) return Operand{kNumber, std::string(*number)};
    if (expression_.target == Target::kItems && reader_.take_word("CurrentItem")) {
      return Operand { kCurrentItem, TRY(parse_column(DatasetType::kItems)) };
    }
    if (expression_.target != Target::kUsers && reader_.take_word("CurrentUser")) {
      return Operand { kCurrentUser, TRY(parse_column(DatasetType::kUsers)) };
    }
    return reader_.expected("a text in quotes, a number or a $PARAMETER");
  }

  Result<Operand> parse_parameter(std::string_view name) {
    if (name.empty()) return reader_.expected("the name of a parameter");
    auto& known = expression_.parameters;
    if (std::ranges::find(known, name) == known.end()) known.emplace_back(name);
    return Operand{Operand::Kind::kParameter, std::string(name)};
  }

  void remember_field(Field field) {
    const auto same = [&](const Field& known) {
      return known.dataset == field.dataset && equals_ignore_case(known.column, field.column);
    };
    if (std::ranges::none_of(expression_.fields, same)) expression_.fields.push_back(std::move(field));
  }

  ExpressionReader reader_;
  Filter::Expression expression_;
};

}  // namespace

Result<Filter::Expression> parse_expression(std::string_view text) { return Parser(text).parse(); }

Result<std::vector<Operand>> parse_values(std::string_view text) {
  std::vector<Operand> values;
  ExpressionReader reader(text, "The value of a filter's parameter", "filterValues");
  do {
    if (reader.at_quote()) {
      values.push_back({ Operand::Kind::kText, TRY(reader.take_quoted()) });
    } else if (const auto number = reader.take_number()) {
      values.push_back({Operand::Kind::kNumber, std::string(*number)});
    } else {
      return reader.expected("a text in quotes (\"horror\",\"comedy\") or a number");
    }
  } while (reader.take(","));
  if (!reader.at_end()) return reader.expected("',' or the end");
  return values;
}

}  // namespace rapport::filters
