#pragma once

// A number as features between 0 and 1 by which a linear model can follow any continuous curve of it: feature k rises
// from 0 to 1 while the number goes from knot k to knot k + 1, and stays there.

#include <cstdint>
#include <span>
#include <vector>

namespace rapport::learn {

struct FeatureValue {
  std::uint32_t feature = 0;
  float value = 0;
};
using FeatureRow = std::vector<FeatureValue>;  // of features not 0

struct Ramps {
  std::vector<float> knots;  // strictly rising; none or at least two

  std::uint32_t count() const { return knots.empty() ? 0 : static_cast<std::uint32_t>(knots.size() - 1); }
  // Adds the features that are not 0, numbered from `first`.
  void encode(float number, std::uint32_t first, FeatureRow& row) const;
};

// Knots at 0 and at the quantiles `shares` of the numbers above 0. No ramps when there are none.
Ramps ramps_from_zero(std::vector<float> numbers, std::span<const double> shares);
// Knots at the quantiles `shares` of the numbers. No ramps when they are all the same.
Ramps ramps_between(std::vector<float> numbers, std::span<const double> shares);

}  // namespace rapport::learn
