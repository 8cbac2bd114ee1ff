#include "learn/action_evaluation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "learn/calibration.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kListMax = 25;
constexpr double kInputShare = 0.9;  // of a test user's answers, oldest first

// A mean that leaves out what cannot be divided.
class MeanOfShares {
 public:
  void add(double part, double whole) {
    if (whole <= 0) return;
    sum_ += part / whole;
    ++count_;
  }
  double value() const { return count_ == 0 ? 0 : sum_ / count_; }

 private:
  double sum_ = 0;
  int count_ = 0;
};

// The actions with a propensity, best first.
std::vector<std::uint32_t> best_actions(std::span<const float> propensities) {
  std::vector<std::uint32_t> list(propensities.size());
  std::iota(list.begin(), list.end(), 0U);
  std::erase_if(list, [&](std::uint32_t action) { return propensities[action] <= 0; });
  std::ranges::stable_sort(list, [&](std::uint32_t a, std::uint32_t b) { return propensities[a] > propensities[b]; });
  list.resize(std::min(list.size(), kListMax));
  return list;
}

}  // namespace

std::map<std::string, double> ActionMetrics::by_key() const {
  return {{"coverage", coverage},
          {"normalized_discounted_cumulative_gain_at_5", normalized_discounted_cumulative_gain_at_5},
          {"normalized_discounted_cumulative_gain_at_10", normalized_discounted_cumulative_gain_at_10},
          {"normalized_discounted_cumulative_gain_at_25", normalized_discounted_cumulative_gain_at_25},
          {"precision", precision},
          {"recall", recall},
          {"auc", auc}};
}

void evaluate_offers(std::span<const TestOffer> offers, std::span<const double> base_rates, ActionMetrics& metrics) {
  struct Column {
    std::vector<double> propensities;
    std::vector<std::uint8_t> taken;
    double predicted = 0;
    double predicted_and_taken = 0;
  };
  std::vector<Column> columns(base_rates.size());
  Column all;
  for (const TestOffer& offer : offers) {
    Column& column = columns[offer.action];
    for (Column* one : {&column, &all}) {
      one->propensities.push_back(offer.propensity);
      one->taken.push_back(offer.taken ? 1 : 0);
    }
    const bool predicted = offer.propensity > base_rates[offer.action];
    column.predicted += predicted ? 1 : 0;
    column.predicted_and_taken += predicted && offer.taken ? 1 : 0;
  }
  MeanOfShares precision;
  MeanOfShares recall;
  MeanOfShares auc;
  for (const Column& column : columns) {
    const auto taken = static_cast<double>(std::ranges::count(column.taken, 1));
    precision.add(column.predicted_and_taken, column.predicted);
    recall.add(column.predicted_and_taken, taken);
    if (taken == 0 || taken == static_cast<double>(column.taken.size())) continue;
    auc.add(area_under_curve(column.propensities, column.taken), 1);
  }
  metrics.precision = precision.value();
  metrics.recall = recall.value();
  metrics.auc = auc.value();
  metrics.expected_calibration_error = expected_calibration_error(all.propensities, all.taken);
  metrics.offers = offers.size();
}

void evaluate_lists(std::uint32_t action_count, const ActionScorer& score, const ActionTimelines& timelines,
                    std::span<const std::uint32_t> users, ActionMetrics& metrics) {
  std::vector<bool> listed(action_count, false);
  std::vector<float> propensities(action_count);
  MeanOfShares at_5;
  MeanOfShares at_10;
  MeanOfShares at_25;
  for (const std::uint32_t user : users) {
    const std::span<const PastAction> rows = timelines.actions(user);
    if (rows.empty()) continue;
    const auto input = static_cast<std::size_t>(kInputShare * static_cast<double>(rows.size()));
    score(timelines.before(user, rows[input].time), propensities);
    const std::vector<std::uint32_t> list = best_actions(propensities);
    for (const std::uint32_t action : list) listed[action] = true;
    ++metrics.users;
    std::vector<bool> relevant(propensities.size(), false);
    for (const PastAction& row : rows.subspan(input)) {
      if (row.event == ActionEvent::kTaken) relevant[row.action] = true;
    }
    if (std::ranges::count(relevant, true) == 0) continue;
    at_5.add(gain_at(list, relevant, 5), 1);
    at_10.add(gain_at(list, relevant, 10), 1);
    at_25.add(gain_at(list, relevant, 25), 1);
  }
  metrics.normalized_discounted_cumulative_gain_at_5 = at_5.value();
  metrics.normalized_discounted_cumulative_gain_at_10 = at_10.value();
  metrics.normalized_discounted_cumulative_gain_at_25 = at_25.value();
  if (listed.empty()) return;
  metrics.coverage = static_cast<double>(std::ranges::count(listed, true)) / static_cast<double>(listed.size());
}

double gain_at(std::span<const std::uint32_t> list, const std::vector<bool>& relevant, std::size_t most) {
  const auto weight = [](std::size_t place) { return 1 / std::log(2 + static_cast<double>(place)); };
  double gain = 0;
  for (std::size_t place = 0; place < std::min(most, list.size()); ++place) {
    if (relevant[list[place]]) gain += weight(place);
  }
  double ideal = 0;
  const auto wanted = static_cast<std::size_t>(std::ranges::count(relevant, true));
  for (std::size_t place = 0; place < std::min(most, wanted); ++place) ideal += weight(place);
  return ideal == 0 ? 0 : gain / ideal;
}

}  // namespace rapport::learn
