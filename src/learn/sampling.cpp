#include "learn/sampling.h"

#include <algorithm>
#include <numeric>

namespace rapport::learn {

std::vector<std::uint32_t> draw_numbers(std::uint32_t bound, std::size_t count, Random& random) {
  std::vector<std::uint32_t> numbers(bound);
  std::iota(numbers.begin(), numbers.end(), 0U);
  for (std::size_t k = 0; k < std::min<std::size_t>(count, bound); ++k) {
    std::swap(numbers[k], numbers[k + random.below(bound - k)]);
  }
  numbers.resize(std::min<std::size_t>(count, bound));
  std::ranges::sort(numbers);
  return numbers;
}

}  // namespace rapport::learn
