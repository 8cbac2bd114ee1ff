#include "learn/cold_items.h"

#include <algorithm>
#include <cmath>

namespace rapport::learn {
namespace {

constexpr std::size_t kResembled = 20;

}  // namespace

std::vector<std::vector<Resemblance>> place_new_items(const ItemAttributes& attributes, std::uint32_t item_count,
                                                      std::span<const NewItem> added) {
  std::vector<std::vector<Resemblance>> places;
  std::vector<float> shared(item_count, 0);
  for (const NewItem& item : added) {
    std::vector<std::uint32_t> touched;
    for (const Fact& fact : item.facts) {
      const auto* same = attributes.items(fact.column, fact.value);
      if (same == nullptr || same->empty()) continue;
      const float rarity = std::log(1 + static_cast<float>(item_count) / static_cast<float>(same->size()));
      for (const std::uint32_t known : *same) {
        if (shared[known] == 0) touched.push_back(known);
        shared[known] += rarity;
      }
    }
    std::vector<Resemblance> place;
    for (const std::uint32_t known : touched) {
      place.push_back({known, shared[known]});
      shared[known] = 0;
    }
    const std::size_t kept = std::min(kResembled, place.size());
    std::ranges::partial_sort(
        place, place.begin() + static_cast<std::ptrdiff_t>(kept),
        [](const auto& a, const auto& b) { return a.weight > b.weight || (a.weight == b.weight && a.item < b.item); });
    place.resize(kept);
    float sum = 0;
    for (const Resemblance& known : place) sum += known.weight;
    for (Resemblance& known : place) known.weight /= sum;
    places.push_back(std::move(place));
  }
  return places;
}

}  // namespace rapport::learn
