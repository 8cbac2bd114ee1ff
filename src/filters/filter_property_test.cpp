// Random filters over random shops: the same candidates as an evaluator that reads the rules one after the other, on
// the filter it made up itself and never on the text.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/random.h"
#include "filters/filter.h"
#include "filters/map_facts.h"

namespace rapport::filters {
namespace {

using datasets::DatasetType;

constexpr int kCases = 4000;
const std::vector<std::string> kTexts = {"a", "b", "c", "d"};
const std::vector<std::string> kTextColumns = {"KIND", "TAGS"};
const std::vector<std::string> kNumberColumns = {"SIZE", "RANK"};

struct Wanted {  // one condition
  std::string column;
  std::string sign;                 // IN, NOT IN, =, !=, <, ...
  std::vector<std::string> values;  // texts or numbers
  bool of_numbers = false;
  bool by_parameter = false;
};
struct WantedClause {
  bool include = true;
  std::string dataset;  // Items or Interactions
  std::vector<std::vector<Wanted>> any_of;
  std::vector<Wanted> only_if;
};

class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {}

  MapFacts make_facts() {
    MapFacts facts;
    for (const DatasetType type : {DatasetType::kItems, DatasetType::kUsers}) {
      facts.columns[type] = {"KIND", "TAGS", "SIZE", "RANK"};
      for (int i = 0; i < 12; ++i) facts.tables[type].emplace_back(fmt::format("x{}", i), make_row());
    }
    for (int i = 0; i < 8; ++i) {
      Row row = make_row();
      row["ITEM_ID"] = fmt::format("x{}", random_.below(14));
      facts.past[{DatasetType::kInteractions, "x1"}].push_back(row);
    }
    return facts;
  }

  std::vector<WantedClause> make_filter() {
    std::vector<WantedClause> clauses(1 + random_.below(3));
    for (WantedClause& clause : clauses) {
      clause.include = random_.below(2) == 0;
      clause.dataset = random_.below(3) == 0 ? "Interactions" : "Items";
      clause.any_of.resize(1 + random_.below(2));
      for (auto& all : clause.any_of) all = make_conditions(1 + random_.below(2));
      if (random_.below(3) == 0) clause.only_if = make_conditions(1);
      for (Wanted& wanted : clause.only_if) wanted.column = wanted.of_numbers ? "SIZE" : "KIND";  // ten fields at most
    }
    return clauses;
  }

 private:
  Row make_row() {
    Row row;
    for (const std::string& column : kTextColumns) {
      std::string cell;
      for (std::uint64_t n = random_.below(3); n > 0; --n) cell += (cell.empty() ? "" : "|") + pick(kTexts);
      if (!cell.empty()) row[column] = cell;
    }
    for (const std::string& column : kNumberColumns) {
      if (random_.below(4) != 0) row[column] = fmt::format("{}", static_cast<double>(random_.below(6)) / 2);
    }
    return row;
  }

  std::vector<Wanted> make_conditions(std::size_t count) {
    static const std::vector<std::string> kOrders = {"<", "<=", ">", ">="};
    std::vector<Wanted> conditions(count);
    for (Wanted& wanted : conditions) {
      wanted.of_numbers = random_.below(2) == 0;
      wanted.column = pick(wanted.of_numbers ? kNumberColumns : kTextColumns);
      wanted.sign = wanted.of_numbers && random_.below(2) == 0 ? pick(kOrders) : pick({"IN", "NOT IN", "=", "!="});
      const bool is_list = wanted.sign.ends_with("IN");
      for (std::uint64_t n = is_list ? 1 + random_.below(3) : 1; n > 0; --n) {
        wanted.values.push_back(wanted.of_numbers ? fmt::format("{}", static_cast<double>(random_.below(6)) / 2)
                                                  : pick(kTexts));
      }
      wanted.by_parameter = random_.below(3) == 0;
    }
    return conditions;
  }

  std::string pick(const std::vector<std::string>& from) { return from[random_.below(from.size())]; }

  Random random_;
};

// The text of a filter, and the values of its parameters.
struct Spelled {
  std::string expression;
  Parameters values;

  std::string spell(const Wanted& wanted, std::string_view dataset) {
    std::string list;
    for (const std::string& value : wanted.values) {
      list += list.empty() ? "" : ",";
      list += wanted.of_numbers ? value : fmt::format("\"{}\"", value);
    }
    if (wanted.by_parameter) {
      const std::string name = fmt::format("P{}", values.size());
      values[name] = list;
      list = "$" + name;
    }
    if (wanted.sign.ends_with("IN")) list = "(" + list + ")";
    return fmt::format("{}.{} {} {}", dataset, wanted.column, wanted.sign, list);
  }

  std::string join(const std::vector<Wanted>& all, std::string_view dataset) {
    std::string text;
    for (const Wanted& wanted : all) text += (text.empty() ? "" : " AND ") + spell(wanted, dataset);
    return text;
  }

