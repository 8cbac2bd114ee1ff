#include "learn/percentiles.h"

#include <algorithm>
#include <cmath>

namespace rapport::learn {

std::vector<Interaction> within_percentiles(const std::vector<Interaction>& interactions, PercentileRange range,
                                            CountBy by) {
  const auto key = [by](const Interaction& row) { return by == CountBy::kUser ? row.user : row.item; };
  std::vector<std::uint32_t> counts;
  for (const Interaction& row : interactions) {
    if (key(row) >= counts.size()) counts.resize(key(row) + 1, 0);
    ++counts[key(row)];
  }
  std::vector<std::uint32_t> sorted;
  std::ranges::copy_if(counts, std::back_inserter(sorted), [](std::uint32_t count) { return count > 0; });
  if (sorted.empty()) return {};
  std::ranges::sort(sorted);
  const double last = static_cast<double>(sorted.size() - 1);
  const std::uint32_t least = sorted[static_cast<std::size_t>(std::floor(range.min * last))];
  const std::uint32_t most = sorted[static_cast<std::size_t>(std::ceil(range.max * last))];
  std::vector<Interaction> kept;
  for (const Interaction& row : interactions) {
    const std::uint32_t count = counts[key(row)];
    if (count >= least && count <= most) kept.push_back(row);
  }
  return kept;
}

}  // namespace rapport::learn
