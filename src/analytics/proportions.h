#pragma once

// Shares of a whole with what chance does to them. Intervals are of 95 %.

#include <cstdint>
#include <optional>

namespace rapport::analytics {

struct Interval {
  double lower = 0;
  double upper = 0;
};

// `count` of `of`. REQUIRES 0 <= count <= of; what follows needs of > 0.
struct Proportion {
  std::int64_t count = 0;
  std::int64_t of = 0;

  double rate() const { return static_cast<double>(count) / static_cast<double>(of); }
  friend bool operator==(const Proportion&, const Proportion&) = default;
};

// The score interval: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
Interval wilson_interval(const Proportion& proportion);

// How much more often something happens with a treatment than without.
struct Lift {
  double difference = 0;  // of the rates
  // Hybrid score interval: R. G. Newcombe, "Interval estimation for the difference between independent proportions",
  // 1998, method 10.
  Interval difference_interval;
  // The difference as a share of the rate without; nothing when that is 0. Its interval is that of the logarithm of
  // the ratio (D. Katz et al., "Obtaining confidence intervals for the risk ratio in cohort studies", 1978); nothing
  // when either count is 0.
  std::optional<double> relative = {};
  std::optional<Interval> relative_interval = {};
  double incremental = 0;  // how many of those treated would not have done it: the difference, times their number
  double p_value = 1;      // two-sided, of the z-test of two proportions with the pooled variance
};

// Nothing when either group is empty.
std::optional<Lift> lift_of(const Proportion& treated, const Proportion& control);

}  // namespace rapport::analytics
