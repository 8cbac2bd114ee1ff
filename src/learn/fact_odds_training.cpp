#include "learn/fact_odds_training.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/random.h"
#include "base/text.h"
#include "learn/conditional_logit.h"
#include "learn/parallel.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kValuesOfRanges = 20;  // from which on a column of numbers has ranges
constexpr std::size_t kRanges = 8;
constexpr std::size_t kValuesMax = 500;  // of a column: those of most meetings
constexpr std::size_t kMeetingsMin = 20;  // of a value
constexpr double kUsualMeetings = 5;     // expected ones that count as much as what was met
constexpr double kOddsMin = 0.05;        // below it an item is met as usual
constexpr std::size_t kAlternatives = 100;
constexpr double kPenalty = 2;  // as two choices of weight for a column that says nothing

// What each carrier met: one after the other, as counted.
struct Baskets {
  std::vector<std::uint64_t> begins;
  std::vector<std::uint32_t> items;
  std::vector<float> weights;

  std::size_t meetings_of(std::span<const std::uint32_t> carriers) const {
    std::size_t meetings = 0;
    for (const std::uint32_t carrier : carriers) {
      if (carrier + 1 < begins.size()) meetings += begins[carrier + 1] - begins[carrier];
    }
    return meetings;
  }
};

Baskets fill_baskets(const ToldFacts& told, std::span<const Interaction> rows) {
  std::uint32_t carriers = 0;
  for (const Interaction& row : rows) carriers = std::max(carriers, told.of(row) + 1);
  Baskets baskets;
  baskets.begins.assign(carriers + 1, 0);
  for (const Interaction& row : rows) ++baskets.begins[told.of(row) + 1];
  std::partial_sum(baskets.begins.begin(), baskets.begins.end(), baskets.begins.begin());
  std::vector<std::uint64_t> next(baskets.begins.begin(), baskets.begins.end() - 1);
  std::vector<std::pair<std::uint32_t, float>> cells(rows.size());
  for (const Interaction& row : rows) cells[next[told.of(row)]++] = {row.item, row.weight};
  std::uint64_t begin = 0;
  for (std::uint32_t carrier = 0; carrier < carriers; ++carrier) {
    const std::uint64_t end = baskets.begins[carrier + 1];
    std::sort(cells.begin() + static_cast<std::ptrdiff_t>(begin), cells.begin() + static_cast<std::ptrdiff_t>(end));
    baskets.begins[carrier] = baskets.items.size();
    for (std::uint64_t k = begin; k < end; ++k) {
      const bool is_last = k + 1 == end || cells[k].first != cells[k + 1].first;  // the one that counts most
      if (told.carrier == FactCarrier::kUser && !is_last) continue;
      baskets.items.push_back(cells[k].first);
      baskets.weights.push_back(cells[k].second);
    }
    begin = end;
  }
  baskets.begins.back() = baskets.items.size();
  return baskets;
}

// The carriers of a value, or of a range of numbers.
struct Group {
  std::string value;
  std::vector<std::uint32_t> carriers;
  std::size_t meetings = 0;
};

struct Grouping {
  std::vector<float> bounds;
  std::vector<Group> groups;
};

std::vector<std::pair<float, const AttributeValue*>> numbers_of(const AttributeColumn& column) {
  std::vector<std::pair<float, const AttributeValue*>> numbers;
  for (const AttributeValue& value : column.values) {
    const auto number = parse_double(value.value);
    if (!number || !std::isfinite(*number)) return {};
    numbers.emplace_back(static_cast<float>(*number), &value);
  }
  std::ranges::stable_sort(numbers, {}, &std::pair<float, const AttributeValue*>::first);
  return numbers;
}

// Ranges of about as many carriers each.
Grouping ranges_of(std::span<const std::pair<float, const AttributeValue*>> numbers) {
  std::size_t carriers = 0;
  for (const auto& [number, value] : numbers) carriers += value->items.size();
  Grouping grouping;
  grouping.groups.emplace_back();
  std::size_t passed = 0;
  float before = numbers.front().first;
  for (const auto& [number, value] : numbers) {
    if (passed * kRanges >= carriers * grouping.groups.size() && number > before) {
      grouping.bounds.push_back(number);
      grouping.groups.emplace_back();
    }
    before = number;
    passed += value->items.size();
    std::ranges::copy(value->items, std::back_inserter(grouping.groups.back().carriers));
  }
  return grouping;
}

