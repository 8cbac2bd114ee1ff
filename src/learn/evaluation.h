#pragma once

// How good a segmentation model is, as Personalize defines it for USER_SEGMENTATION recipes: per user the oldest 80 %
// of the interactions are for training, the newest 20 % for the test; for each query (an item, an attribute value) the
// model names the top 1 % of the users.

#include <cstdint>
#include <functional>
#include <vector>

#include "learn/dataset.h"

namespace rapport::learn {

struct Split {
  std::vector<Interaction> train;
  std::vector<Interaction> test;
};

// Per user, by time (rows with the same time in their given order), the newest floor(test_share * count) interactions
// are the test. Both parts are ordered by user and time. A user with few interactions has no test row.
Split split_by_user(const std::vector<Interaction>& interactions, double test_share = 0.2);

// Query q is answered rightly by the users truth[q]: those who interacted with it in the test, ascending, each once.
using Truth = std::vector<std::vector<std::uint32_t>>;

// truth[i] for item i.
Truth truth_of_items(const std::vector<Interaction>& test, std::uint32_t item_count);
// truth[q] for the items of queries[q] (each ascending).
Truth truth_of_item_sets(const std::vector<Interaction>& test, const std::vector<std::vector<std::uint32_t>>& queries);

// Puts a score for every user into `scores` (one per user, higher is better). Called from one thread.
using Ranker = std::function<void(std::uint32_t query, std::vector<float>& scores)>;

struct SegmentMetrics {
  double coverage = 0;             // users in the top 1 % of any query / users
  double hits_at_1_percent = 0;    // mean number of true users in the top 1 %
  double recall_at_1_percent = 0;  // mean share of the true users in the top 1 %
  std::uint32_t queries = 0;       // those with at least one true user; the others do not count
};

// The top 1 % is max(1, floor(user_count / 100)) users; equal scores are ordered by index.
SegmentMetrics evaluate_segments(const Truth& truth, std::uint32_t user_count, const Ranker& ranker);

// The `limit` best users by falling score, then by index; users scored minus infinity are left out.
std::vector<std::uint32_t> top_users(const std::vector<float>& scores, std::size_t limit);

}  // namespace rapport::learn
