#include "learn/objective.h"

#include <algorithm>
#include <cmath>

namespace rapport::learn {
namespace {

// How many times as likely as the least rewarding item the most rewarding one is made.
float factor_of(ObjectiveSensitivity sensitivity) {
  switch (sensitivity) {
    case ObjectiveSensitivity::kOff: return 1;
    case ObjectiveSensitivity::kLow: return 2;
    case ObjectiveSensitivity::kMedium: return 4;
    case ObjectiveSensitivity::kHigh: return 16;
  }
  return 1;
}

}  // namespace

std::vector<float> objective_bonus(std::span<const float> rewards, std::uint32_t item_count,
                                   ObjectiveSensitivity sensitivity) {
  if (rewards.empty() || item_count < 2 || sensitivity == ObjectiveSensitivity::kOff) return {};
  const float lowest = *std::ranges::min_element(rewards);
  std::vector<float> sorted(rewards.begin(), rewards.end());
  sorted.resize(item_count, lowest);
  std::vector<float> own = sorted;
  std::ranges::sort(sorted);
  const std::ptrdiff_t last = std::ranges::lower_bound(sorted, sorted.back()) - sorted.begin();
  if (last == 0) return {};
  const float most = std::log(factor_of(sensitivity));
  for (float& reward : own) {
    const std::ptrdiff_t rank = std::ranges::lower_bound(sorted, reward) - sorted.begin();
    reward = most * static_cast<float>(rank) / static_cast<float>(last);
  }
  return own;
}

}  // namespace rapport::learn
