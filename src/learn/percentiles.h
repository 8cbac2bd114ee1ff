#pragma once

#include <vector>

#include "learn/dataset.h"

namespace rapport::learn {

// Shares 0..1 of a distribution.
struct PercentileRange {
  double min = 0;
  double max = 1;
};

enum class CountBy { kUser, kItem };

// The rows of those users (or items) whose number of rows lies within the percentiles of that number over all of them;
// how training leaves out robots and one-time visitors.
std::vector<Interaction> within_percentiles(const std::vector<Interaction>& interactions, PercentileRange range,
                                            CountBy by);

}  // namespace rapport::learn
