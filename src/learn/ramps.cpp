#include "learn/ramps.h"

#include <algorithm>

namespace rapport::learn {
namespace {

void add_quantiles(std::vector<float> numbers, std::span<const double> shares, std::vector<float>& knots) {
  if (numbers.empty()) return;
  std::ranges::sort(numbers);
  for (const double share : shares) {
    const auto place = static_cast<std::size_t>(share * static_cast<double>(numbers.size() - 1) + 0.5);
    if (knots.empty() || numbers[place] > knots.back()) knots.push_back(numbers[place]);
  }
}

}  // namespace

void Ramps::encode(float number, std::uint32_t first, FeatureRow& row) const {
  for (std::uint32_t k = 0; k < count() && number > knots[k]; ++k) {
    row.push_back({first + k, std::min(1.0F, (number - knots[k]) / (knots[k + 1] - knots[k]))});
  }
}

Ramps ramps_from_zero(std::vector<float> numbers, std::span<const double> shares) {
  std::erase_if(numbers, [](float number) { return !(number > 0); });
  Ramps ramps{{0}};
  add_quantiles(std::move(numbers), shares, ramps.knots);
  if (ramps.knots.size() < 2) ramps.knots.clear();
  return ramps;
}

Ramps ramps_between(std::vector<float> numbers, std::span<const double> shares) {
  Ramps ramps;
  add_quantiles(std::move(numbers), shares, ramps.knots);
  if (ramps.knots.size() < 2) ramps.knots.clear();
  return ramps;
}

}  // namespace rapport::learn
