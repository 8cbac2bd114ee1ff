#include "filters/filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "filters/comparison.h"
#include "filters/expression.h"

namespace rapport::filters {
namespace {

using datasets::DatasetType;

struct BoundCondition {
  std::string column;                  // of a past row
  std::optional<std::uint32_t> place;  // of a row of a table; nullopt when the table lacks the column
  Comparison comparison;
};
using BoundConditions = std::vector<std::vector<BoundCondition>>;  // any of all of

struct IdHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view id) const { return std::hash<std::string_view>()(id); }
};
using Ids = std::unordered_set<std::string, IdHash, std::equal_to<>>;

struct BoundClause {
  Clause::Effect effect = Clause::Effect::kInclude;
  DatasetType dataset = DatasetType::kItems;
  BoundConditions conditions;
  std::optional<Ids> met;  // the items or actions whose past rows meet the conditions, when these read past rows
};

bool reads_past_rows(DatasetType dataset) {
  return dataset == DatasetType::kInteractions || dataset == DatasetType::kActionInteractions;
}

template <class Cell>  // of a condition
bool hold(const BoundConditions& conditions, const Cell& cell) {
  return std::ranges::any_of(conditions, [&](const std::vector<BoundCondition>& all) {
    return std::ranges::all_of(all, [&](const BoundCondition& one) { return one.comparison.holds(cell(one)); });
  });
}

bool past_row_holds(const BoundConditions& conditions, const PastRow& row) {
  return hold(conditions, [&](const BoundCondition& condition) { return row.cell(condition.column); });
}

}  // namespace

struct Admission::Bound {
  const Facts& facts;
  Target target;
  std::vector<BoundClause> clauses;
  bool has_include = false;

  bool meets(const BoundClause& clause, std::string_view id) const;
};

bool Admission::Bound::meets(const BoundClause& clause, std::string_view id) const {
  if (clause.met) return clause.met->contains(id);
  if (reads_past_rows(clause.dataset)) {  // of users, who are the candidates
    bool is_met = false;
    facts.for_each_past_row(clause.dataset, id,
                            [&](const PastRow& row) { is_met = is_met || past_row_holds(clause.conditions, row); });
    return is_met;
  }
  const std::optional<std::uint32_t> row = facts.row(clause.dataset, id);
  return hold(clause.conditions, [&](const BoundCondition& condition) {
    return row && condition.place ? facts.cell(clause.dataset, *row, *condition.place) : std::string_view();
  });
}

Admission::Admission(std::unique_ptr<Bound> bound) : bound_(std::move(bound)) {}
Admission::~Admission() = default;
Admission::Admission(Admission&&) noexcept = default;
Admission& Admission::operator=(Admission&&) noexcept = default;

bool Admission::admits(std::string_view id) const {
  bool is_included = !bound_->has_include;
  for (const BoundClause& clause : bound_->clauses) {
    const bool is_include = clause.effect == Clause::Effect::kInclude;
    if (is_include && is_included) continue;
    if (!bound_->meets(clause, id)) continue;
    if (!is_include) return false;
    is_included = true;
  }
  return is_included;
}

namespace {

// Puts the values of one request into an expression.
class Binder {
 public:
  Binder(const Facts& facts, const Subject& subject, const Parameters& values)
      : facts_(facts), subject_(subject), values_(values) {}

  // Nothing when the clause says nothing for this request.
  Result<std::optional<BoundClause>> bind(const Clause& clause, Target target) const {
    const bool is_include = clause.effect == Clause::Effect::kInclude;
    if (!is_include && !has_all_values(clause)) return std::optional<BoundClause>();
    for (const Condition& condition : clause.only_if) {
      const BoundCondition bound = TRY(bind(condition, DatasetType::kUsers));
      if (subject_.user_id.empty() ||
          !bound.comparison.holds(cell(DatasetType::kUsers, subject_.user_id, condition.column))) {
        return std::optional<BoundClause>();
      }
    }
    BoundClause bound{.effect = clause.effect, .dataset = clause.dataset, .conditions = {}, .met = {}};
    for (const AllOf& all : clause.any_of) {
      auto& conditions = bound.conditions.emplace_back();
      for (const Condition& condition : all) conditions.push_back(TRY(bind(condition, clause.dataset)));
    }
    if (reads_past_rows(clause.dataset) && target != Target::kUsers) bound.met = met_by_user(bound);
    return bound;
  }

