#include "learn/conditional_logit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace rapport::learn {
namespace {

// Choice sets whose choices are drawn with these weights; `choices` of them in each.
std::vector<ChoiceSet> simulate(const std::vector<double>& weights, std::size_t sets, std::size_t choices) {
  Random random(9);
  const std::size_t kinds = weights.size() / 2;
  std::vector<ChoiceSet> all(sets);
  for (ChoiceSet& set : all) {
    set.context = static_cast<float>(random.normal());
    std::vector<double> sums;
    for (std::size_t alternative = 0; alternative < 40; ++alternative) {
      double utility = 0;
      for (std::size_t k = 0; k < kinds; ++k) {
        const double feature = random.normal();
        set.features.push_back(static_cast<float>(feature));
        utility += (weights[k] + set.context * weights[kinds + k]) * feature;
      }
      sums.push_back((sums.empty() ? 0 : sums.back()) + std::exp(utility));
    }
    for (std::size_t k = 0; k < choices; ++k) {
      const double at = random.uniform() * sums.back();
      std::uint32_t alternative = 0;
      while (alternative + 1 < sums.size() && sums[alternative] <= at) ++alternative;
      set.chosen.push_back(alternative);
    }
  }
  return all;
}

TEST(ConditionalLogit, RecoversTheWeightsThatMadeTheChoices) {
  const std::vector<double> truth = {1.0, -0.5, 0.3, 0.0, 0.4, -0.2};
  const auto fitted = fit_conditional_logit(simulate(truth, 400, 10), std::vector<double>(6, 0), 1, {});
  ASSERT_TRUE(fitted);
  for (std::size_t k = 0; k < truth.size(); ++k) EXPECT_NEAR(fitted->weights[k], truth[k], 0.08) << k;
}

TEST(ConditionalLogit, IsAtAMaximum) {
  const std::vector<ChoiceSet> sets = simulate({0.7, -0.3, 0.2, 0.1}, 30, 3);
  const std::vector<double> prior = {0.5, 0.5, 0, 0};
  const auto fitted = fit_conditional_logit(sets, prior, 2, {});
  ASSERT_TRUE(fitted);
  const auto objective = [&](const std::vector<double>& weights) {
    double sum = 0;
    for (const ChoiceSet& set : sets) {
      std::vector<double> utilities;
      double total = 0;
      for (std::size_t at = 0; at < set.features.size(); at += 2) {
        utilities.push_back((weights[0] + set.context * weights[2]) * set.features[at] +
                            (weights[1] + set.context * weights[3]) * set.features[at + 1]);
        total += std::exp(utilities.back());
      }
      for (const auto chosen : set.chosen) sum += utilities[chosen] - std::log(total);
    }
    for (std::size_t k = 0; k < 4; ++k) sum -= (weights[k] - prior[k]) * (weights[k] - prior[k]);
    return sum;
  };
  const double best = objective(fitted->weights);
  EXPECT_NEAR(best, fitted->log_likelihood, 1e-3);
  for (std::size_t k = 0; k < 4; ++k) {
    for (const double step : {-0.01, 0.01}) {
      std::vector<double> other = fitted->weights;
      other[k] += step;
      EXPECT_LT(objective(other), best);
    }
  }
}

TEST(ConditionalLogit, StaysAtThePriorWithoutChoices) {
  const auto fitted = fit_conditional_logit({}, {0.5, 1, 0, 0}, 1, {});
  ASSERT_TRUE(fitted);
  EXPECT_EQ(fitted->weights, (std::vector<double>{0.5, 1, 0, 0}));
}

TEST(ConditionalLogit, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const auto fitted = fit_conditional_logit(simulate({1, 0}, 5, 1), {0, 0}, 1,
                                            {.threads = 1, .stop = stop.get_token(), .progress = {}});
  ASSERT_FALSE(fitted);
  EXPECT_EQ(fitted.error().kind, ErrorKind::kConflict);
}

}  // namespace
}  // namespace rapport::learn
