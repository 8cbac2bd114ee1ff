#include "training/data_profile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

namespace rapport::training {
namespace {

constexpr std::size_t kPeriods = 40;
constexpr std::size_t kTopValues = 10;
constexpr std::size_t kActionsListed = 30;

double rounded(double value) { return std::round(value * 1e4) / 1e4; }

json::object spread_of(std::vector<std::uint32_t> counts) {
  std::erase(counts, 0U);
  if (counts.empty()) return {};
  std::ranges::sort(counts);
  const auto at = [&](double share) {
    return counts[static_cast<std::size_t>(share * static_cast<double>(counts.size() - 1))];
  };
  double sum = 0;
  for (const std::uint32_t count : counts) sum += count;
  return {{"mean", rounded(sum / static_cast<double>(counts.size()))},
          {"p10", at(0.1)},
          {"p50", at(0.5)},
          {"p90", at(0.9)},
          {"p99", at(0.99)},
          {"max", counts.back()}};
}

template <class Row>
json::array periods_of(const std::vector<Row>& rows, std::int64_t first, std::int64_t last) {
  std::vector<std::uint64_t> counts(kPeriods, 0);
  const double length = static_cast<double>(last - first) / kPeriods;
  for (const Row& row : rows) {
    const double place = length > 0 ? static_cast<double>(row.time - first) / length : 0;
    ++counts[std::min(kPeriods - 1, static_cast<std::size_t>(place))];
  }
  json::array periods;
  for (std::size_t k = 0; k < kPeriods; ++k) {
    periods.push_back(
        json::object{{"time", static_cast<double>(first) + length * static_cast<double>(k)}, {"count", counts[k]}});
  }
  return periods;
}

json::array columns_of(const learn::ItemAttributes& attributes) {
  json::array columns;
  for (const learn::AttributeColumn& column : attributes.columns()) {
    std::vector<const learn::AttributeValue*> values;
    for (const learn::AttributeValue& value : column.values) values.push_back(&value);
    std::ranges::stable_sort(values, std::ranges::greater{}, [](const auto* value) { return value->items.size(); });
    json::array top;
    for (std::size_t k = 0; k < std::min(kTopValues, values.size()); ++k) {
      top.push_back(json::object{{"value", values[k]->value}, {"count", values[k]->items.size()}});
    }
    columns.push_back(json::object{{"column", column.name}, {"values", values.size()}, {"top", std::move(top)}});
  }
  return columns;
}

// Of each action: rows viewed, taken, not taken, and in all.
struct Answers {
  std::uint64_t viewed = 0;
  std::uint64_t taken = 0;
  std::uint64_t not_taken = 0;

  void add(learn::ActionEvent event) {
    switch (event) {
      case learn::ActionEvent::kViewed: ++viewed; break;
      case learn::ActionEvent::kTaken: ++taken; break;
      case learn::ActionEvent::kNotTaken: ++not_taken; break;
    }
  }
  std::uint64_t all() const { return viewed + taken + not_taken; }
};

json::array answers_of(const learn::ActionDataset& dataset, std::span<const float> propensities) {
  std::vector<Answers> answers(dataset.actions.size());
  for (const learn::ActionInteraction& row : dataset.action_interactions) answers[row.action].add(row.event);
  std::vector<std::uint32_t> order(answers.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::uint32_t action) { return answers[action].all(); });
  order.resize(std::min(order.size(), kActionsListed));
  json::array listed;
  for (const std::uint32_t action : order) {
    listed.push_back(json::object{{"action", dataset.actions.at(action)},
                                  {"viewed", answers[action].viewed},
                                  {"taken", answers[action].taken},
                                  {"notTaken", answers[action].not_taken},
                                  {"hasScores", propensities[action] > 0}});
  }
  return listed;
}

}  // namespace

json::object profile_of(const learn::Dataset& dataset) {
  std::vector<std::uint32_t> of_users(dataset.users.size(), 0);
  std::vector<std::uint32_t> of_items(dataset.items.size(), 0);
  std::int64_t first = dataset.interactions.empty() ? 0 : dataset.interactions.front().time;
  std::int64_t last = first;
  for (const learn::Interaction& row : dataset.interactions) {
    ++of_users[row.user];
    ++of_items[row.item];
    first = std::min(first, row.time);
    last = std::max(last, row.time);
  }
  const double cells = std::max(1.0, static_cast<double>(of_users.size()) * static_cast<double>(of_items.size()));
  return {{"users", dataset.users.size()},
          {"items", dataset.items.size()},
          {"interactions", dataset.interactions.size()},
          {"density", static_cast<double>(dataset.interactions.size()) / cells},
          {"itemsWithoutInteractions", std::ranges::count(of_items, 0U)},
          {"itemsWithText", dataset.texts.size()},
          {"firstTime", first},
          {"lastTime", last},
          {"interactionsPerUser", spread_of(of_users)},
          {"interactionsPerItem", spread_of(of_items)},
          {"periods", periods_of(dataset.interactions, first, last)},
          {"itemColumns", columns_of(dataset.attributes)},
          {"userColumns", columns_of(dataset.user_attributes)},
          {"contextColumns", columns_of(dataset.contexts)}};
}

json::object profile_of(const learn::ActionDataset& dataset, const learn::ActionModel& model) {
  json::object profile = profile_of(dataset.base);
  const auto& rows = dataset.action_interactions;
  const auto [oldest, newest] = std::ranges::minmax_element(rows, {}, &learn::ActionInteraction::time);
  std::vector<float> propensities(model.actions().size());
  model.score({}, propensities);
  profile["actions"] = dataset.actions.size();
  profile["actionsWithScores"] = std::ranges::count_if(propensities, [](float one) { return one > 0; });
  profile["actionInteractions"] = rows.size();
  if (!rows.empty()) profile["actionPeriods"] = periods_of(rows, oldest->time, newest->time);
  profile["actionColumns"] = columns_of(dataset.action_attributes);
  profile["answers"] = answers_of(dataset, propensities);
  return profile;
}

}  // namespace rapport::training
