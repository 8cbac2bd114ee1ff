#pragma once

// What is reached without a model: the metrics of simple lists of users, measured beside a model's on the same queries.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "learn/evaluation.h"
#include "learn/histories.h"

namespace rapport::learn {

// By name:
// - mostActive: the users with the most interactions.
// - mostActiveUnmet (for an item): the most active of those who have not met it.
// - mostFrequent (for an attribute): those who met most of its items, the more active first among equals.
// - random: users by chance.
using BaselineMetrics = std::map<std::string, SegmentMetrics>;

enum class SegmentKind { kItem, kAttribute };

// Not thread-safe.
class SegmentBaselines {
 public:
  // Lists are made of `users` (ascending); truths name their places, as in SegmentEvaluation.
  SegmentBaselines(SegmentKind kind, const Histories& histories, std::span<const std::uint32_t> users,
                   std::uint64_t seed);
  // `items`: the item asked for, or those of the attribute.
  void add(const std::vector<std::uint32_t>& truth, std::span<const std::uint32_t> items);
  BaselineMetrics metrics() const;

 private:
  void count_meetings(std::span<const std::uint32_t> items);
  std::vector<std::uint32_t> unmet_list() const;
  std::vector<std::uint32_t> frequent_list() const;

  SegmentKind kind_;
  Histories histories_;                     // of the users, by their places
  std::vector<std::uint32_t> by_activity_;  // the most active first
  std::vector<std::uint32_t> rank_;         // of each user in by_activity_
  std::vector<std::uint32_t> met_;          // by user: how many of the query's items
  Random random_;
  SegmentEvaluation most_active_;
  SegmentEvaluation by_meetings_;  // mostActiveUnmet or mostFrequent
  SegmentEvaluation by_chance_;
};

}  // namespace rapport::learn