Grouping group(const AttributeColumn& column, const Baskets& baskets) {
  const auto numbers = numbers_of(column);
  if (numbers.size() > kValuesOfRanges) return ranges_of(numbers);
  Grouping grouping;
  for (const AttributeValue& value : column.values) {
    const std::size_t meetings = baskets.meetings_of(value.items);
    if (meetings >= kMeetingsMin) grouping.groups.push_back({value.value, value.items, meetings});
  }
  std::ranges::stable_sort(grouping.groups, std::ranges::greater{}, &Group::meetings);
  if (grouping.groups.size() > kValuesMax) grouping.groups.resize(kValuesMax);
  return grouping;
}

// Meetings of a group with each item.
std::vector<double> meetings_of(std::span<const std::uint32_t> carriers, const Baskets& baskets,
                                std::uint32_t item_count) {
  std::vector<double> meetings(item_count, 0);
  for (const std::uint32_t carrier : carriers) {
    if (carrier + 1 >= baskets.begins.size()) continue;
    for (std::uint64_t k = baskets.begins[carrier]; k < baskets.begins[carrier + 1]; ++k) {
      meetings[baskets.items[k]] += static_cast<double>(baskets.weights[k]);
    }
  }
  return meetings;
}

struct RowOfOdds {
  std::vector<std::uint32_t> items;
  std::vector<float> odds;
};

// The odds, drawn towards none as far as few meetings are expected.
RowOfOdds odds_between(const std::vector<double>& meetings, const std::vector<double>& usual, double usual_sum) {
  const double sum = std::accumulate(meetings.begin(), meetings.end(), 0.0);
  RowOfOdds row;
  for (std::uint32_t item = 0; item < meetings.size(); ++item) {
    const double expected = sum * usual[item] / std::max(usual_sum, 1e-9);
    const double odds = std::log((meetings[item] + kUsualMeetings) / (expected + kUsualMeetings));
    if (std::abs(odds) < kOddsMin) continue;
    row.items.push_back(item);
    row.odds.push_back(static_cast<float>(odds));
  }
  return row;
}

OddsColumn count_column(const AttributeColumn& column, const Baskets& baskets, std::uint32_t item_count,
                        const TrainingControl& control) {
  Grouping grouping = group(column, baskets);
  std::vector<std::uint32_t> everybody;
  for (const AttributeValue& value : column.values) std::ranges::copy(value.items, std::back_inserter(everybody));
  std::ranges::sort(everybody);
  everybody.erase(std::ranges::unique(everybody).begin(), everybody.end());
  const std::vector<double> usual = meetings_of(everybody, baskets, item_count);
  const double usual_sum = std::accumulate(usual.begin(), usual.end(), 0.0);
  std::vector<RowOfOdds> rows(grouping.groups.size());
  parallel_for(worker_count(control), rows.size(), control.stop, [&](std::size_t k, unsigned) {
    rows[k] = odds_between(meetings_of(grouping.groups[k].carriers, baskets, item_count), usual, usual_sum);
  });
  OddsColumn counted;
  counted.name = column.name;
  counted.weight = 1;
  counted.bounds = std::move(grouping.bounds);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    if (counted.bounds.empty()) counted.values.add(grouping.groups[k].value);
    std::ranges::copy(rows[k].items, std::back_inserter(counted.items));
    std::ranges::copy(rows[k].odds, std::back_inserter(counted.odds));
    counted.begins.push_back(counted.items.size());
  }
  return counted;
}

// Items in proportion to how often they were met.
class Lottery {
 public:
  Lottery(std::span<const Interaction> rows, std::uint32_t item_count) : sums_(item_count, 0) {
    for (const Interaction& row : rows) sums_[row.item] += static_cast<double>(row.weight);
    std::partial_sum(sums_.begin(), sums_.end(), sums_.begin());
  }
  std::uint32_t draw(Random& random) const {
    const auto found = std::ranges::upper_bound(sums_, random.uniform() * sums_.back());
    return static_cast<std::uint32_t>(std::min<std::ptrdiff_t>(found - sums_.begin(), std::ssize(sums_) - 1));
  }

 private:
  std::vector<double> sums_;
};

