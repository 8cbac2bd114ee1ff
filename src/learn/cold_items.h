#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "learn/dataset.h"
#include "learn/item_model.h"

namespace rapport::learn {

// A known item a new one resembles.
struct Resemblance {
  std::uint32_t item = 0;
  float weight = 0;
};

// For each new item the known items (at most 20) with which it shares the most attribute values, values of few items
// counting more; the weights of one new item sum to 1. Empty when it shares nothing with any.
std::vector<std::vector<Resemblance>> place_new_items(const ItemAttributes& attributes, std::uint32_t item_count,
                                                      std::span<const NewItem> added);

}  // namespace rapport::learn
