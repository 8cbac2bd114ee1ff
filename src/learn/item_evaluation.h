#pragma once

// How good a model of items is. Personalize's split and metrics (all recipes but user segmentation: 90 % of the users
// train; of the others the oldest 90 % of the rows are known and the newest 10 % are to be foretold), and the
// leave-one-out protocols that papers report.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "learn/dataset.h"

namespace rapport::learn {

// A user whose next items are to be foretold.
struct HeldOut {
  std::uint32_t user = 0;
  std::vector<std::uint32_t> items;  // ascending, each once
};

struct ItemSplit {
  std::vector<Interaction> known;  // in the order given
  std::vector<HeldOut> held_out;   // by rising user
};

// A tenth of the users with at least two rows, drawn by the seed, lose the newest tenth (rounded down, at least one) of
// their rows.
ItemSplit split_tenth_of_users(const std::vector<Interaction>& interactions, std::uint32_t user_count,
                               std::uint64_t seed);
// Every user of whom wanted[user] is set and who has any row loses the last one.
ItemSplit leave_last_out_of(const std::vector<Interaction>& interactions, const std::vector<bool>& wanted);

// The metrics of GetSolutionMetrics; means over the users.
struct ItemMetrics {
  double coverage = 0;  // items in the first 25 of any list / items
  double mean_reciprocal_rank_at_25 = 0;
  std::map<std::uint32_t, double> normalized_discounted_cumulative_gain;  // at 5, 10, 25
  std::map<std::uint32_t, double> precision;
  std::uint32_t users = 0;

  // By the names Personalize gives them.
  std::map<std::string, double> by_key() const;
};

// Collects the metrics list by list.
class ItemEvaluation {
 public:
  explicit ItemEvaluation(std::uint32_t item_count);
  // `truth` ascending and not empty; `ranked` the best items first (25 are enough).
  void add(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> ranked);
  ItemMetrics metrics() const;

 private:
  std::vector<bool> named_;
  ItemMetrics sums_;
};

// How often the one item held out is among the first ten, and how far up.
struct HitMetrics {
  double hit_rate_at_10 = 0;
  double ndcg_at_10 = 0;
  std::uint32_t users = 0;

  void add(std::size_t rank);  // 0 is the best; turns the sums below into means
};

// How many of the items (all but those of `excluded`) stand before `item`: they have a higher score, or the same and a
// lower index.
std::size_t rank_among_all(std::span<const float> scores, std::uint32_t item, std::span<const std::uint32_t> excluded);
// The same among `others`.
std::size_t rank_among(std::span<const float> scores, std::uint32_t item, std::span<const std::uint32_t> others);

// The `limit` best items by falling score, then by index, without those of `excluded` and those scored minus infinity.
std::vector<std::uint32_t> top_items(std::span<const float> scores, std::size_t limit,
                                     std::span<const std::uint32_t> excluded);

}  // namespace rapport::learn
