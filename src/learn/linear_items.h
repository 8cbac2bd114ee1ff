#pragma once

// A linear model between items: what a user met, weighed, gives every other item a score. The weights have a closed
// form: "Embarrassingly Shallow Autoencoders for Sparse Data" (Steck 2019).

#include <cstdint>
#include <span>
#include <vector>

#include "learn/histories.h"

namespace rapport::learn {

struct LinearParameters {
  float regularization = 1000;
  std::uint32_t row_limit = 512;   // the weights kept of each item, the farthest from 0
  std::uint32_t items_max = 5000;  // with more there is no table: it costs the cube of the items
};

// For each item its weights, by rising index of the other item.
struct LinearTable {
  std::vector<std::uint64_t> begins = {0};  // of each item's row, and the end; just {0} when there is no table
  std::vector<std::uint32_t> items;
  std::vector<float> weights;

  bool empty() const { return begins.size() == 1; }
  // scores += factor * the row of `item`.
  void add(std::uint32_t item, float factor, std::span<float> scores) const {
    for (std::uint64_t k = begins[item]; k < begins[item + 1]; ++k) scores[items[k]] += factor * weights[k];
  }
};

// The same on every call with the same histories.
LinearTable learn_linear_items(const Histories& histories, const LinearParameters& parameters);

}  // namespace rapport::learn