  explicit Spelled(const std::vector<WantedClause>& clauses) {
    for (const WantedClause& clause : clauses) {
      expression += expression.empty() ? "" : " | ";
      expression += clause.include ? "INCLUDE ItemID WHERE " : "EXCLUDE ItemID WHERE ";
      std::string conditions;
      for (const auto& all : clause.any_of)
        conditions += (conditions.empty() ? "" : " OR ") + join(all, clause.dataset);
      expression += conditions;
      if (!clause.only_if.empty()) expression += " IF " + join(clause.only_if, "CurrentUser");
    }
  }
};

bool holds(const Wanted& wanted, const Row& row) {
  const auto cell = row.find(wanted.column);
  const bool is_negated = wanted.sign == "NOT IN" || wanted.sign == "!=";
  if (cell == row.end()) return is_negated;
  bool is_any = false;
  for (const std::string_view part : split(cell->second, '|')) {
    for (const std::string& value : wanted.values) {
      if (!wanted.of_numbers) {
        is_any |= part == value;
        continue;
      }
      const double left = *parse_double(part);
      const double right = *parse_double(value);
      is_any |= wanted.sign == "<"    ? left < right
                : wanted.sign == "<=" ? left <= right
                : wanted.sign == ">"  ? left > right
                : wanted.sign == ">=" ? left >= right
                                      : left == right;
    }
  }
  return is_any != is_negated;
}

bool hold(const std::vector<Wanted>& all, const Row& row) {
  return std::ranges::all_of(all, [&](const Wanted& one) { return holds(one, row); });
}

bool hold(const std::vector<std::vector<Wanted>>& any, const Row& row) {
  return std::ranges::any_of(any, [&](const auto& all) { return hold(all, row); });
}

bool naively_admitted(const std::vector<WantedClause>& clauses, const MapFacts& facts, const std::string& id) {
  const auto row_of = [&](DatasetType type, const std::string& key) {
    for (const auto& [name, row] : facts.tables.at(type)) {
      if (name == key) return row;
    }
    return Row();
  };
  bool has_include = false;
  bool included = false;
  bool excluded = false;
  for (const WantedClause& clause : clauses) {
    if (!hold(clause.only_if, row_of(DatasetType::kUsers, "x1"))) continue;
    bool is_met = false;
    if (clause.dataset == "Items") {
      is_met = hold(clause.any_of, row_of(DatasetType::kItems, id));
    } else {
      for (const Row& row : facts.past.at({DatasetType::kInteractions, "x1"})) {
        is_met |= row.at("ITEM_ID") == id && hold(clause.any_of, row);
      }
    }
    if (clause.include) {
      has_include = true;
      included |= is_met;
    } else {
      excluded |= is_met;
    }
  }
  return (included || !has_include) && !excluded;
}

TEST(FilterProperty, RandomFiltersAdmitWhatTheRulesSay) {
  const std::uint64_t seed = 20261122;
  RecordProperty("seed", std::to_string(seed));
  World world(seed);
  int admitted = 0;
  for (int i = 0; i < kCases; ++i) {
    const MapFacts facts = world.make_facts();
    const std::vector<WantedClause> clauses = world.make_filter();
    const Spelled spelled(clauses);
    const auto filter = Filter::parse(spelled.expression);
    ASSERT_TRUE(filter) << filter.error().message;
    const auto admission = filter->bind(facts, {.user_id = "x1"}, spelled.values);
    ASSERT_TRUE(admission) << admission.error().message;
    for (int item = 0; item < 14; ++item) {
      const std::string id = fmt::format("x{}", item);
      const bool is_admitted = admission->admits(id);
      admitted += is_admitted ? 1 : 0;
      ASSERT_EQ(is_admitted, naively_admitted(clauses, facts, id))
          << "seed " << seed << ", case " << i << ", " << id << ": " << spelled.expression;
    }
  }
  EXPECT_GT(admitted, kCases) << "the filters admit next to nothing: they test little";
  EXPECT_LT(admitted, 13 * kCases);
}

TEST(FilterProperty, AnyBytesAreReadOrRefused) {
  const std::string_view alphabet =
      "INCLUDE EXCLUDE ItemID WHERE Items.A=$P(*)|<>!\"\\'0.1-, IF CurrentUser NOT IN \0\xff";
  Random random(20261122);
  std::string text = R"(INCLUDE ItemID WHERE Items.A IN ("x", $P) OR Items.B < 3 | EXCLUDE ItemID WHERE Items.C = 1)";
  int accepted = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string mutant = text;
    for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
      const std::size_t at = random.below(mutant.size());
      if (random.below(2) == 0) mutant.erase(at, 1 + random.below(3));
      mutant.insert(std::min(at, mutant.size()), alphabet.substr(random.below(alphabet.size()), random.below(6)));
    }
    const auto filter = Filter::parse(mutant);
    if (!filter) {
      ASSERT_EQ(filter.error().field, "filterExpression") << mutant;
      continue;
    }
    ++accepted;
    const MapFacts nothing;
    const auto admission = filter->bind(nothing, {}, {});
    if (admission) (void)admission->admits("x");
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace rapport::filters
