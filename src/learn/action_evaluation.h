#pragma once

// How good a model of actions is, on users it has not seen.

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "learn/action_dataset.h"
#include "learn/action_offers.h"

namespace rapport::learn {

// Averages over actions leave out those without anything to divide by.
struct ActionMetrics {
  double coverage = 0;  // actions in the top 25 of any test user / all actions
  // Each test user's newest tenth of answers is hidden (at least one); relevant is what was taken then. Mean over the
  // users with anything relevant.
  double normalized_discounted_cumulative_gain_at_5 = 0;
  double normalized_discounted_cumulative_gain_at_10 = 0;
  double normalized_discounted_cumulative_gain_at_25 = 0;
  // An action is predicted to be taken when its propensity is above the share of takers among the training's offers.
  double precision = 0;  // per action, predicted and taken / predicted; averaged over the actions
  double recall = 0;     // per action, predicted and taken / taken
  double auc = 0;        // per action, area under the ROC curve of taken against not
  double expected_calibration_error = 0;
  std::uint32_t users = 0;  // of the test
  std::uint64_t offers = 0;

  std::map<std::string, double> by_key() const;  // as the API names them
};

struct TestOffer {
  std::uint32_t action = 0;
  double propensity = 0;
  bool taken = false;
};

// precision, recall, auc, expected_calibration_error, offers. `base_rates`: the share of takers of each action.
void evaluate_offers(std::span<const TestOffer> offers, std::span<const double> base_rates, ActionMetrics& metrics);

// Puts a propensity for every action, 0 for none, into `propensities`.
using ActionScorer = std::function<void(const ActionQuery& query, std::span<float> propensities)>;

// coverage, the gains, users.
void evaluate_lists(std::uint32_t action_count, const ActionScorer& score, const ActionTimelines& timelines,
                    std::span<const std::uint32_t> users, ActionMetrics& metrics);

// The gain of a list by falling propensity: relevant actions weigh 1 / log(1 + place), over the most possible.
double gain_at(std::span<const std::uint32_t> list, const std::vector<bool>& relevant, std::size_t most);

}  // namespace rapport::learn
