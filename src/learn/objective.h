#pragma once

// What an operator wants besides relevance: items that bring more, of what a numeric column says.

#include <cstdint>
#include <span>
#include <vector>

namespace rapport::learn {

// How much it weighs against relevance.
enum class ObjectiveSensitivity { kOff, kLow, kMedium, kHigh };

// What is added to the logit of each item: 0 for that of the lowest reward, for that of the highest the logarithm of 2,
// 4 or 16 by rising sensitivity, by ranks between. Items beyond `rewards` have the lowest. Empty when off or when there
// are no rewards.
std::vector<float> objective_bonus(std::span<const float> rewards, std::uint32_t item_count,
                                   ObjectiveSensitivity sensitivity);

}  // namespace rapport::learn
