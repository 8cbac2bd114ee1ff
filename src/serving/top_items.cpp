#include "serving/top_items.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rapport::serving {
namespace {

constexpr std::size_t kFirstLook = 256;
constexpr std::size_t kGrowth = 8;

struct Scored {
  float score;
  std::uint32_t item;
  // Better first.
  bool operator<(const Scored& other) const {
    return score > other.score || (score == other.score && item < other.item);
  }
};

// The best `most` that come behind `after`, best first.
std::vector<Scored> best(std::span<const float> scores, std::size_t most, const Scored* after) {
  std::vector<Scored> heap;  // its front is the worst
  heap.reserve(most + 1);
  for (std::uint32_t item = 0; item < scores.size(); ++item) {
    const Scored one{scores[item], item};
    if (!(one.score > -std::numeric_limits<float>::infinity())) continue;
    if (heap.size() == most && !(one < heap.front())) continue;
    if (after != nullptr && !(*after < one)) continue;
    heap.push_back(one);
    std::push_heap(heap.begin(), heap.end());
    if (heap.size() <= most) continue;
    std::pop_heap(heap.begin(), heap.end());
    heap.pop_back();
  }
  std::sort_heap(heap.begin(), heap.end());
  return heap;
}

}  // namespace

std::vector<std::uint32_t> top_items(std::span<const float> scores, std::size_t most, const Admits& admits) {
  std::vector<std::uint32_t> top;
  if (most == 0) return top;
  Scored last{};
  bool looked = false;
  for (std::size_t look = std::max(kFirstLook, 2 * most);; look *= kGrowth) {
    const std::vector<Scored> next = best(scores, std::min(look, scores.size()), looked ? &last : nullptr);
    for (const Scored& one : next) {
      if (admits(one.item)) top.push_back(one.item);
      if (top.size() == most) return top;
    }
    if (next.size() < look) return top;
    last = next.back();
    looked = true;
  }
}

std::vector<double> softmax_of(std::span<const float> scores, std::span<const std::uint32_t> items) {
  std::vector<double> shares;
  if (scores.empty()) return shares;
  const float highest = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (const float score : scores) sum += static_cast<double>(std::exp(score - highest));
  for (const std::uint32_t item : items) shares.push_back(static_cast<double>(std::exp(scores[item] - highest)) / sum);
  return shares;
}

}  // namespace rapport::serving