 private:
  Result<BoundCondition> bind(const Condition& condition, DatasetType dataset) const {
    BoundCondition bound{.column = condition.column,
                         .place = reads_past_rows(dataset) ? std::nullopt : facts_.column(dataset, condition.column),
                         .comparison = Comparison(condition.comparison, condition.column)};
    for (const Operand& operand : condition.operands) {
      switch (operand.kind) {
        case Operand::Kind::kCurrentItem:
          bound.comparison.add_cell(cell(DatasetType::kItems, subject_.item_id, operand.text));
          break;
        case Operand::Kind::kCurrentUser:
          bound.comparison.add_cell(cell(DatasetType::kUsers, subject_.user_id, operand.text));
          break;
        case Operand::Kind::kParameter:
          for (const Operand& value : TRY(values_of(operand.text))) bound.comparison.add(value);
          break;
        default: bound.comparison.add(operand);
      }
    }
    return bound;
  }

  Result<std::vector<Operand>> values_of(const std::string& parameter) const {
    const auto value = values_.find(parameter);
    if (value == values_.end()) {
      return fail(ErrorKind::kInvalid, fmt::format("The filter needs a value for its parameter ${}", parameter),
                  "filterValues");
    }
    return parse_values(value->second);
  }

  bool has_all_values(const Clause& clause) const {
    const auto has_values = [&](const Condition& condition) {
      return std::ranges::all_of(condition.operands, [&](const Operand& operand) {
        return operand.kind != Operand::Kind::kParameter || values_.contains(operand.text);
      });
    };
    return std::ranges::all_of(clause.any_of, [&](const AllOf& all) { return std::ranges::all_of(all, has_values); }) &&
           std::ranges::all_of(clause.only_if, has_values);
  }

  std::string_view cell(DatasetType dataset, std::string_view id, std::string_view column) const {
    const auto row = facts_.row(dataset, id);
    const auto place = facts_.column(dataset, column);
    return row && place ? facts_.cell(dataset, *row, *place) : std::string_view();
  }

  Ids met_by_user(const BoundClause& clause) const {
    Ids ids;
    if (subject_.user_id.empty()) return ids;
    facts_.for_each_past_row(clause.dataset, subject_.user_id, [&](const PastRow& row) {
      if (past_row_holds(clause.conditions, row)) ids.emplace(row.id);
    });
    return ids;
  }

  const Facts& facts_;
  const Subject& subject_;
  const Parameters& values_;
};

}  // namespace

Filter::Filter(std::shared_ptr<const Expression> expression) : expression_(std::move(expression)) {}

Result<Filter> Filter::parse(std::string_view expression) {
  return Filter(std::make_shared<const Expression>(TRY(parse_expression(expression))));
}

Target Filter::target() const { return expression_->target; }
const std::vector<std::string>& Filter::parameters() const { return expression_->parameters; }
const std::vector<Field>& Filter::fields() const { return expression_->fields; }

Result<Admission> Filter::bind(const Facts& facts, const Subject& subject, const Parameters& values) const {
  for (const auto& [name, value] : values) {
    if (std::ranges::find(parameters(), name) != parameters().end()) continue;
    return fail(ErrorKind::kInvalid, fmt::format("The filter has no parameter ${}", name), "filterValues");
  }
  auto bound = std::make_unique<Admission::Bound>(facts, expression_->target);
  const Binder binder(facts, subject, values);
  for (const Clause& clause : expression_->clauses) {
    std::optional<BoundClause> one = TRY(binder.bind(clause, expression_->target));
    if (!one) continue;
    bound->has_include = bound->has_include || one->effect == Clause::Effect::kInclude;
    bound->clauses.push_back(std::move(*one));
  }
  return Admission(std::move(bound));
}

}  // namespace rapport::filters
