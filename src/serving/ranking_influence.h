#pragma once

#include <functional>
#include <span>

#include "base/result.h"
#include "json/json.h"

namespace rapport::serving {

// How much popularity and freshness count beside similarity in the order of related items; both 0..1.
struct RankingInfluence {
  double popularity = 0;
  double freshness = 0;
  bool any() const { return popularity > 0 || freshness > 0; }
  bool operator==(const RankingInfluence&) const = default;
};

// rankingInfluence of a campaign's or a batch job's configuration. kInvalid for another factor or a weight outside
// 0..1.
Result<RankingInfluence> ranking_influence_of(const json::object& config);

// Orders the similar items (those with a score of at least 0) anew and leaves them before all others. Each gets the
// mean of its similarity, popularity and freshness with the weights 1, popularity and freshness, each of the three as a
// share of the highest among them: similarity by its score, popularity by the logarithm of the users, freshness by the
// place among them by age. `created` is the Unix time of an item, by its number.
void apply_influence(const RankingInfluence& influence, std::span<const std::uint32_t> popularity,
                     const std::function<std::int64_t(std::uint32_t item)>& created, std::span<float> scores);

}  // namespace rapport::serving
