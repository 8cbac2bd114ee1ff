#pragma once

// How good a segmentation model is, as Personalize defines it for USER_SEGMENTATION recipes: per user the oldest 80 %
// of the interactions are for training, the newest 20 % for the test; for each query (an item, an attribute value) the
// model names the top 1 % of the users.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "learn/dataset.h"

namespace rapport::learn {

struct Split {
  std::vector<Interaction> older;
  std::vector<Interaction> newer;
};

// Per user, by time (rows with the same time in their given order): the oldest 80 % (rounded down, at least one row)
// and the rest. Both parts are ordered by user and time.
Split split_by_user(const std::vector<Interaction>& interactions);

// truth[q]: the users who interacted with what query q asks for, ascending, each once.
using Truth = std::vector<std::vector<std::uint32_t>>;

// truth[i] for item i. REQUIRES every item < item_count.
Truth truth_of_items(const std::vector<Interaction>& newer, std::uint32_t item_count);
// truth[q] for the items of queries[q].
Truth truth_of_item_sets(const std::vector<Interaction>& newer, const std::vector<std::vector<std::uint32_t>>& queries);

struct SegmentMetrics {
  double coverage = 0;             // users in the top 1 % of any query / users
  double hits_at_1_percent = 0;    // mean number of true users in the top 1 %
  double recall_at_1_percent = 0;  // mean share of the true users in the top 1 %
  std::uint32_t queries = 0;       // those with at least one true user; the others do not count
};

// Collects the metrics query by query. The top 1 % is max(1, floor(users / 100)) users; equal scores are ordered by
// index.
class SegmentEvaluation {
 public:
  // Of all users, or of a sample of the `population`: the top 1 % are then those of the sample, and hits are as many as
  // the whole population would have given.
  explicit SegmentEvaluation(std::uint32_t user_count) : SegmentEvaluation(user_count, user_count) {}
  SegmentEvaluation(std::uint32_t user_count, std::uint32_t population);
  void add(const std::vector<std::uint32_t>& truth, std::span<const float> scores);  // one score per user
  // The same with the users named, at most list_length(), each once.
  void add_list(const std::vector<std::uint32_t>& truth, std::span<const std::uint32_t> list);
  std::size_t list_length() const { return list_length_; }
  SegmentMetrics metrics() const;

 private:
  std::size_t list_length_;
  double population_share_;  // sampled users of all
  std::vector<bool> named_;
  std::uint32_t queries_ = 0;
  double hits_ = 0;
  double recall_ = 0;
};

// Puts a score for every user into `scores`; higher is better.
using Ranker = std::function<void(std::uint32_t query, std::vector<float>& scores)>;
SegmentMetrics evaluate_segments(const Truth& truth, std::uint32_t user_count, const Ranker& ranker);

// The `limit` best users by falling score, then by index; users scored minus infinity are left out.
std::vector<std::uint32_t> top_users(std::span<const float> scores, std::size_t limit);

}  // namespace rapport::learn
