#include "analytics/proportions.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace rapport::analytics {
namespace {

constexpr double kClose = 5e-5;

// The published examples of Newcombe (1998), table II, method 10.
TEST(ProportionsTest, GiveThePublishedIntervals) {
  const Interval rare = wilson_interval({15, 148});
  EXPECT_NEAR(rare.lower, 0.0624, kClose);
  EXPECT_NEAR(rare.upper, 0.1605, kClose);
  const Interval never = wilson_interval({0, 20});
  EXPECT_NEAR(never.lower, 0.0, kClose);
  EXPECT_NEAR(never.upper, 0.1611, kClose);
  const auto lift = lift_of({56, 70}, {48, 80}).value();
  EXPECT_NEAR(lift.difference, 0.2, kClose);
  EXPECT_NEAR(lift.difference_interval.lower, 0.0524, kClose);
  EXPECT_NEAR(lift.difference_interval.upper, 0.3339, kClose);
  const auto extreme = lift_of({10, 10}, {0, 10}).value();
  EXPECT_NEAR(extreme.difference_interval.lower, 0.6075, kClose);
  EXPECT_NEAR(extreme.difference_interval.upper, 1.0, kClose);
}

TEST(ProportionsTest, SayWhatALiftIsWorth) {
  const auto lift = lift_of({300, 1'000}, {20, 100}).value();
  EXPECT_NEAR(lift.difference, 0.1, 1e-12);
  EXPECT_NEAR(lift.incremental, 100, 1e-9);
  EXPECT_NEAR(lift.relative.value(), 0.5, 1e-12);
  const double error = std::sqrt(1.0 / 300 - 1.0 / 1'000 + 1.0 / 20 - 1.0 / 100);
  EXPECT_NEAR(lift.relative_interval.value().lower, 1.5 * std::exp(-1.959963984540054 * error) - 1, 1e-9);
  EXPECT_NEAR(lift.relative_interval.value().upper, 1.5 * std::exp(1.959963984540054 * error) - 1, 1e-9);
  const double pooled = 320.0 / 1'100;
  const double z = 0.1 / std::sqrt(pooled * (1 - pooled) * (1.0 / 1'000 + 1.0 / 100));
  EXPECT_NEAR(lift.p_value, std::erfc(z / std::sqrt(2.0)), 1e-12);
  EXPECT_NEAR(lift_of({20, 100}, {20, 100})->p_value, 1, 1e-12);
}

TEST(ProportionsTest, SayNothingWhereNothingCanBeSaid) {
  EXPECT_FALSE(lift_of({0, 0}, {1, 10}));
  EXPECT_FALSE(lift_of({1, 10}, {0, 0}));
  const auto from_nothing = lift_of({1, 10}, {0, 10}).value();
  EXPECT_FALSE(from_nothing.relative);
  EXPECT_FALSE(from_nothing.relative_interval);
  const auto to_nothing = lift_of({0, 10}, {1, 10}).value();
  EXPECT_EQ(to_nothing.relative, -1);
  EXPECT_FALSE(to_nothing.relative_interval);
  EXPECT_EQ(lift_of({0, 10}, {0, 10})->p_value, 1);
  EXPECT_EQ(lift_of({10, 10}, {10, 10})->p_value, 1);
}

// Of many samples about 95 in 100 have the truth in their interval.
TEST(ProportionsTest, HoldTheTruthAsOftenAsTheyPromise) {
  Random random(20261122);
  constexpr int kSamples = 4'000;
  int wilson_holds = 0;
  int newcombe_holds = 0;
  int significant = 0;
  for (int sample = 0; sample < kSamples; ++sample) {
    Proportion treated{0, 400};
    Proportion control{0, 200};
    Proportion same{0, 200};
    for (int i = 0; i < treated.of; ++i) treated.count += random.uniform() < 0.15 ? 1 : 0;
    for (int i = 0; i < control.of; ++i) control.count += random.uniform() < 0.10 ? 1 : 0;
    for (int i = 0; i < same.of; ++i) same.count += random.uniform() < 0.10 ? 1 : 0;
    const Interval interval = wilson_interval(treated);
    wilson_holds += interval.lower <= 0.15 && 0.15 <= interval.upper ? 1 : 0;
    const auto lift = lift_of(treated, control).value();
    newcombe_holds += lift.difference_interval.lower <= 0.05 && 0.05 <= lift.difference_interval.upper ? 1 : 0;
    significant += lift_of(same, control)->p_value < 0.05 ? 1 : 0;
  }
  EXPECT_NEAR(wilson_holds / static_cast<double>(kSamples), 0.95, 0.015);
  EXPECT_NEAR(newcombe_holds / static_cast<double>(kSamples), 0.95, 0.015);
  EXPECT_NEAR(significant / static_cast<double>(kSamples), 0.05, 0.015);
}

}  // namespace
}  // namespace rapport::analytics
