#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace rapport::serving {

using Admits = std::function<bool(std::uint32_t item)>;

// The `most` admitted items of highest score, best first; of equal ones the lower number first. Asks about few items
// when most are admitted. Items of score -infinity or NaN are never in it.
std::vector<std::uint32_t> top_items(std::span<const float> scores, std::size_t most, const Admits& admits);

// softmax(scores)[item] for each of `items`.
std::vector<double> softmax_of(std::span<const float> scores, std::span<const std::uint32_t> items);

}  // namespace rapport::serving
