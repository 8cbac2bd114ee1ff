#include "analytics/proportions.h"

#include <algorithm>
#include <cmath>

namespace rapport::analytics {
namespace {

constexpr double kNormal = 1.959963984540054;  // 97.5 % of a standard normal variable lie below

double square(double value) { return value * value; }

double p_value(const Proportion& treated, const Proportion& control) {
  const auto n = static_cast<double>(treated.of);
  const auto m = static_cast<double>(control.of);
  const double pooled = static_cast<double>(treated.count + control.count) / (n + m);
  const double variance = pooled * (1 - pooled) * (1 / n + 1 / m);
  if (variance <= 0) return 1;
  return std::erfc(std::abs(treated.rate() - control.rate()) / std::sqrt(2 * variance));
}

}  // namespace

Interval wilson_interval(const Proportion& proportion) {
  const auto n = static_cast<double>(proportion.of);
  const double p = proportion.rate();
  const double z2 = square(kNormal);
  const double middle = p + z2 / (2 * n);
  const double half = kNormal * std::sqrt(p * (1 - p) / n + z2 / (4 * square(n)));
  const double scale = 1 + z2 / n;
  return {std::max(0.0, (middle - half) / scale), std::min(1.0, (middle + half) / scale)};
}

std::optional<Lift> lift_of(const Proportion& treated, const Proportion& control) {
  if (treated.of == 0 || control.of == 0) return {};
  const double p = treated.rate();
  const double q = control.rate();
  const Interval of_treated = wilson_interval(treated);
  const Interval of_control = wilson_interval(control);
  Lift lift;
  lift.difference = p - q;
  lift.difference_interval = {lift.difference - std::sqrt(square(p - of_treated.lower) + square(of_control.upper - q)),
                              lift.difference + std::sqrt(square(of_treated.upper - p) + square(q - of_control.lower))};
  lift.incremental = lift.difference * static_cast<double>(treated.of);
  lift.p_value = p_value(treated, control);
  if (control.count == 0) return lift;
  lift.relative = lift.difference / q;
  if (treated.count == 0) return lift;
  const double error = std::sqrt(1 / static_cast<double>(treated.count) - 1 / static_cast<double>(treated.of) +
                                 1 / static_cast<double>(control.count) - 1 / static_cast<double>(control.of));
  const double ratio = p / q;
  lift.relative_interval = {ratio * std::exp(-kNormal * error) - 1, ratio * std::exp(kNormal * error) - 1};
  return lift;
}

}  // namespace rapport::analytics
