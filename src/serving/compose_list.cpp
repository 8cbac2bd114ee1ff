#include "serving/compose_list.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace rapport::serving {
namespace {

// Draws candidates by novelty and score.
class Draw {
 public:
  Draw(std::span<const float> scores, std::span<const ItemNumbers::Candidate> candidates) : candidates_(candidates) {
    float highest = -INFINITY;
    for (const auto& candidate : candidates) highest = std::max(highest, scores[candidate.item]);
    double sum = 0;
    for (const auto& candidate : candidates) {
      sum += static_cast<double>(candidate.novelty * std::exp(scores[candidate.item] - highest));
      sums_.push_back(sum);
    }
  }

  const ItemNumbers::Candidate& draw(Random& random) const {
    const auto at = std::upper_bound(sums_.begin(), sums_.end(), random.uniform() * sums_.back());
    return candidates_[static_cast<std::size_t>(std::min(at, std::prev(sums_.end())) - sums_.begin())];
  }

 private:
  std::span<const ItemNumbers::Candidate> candidates_;
  std::vector<double> sums_;
};

// The item of each place that is explored, kNone for the others.
std::vector<std::uint32_t> explore(std::span<const float> scores, const ListWanted& wanted, std::size_t places,
                                   Random& random) {
  std::vector<std::uint32_t> items(places, ItemNumbers::kNone);
  const Explored& explored = wanted.explored;
  if (explored.weight <= 0 || explored.candidates.empty()) return items;
  const Draw draw(scores, explored.candidates);
  std::unordered_set<std::uint32_t> used;
  for (std::uint32_t& item : items) {
    if (random.uniform() >= explored.weight) continue;
    const ItemNumbers::Candidate& candidate = draw.draw(random);
    if (random.uniform() >= static_cast<double>(candidate.novelty)) continue;
    if (!wanted.admits(candidate.item) || !used.insert(candidate.item).second) continue;
    item = candidate.item;
  }
  return items;
}

// Which of the list's places are promoted: `count` of `length`, at random.
std::vector<bool> promoted_places(std::size_t length, std::size_t count, Random& random) {
  std::vector<bool> places(length, false);
  std::fill_n(places.begin(), count, true);
  for (std::size_t i = length; i > 1; --i) {
    const auto other = static_cast<std::size_t>(random.below(i));
    const bool kept = places[i - 1];
    places[i - 1] = places[other];
    places[other] = kept;
  }
  return places;
}

}  // namespace

std::vector<Place> compose_list(std::span<const float> scores, const ListWanted& wanted, Random& random) {
  std::vector<std::uint32_t> promoted;
  if (wanted.promoted_max > 0) promoted = top_items(scores, wanted.promoted_max, wanted.promotes);
  std::unordered_set<std::uint32_t> used(promoted.begin(), promoted.end());
  ListWanted rest = wanted;
  rest.admits = [&](std::uint32_t item) { return !used.contains(item) && wanted.admits(item); };
  const std::size_t open = wanted.length - promoted.size();
  const std::vector<std::uint32_t> explored = explore(scores, rest, open, random);
  for (const std::uint32_t item : explored) {
    if (item != ItemNumbers::kNone) used.insert(item);
  }
  const std::vector<std::uint32_t> relevant = top_items(scores, open, rest.admits);

  std::vector<Place> others;
  auto next = relevant.begin();
  for (const std::uint32_t item : explored) {
    if (item != ItemNumbers::kNone) {
      others.push_back({item, Place::Why::kExploration});
    } else if (next != relevant.end()) {
      others.push_back({*next++, Place::Why::kRelevance});
    }
  }
  std::vector<Place> list;
  auto promotion = promoted.begin();
  auto other = others.begin();
  for (const bool is_promoted : promoted_places(promoted.size() + others.size(), promoted.size(), random)) {
    list.push_back(is_promoted ? Place{*promotion++, Place::Why::kPromotion} : *other++);
  }
  return list;
}

}  // namespace rapport::serving
