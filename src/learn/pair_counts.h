#pragma once

#include <cstdint>
#include <vector>

#include "learn/histories.h"

namespace rapport::learn {

// What the histories say of two items together.
struct PairCount {
  std::uint32_t item = 0;
  std::uint32_t users = 0;  // who met both within the window
  float closeness = 0;      // the sum over them of 1 / sqrt(places apart)
};

// Counts the pairs of one item after the other; one for each thread. REQUIRES that the histories outlive it.
class PairCounter {
 public:
  PairCounter(const Histories& histories, std::uint32_t window);
  // The items met with this one, in no particular order. The view lives until the next call.
  const std::vector<PairCount>& count(std::uint32_t item);

 private:
  const Histories& histories_;
  const std::uint32_t window_;
  std::vector<float> closeness_;       // by places apart
  std::vector<std::uint32_t> places_;  // of each item in pairs_, plus 1
  std::vector<PairCount> pairs_;
};

}  // namespace rapport::learn
