// How an encoder is fitted to a data set.

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/text.h"
#include "learn/action_encoder.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kOwnEventsMax = 5;
constexpr double kOwnEventShareMin = 0.01;  // of all interactions
constexpr std::size_t kMomentsLooked = 20'000;
constexpr std::array<double, 4> kStateShares = {0.1, 0.35, 0.6, 0.85};
constexpr std::array<double, 5> kNumberShares = {0.05, 0.25, 0.5, 0.75, 0.95};
constexpr std::size_t kValuesMax = 50;  // of a column of users
constexpr std::size_t kValueUsersMin = 5;
constexpr std::size_t kTraitsMax = 48;  // of items, in all
constexpr std::size_t kTraitsOfColumnMax = 24;
constexpr std::uint64_t kTraitRowsMin = 20;

// The indices of the largest counts that reach `least`, at most `most`, largest first.
std::vector<std::uint32_t> largest(const std::vector<std::uint64_t>& counts, std::uint64_t least, std::size_t most) {
  std::vector<std::uint32_t> indices(counts.size());
  std::iota(indices.begin(), indices.end(), 0U);
  std::erase_if(indices, [&](std::uint32_t k) { return counts[k] < least; });
  std::ranges::stable_sort(indices, [&](std::uint32_t a, std::uint32_t b) { return counts[a] > counts[b]; });
  indices.resize(std::min(indices.size(), most));
  return indices;
}

std::vector<std::uint32_t> own_events(const ActionDataset& dataset) {
  std::vector<std::uint64_t> rows(dataset.event_types.size(), 0);
  for (const std::uint32_t event : dataset.event_types_met) {
    if (event != kUnknownIndex) ++rows[event];
  }
  const auto least =
      static_cast<std::uint64_t>(kOwnEventShareMin * static_cast<double>(dataset.event_types_met.size()));
  std::vector<std::uint32_t> events = largest(rows, std::max<std::uint64_t>(1, least), kOwnEventsMax);
  if (events.size() < 2) events.clear();  // it says what all interactions say
  return events;
}

void fit_ramps(const ActionTimelines& timelines, std::span<const OfferMoment> moments, EncoderParts& parts) {
  const StateMeasures measures(parts.own_events);
  std::vector<std::vector<float>> state(measures.count());
  std::vector<std::vector<float>> answers(kAnswerMeasures);
  std::vector<float> now(measures.count());
  const std::size_t step = moments.size() / kMomentsLooked + 1;
  for (std::size_t k = 0; k < moments.size(); k += step) {
    const ActionQuery query = timelines.before(moments[k].user, moments[k].time);
    measures.measure(query, now);
    for (std::size_t m = 0; m < now.size(); ++m) state[m].push_back(now[m]);
    const AnswerMeasures own = measure_answers(query.actions, moments[k].action, query.now);
    for (std::size_t m = 0; m < own.size(); ++m) answers[m].push_back(own[m]);
  }
  for (auto& numbers : state) parts.state.push_back(ramps_from_zero(std::move(numbers), kStateShares));
  for (auto& numbers : answers) parts.answers.push_back(ramps_from_zero(std::move(numbers), kStateShares));
}

UserColumn number_column(const AttributeColumn& column) {
  std::vector<float> numbers;
  for (const AttributeValue& value : column.values) {
    const auto number = parse_double(value.value);
    if (number) numbers.insert(numbers.end(), value.items.size(), static_cast<float>(*number));
  }
  return {.name = column.name, .is_number = true, .ramps = ramps_between(std::move(numbers), kNumberShares)};
}

UserColumn category_column(const AttributeColumn& column) {
  std::vector<std::uint64_t> users;
  for (const AttributeValue& value : column.values) users.push_back(value.items.size());
  UserColumn used{.name = column.name};
  for (const std::uint32_t k : largest(users, kValueUsersMin, kValuesMax)) used.values.add(column.values[k].value);
  return used;
}

std::vector<UserColumn> fit_columns(const ActionDataset& dataset) {
  std::vector<UserColumn> columns;
  for (const AttributeColumn& column : dataset.base.user_attributes.columns()) {
    const bool is_number = std::ranges::any_of(
        dataset.user_numbers, [&](const std::string& name) { return equals_ignore_case(name, column.name); });
    columns.push_back(is_number ? number_column(column) : category_column(column));
  }
  return columns;
}

ItemTraits fit_traits(const ActionDataset& dataset) {
  std::vector<std::uint64_t> item_rows(dataset.base.items.size(), 0);
  for (const Interaction& row : dataset.base.interactions) ++item_rows[row.item];
  std::vector<const AttributeValue*> values;
  std::vector<std::uint64_t> rows;
  ItemTraits items;
  for (const AttributeColumn& column : dataset.base.attributes.columns()) {
    std::vector<std::uint64_t> own;
    for (const AttributeValue& value : column.values) {
      own.push_back(0);
      for (const std::uint32_t item : value.items) own.back() += item_rows[item];
    }
    for (const std::uint32_t k : largest(own, kTraitRowsMin, kTraitsOfColumnMax)) {
      values.push_back(&column.values[k]);
      rows.push_back(own[k]);
      items.traits.push_back({column.name, column.values[k].value});
    }
  }
  std::vector<Fact> traits;
  std::vector<std::vector<std::uint32_t>> of_item(dataset.base.items.size());
  for (const std::uint32_t k : largest(rows, 1, kTraitsMax)) {
    for (const std::uint32_t item : values[k]->items) {
      of_item[item].push_back(static_cast<std::uint32_t>(traits.size()));
    }
    traits.push_back(items.traits[k]);
  }
  items.traits = std::move(traits);
  for (const auto& own : of_item) {
    items.of_items.insert(items.of_items.end(), own.begin(), own.end());
    items.begins.push_back(items.of_items.size());
  }
  return items;
}

}  // namespace

ActionEncoder fit_encoder(const ActionDataset& dataset, const ActionTimelines& timelines,
                          std::span<const OfferMoment> moments, Factors taste) {
  EncoderParts parts;
  parts.own_events = own_events(dataset);
  fit_ramps(timelines, moments, parts);
  parts.columns = fit_columns(dataset);
  parts.items = fit_traits(dataset);
  parts.taste = std::move(taste);
  return ActionEncoder(std::move(parts));
}

}  // namespace rapport::learn