// The logarithm of how much likelier the chosen one is by the weights than by popularity.
double gain_of(const ChoiceSet& set, const std::vector<double>& weights) {
  const std::size_t columns = weights.size() / 2;
  double sum = 0;
  double chosen = 0;
  const std::size_t alternatives = set.features.size() / columns;
  for (std::size_t k = 0; k < alternatives; ++k) {
    double utility = 0;
    for (std::size_t column = 0; column < columns; ++column) {
      utility += weights[column] * static_cast<double>(set.features[k * columns + column]);
    }
    if (k == 0) chosen = utility;
    sum += std::exp(utility);
  }
  return chosen - std::log(sum / static_cast<double>(alternatives));
}

bool is_gain(std::span<const ChoiceSet> sets, const std::vector<double>& weights) {
  double sum = 0;
  double squares = 0;
  for (const ChoiceSet& set : sets) {
    const double gain = gain_of(set, weights);
    sum += gain;
    squares += gain * gain;
  }
  return sum > 2 * std::sqrt(squares);
}

// The choices of even users, then those of odd ones.
using Halves = std::pair<std::vector<ChoiceSet>, std::vector<ChoiceSet>>;

Halves choice_sets(const ToldFacts& told, std::span<const Interaction> choices, std::uint64_t seed,
                   const FactOdds& odds) {
  std::vector<std::uint32_t> carriers;
  for (const Interaction& row : choices) carriers.push_back(told.of(row));
  const std::vector<std::vector<Fact>> facts = facts_of(told.attributes, carriers);
  const Lottery lottery(choices, told.item_count);
  Random random(seed);
  Halves halves;
  for (std::size_t k = 0; k < choices.size(); ++k) {
    const std::vector<OddsRow> rows = odds.rows(facts[k]);
    if (rows.empty()) continue;
    ChoiceSet set{.features = {}, .chosen = {0}, .weight = choices[k].weight};
    for (std::size_t alternative = 0; alternative <= kAlternatives; ++alternative) {
      const std::uint32_t item = alternative == 0 ? choices[k].item : lottery.draw(random);
      if (alternative > 0 && item == choices[k].item) continue;
      set.features.resize(set.features.size() + odds.columns.size(), 0);
      float* features = set.features.data() + set.features.size() - odds.columns.size();
      for (const OddsRow& row : rows) features[row.column] += row.of(item);
    }
    (choices[k].user % 2 == 0 ? halves.first : halves.second).push_back(std::move(set));
  }
  return halves;
}

}  // namespace

FactOdds count_fact_odds(const ToldFacts& told, std::span<const Interaction> rows, const TrainingControl& control) {
  FactOdds odds;
  if (told.attributes.columns().empty() || rows.empty()) return odds;
  const Baskets baskets = fill_baskets(told, rows);
  for (const AttributeColumn& column : told.attributes.columns()) {
    odds.columns.push_back(count_column(column, baskets, told.item_count, control));
  }
  return odds;
}

Status weigh_fact_odds(const ToldFacts& told, std::span<const Interaction> choices, std::uint64_t seed,
                       const TrainingControl& control, FactOdds& odds) {
  if (odds.columns.empty()) return {};
  auto [even, odd] = choice_sets(told, choices, seed, odds);
  const std::vector<double> nothing(2 * odds.columns.size(), 0);
  const ConditionalLogit of_half = TRY(fit_conditional_logit(even, nothing, kPenalty, control));
  if (!is_gain(odd, of_half.weights)) {
    odds = {};
    return {};
  }
  std::ranges::move(odd, std::back_inserter(even));
  const ConditionalLogit of_all = TRY(fit_conditional_logit(even, nothing, kPenalty, control));
  for (std::size_t k = 0; k < odds.columns.size(); ++k) odds.columns[k].weight = static_cast<float>(of_all.weights[k]);
  std::erase_if(odds.columns, [](const OddsColumn& column) { return column.weight <= 0; });
  return {};
}

FactOdds with_weights_of(FactOdds counted, const FactOdds& weighed) {
  FactOdds kept;
  kept.half_length = weighed.half_length;
  for (const OddsColumn& column : weighed.columns) {
    const auto found = std::ranges::find(counted.columns, column.name, &OddsColumn::name);
    if (found == counted.columns.end()) continue;
    kept.columns.push_back(std::move(*found));
    kept.columns.back().weight = column.weight;
  }
  return kept;
}

}  // namespace rapport::learn
