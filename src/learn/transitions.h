#pragma once

// How often one item comes soon after another, over all histories.

#include <cstdint>
#include <span>
#include <vector>

#include "learn/histories.h"
#include "learn/training_control.h"

namespace rapport::learn {

struct TransitionParameters {
  std::uint32_t window = 20;      // places apart at which two items still count
  std::uint32_t row_limit = 512;  // the strongest neighbours kept of each item
};

// For an item, its neighbours by rising index. ahead: the sum of 1 / (places apart) over the histories in which the
// neighbour came after the item, each times what meeting the neighbour counts; behind: before it.
struct TransitionRow {
  std::span<const std::uint32_t> items;
  std::span<const float> ahead;
  std::span<const float> behind;
};

struct TransitionTable {
  std::vector<std::uint64_t> begins = {0};  // of each item's row, and the end
  std::vector<std::uint32_t> items;
  std::vector<float> ahead;
  std::vector<float> behind;

  TransitionRow of(std::uint32_t item) const {
    const std::uint64_t begin = begins[item];
    const std::uint64_t count = begins[item + 1] - begin;
    return {{items.data() + begin, count}, {ahead.data() + begin, count}, {behind.data() + begin, count}};
  }
};

// The same whatever the number of threads. Memory: at most row_limit neighbours an item. When stopped, rows are
// missing.
TransitionTable count_transitions(const Histories& histories, const TransitionParameters& parameters,
                                  const TrainingControl& control);

}  // namespace rapport::learn
