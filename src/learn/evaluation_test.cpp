#include "learn/evaluation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>

#include "base/random.h"

namespace rapport::learn {
namespace {

using Users = std::vector<std::uint32_t>;

TEST(SplitByUser, KeepsTheOrderOfEqualTimes) {
  std::vector<Interaction> rows;
  for (std::uint32_t item = 0; item < 10; ++item) rows.push_back({0, item, 5});
  const Split split = split_by_user(rows);
  ASSERT_EQ(split.older.size(), 8u);
  ASSERT_EQ(split.newer.size(), 2u);
  EXPECT_EQ(split.older[0].item, 0u);
  EXPECT_EQ(split.newer[0].item, 8u);
  EXPECT_EQ(split.newer[1].item, 9u);
}

TEST(SplitByUser, RoundsTheOlderPartDownButKeepsOneRow) {
  for (const auto& [count, older] : std::map<int, std::size_t>{{1, 1}, {2, 1}, {4, 3}, {5, 4}, {9, 7}, {21, 16}}) {
    std::vector<Interaction> rows;
    for (int k = 0; k < count; ++k) rows.push_back({3, 0, k});
    EXPECT_EQ(split_by_user(rows).older.size(), older) << count;
  }
}

TEST(SplitByUser, PutsEveryRowIntoOnePartAndNoOlderRowAfterANewerOne) {
  Random random(11);
  std::vector<Interaction> rows;
  for (std::uint32_t k = 0; k < 3000; ++k) {
    rows.push_back({static_cast<std::uint32_t>(random.below(60)), k, static_cast<std::int64_t>(random.below(500))});
  }
  const Split split = split_by_user(rows);
  EXPECT_EQ(split.older.size() + split.newer.size(), rows.size());
  std::vector<bool> seen(rows.size(), false);
  std::map<std::uint32_t, std::int64_t> newest_older;
  for (const Interaction& row : split.older) {
    seen[row.item] = true;
    newest_older[row.user] = std::max(newest_older[row.user], row.time);
  }
  for (const Interaction& row : split.newer) {
    EXPECT_FALSE(seen[row.item]);
    seen[row.item] = true;
    EXPECT_GE(row.time, newest_older[row.user]);
  }
  EXPECT_EQ(std::ranges::count(seen, false), 0);
}

TEST(Truth, NamesEachUserOnceAscending) {
  const std::vector<Interaction> newer = {{4, 1, 0}, {2, 1, 0}, {4, 1, 9}, {7, 0, 0}};
  EXPECT_EQ(truth_of_items(newer, 3), (Truth{{7}, {2, 4}, {}}));
  EXPECT_EQ(truth_of_item_sets(newer, {{0, 1}, {2}, {1, 90}}), (Truth{{2, 4, 7}, {}, {2, 4}}));
}

TEST(TopUsers, BreaksTiesByIndexAndLeavesOutTheImpossible) {
  const float never = -std::numeric_limits<float>::infinity();
  const std::vector<float> scores = {1, 3, never, 3, 2};
  EXPECT_EQ(top_users(scores, 3), (Users{1, 3, 4}));
  EXPECT_EQ(top_users(scores, 9), (Users{1, 3, 4, 0}));
  EXPECT_EQ(top_users(scores, 0), Users{});
}

// 200 users, so a list names two. Query 0: both named are true, of four true users. Query 1: one of the named, of one.
// Query 2 has no true user and does not count.
TEST(SegmentEvaluation, AgreesWithAHandComputedExample) {
  const Truth truth = {{5, 6, 7, 8}, {9}, {}};
  const SegmentMetrics metrics = evaluate_segments(truth, 200, [](std::uint32_t query, std::vector<float>& scores) {
    std::ranges::fill(scores, 0.0F);
    scores[query == 0 ? 8 : 9] = 2;
    scores[5] = 1;
  });
  EXPECT_EQ(metrics.queries, 2u);
  EXPECT_DOUBLE_EQ(metrics.hits_at_1_percent, (2 + 1) / 2.0);
  EXPECT_DOUBLE_EQ(metrics.recall_at_1_percent, (2 / 4.0 + 1 / 1.0) / 2);
  EXPECT_DOUBLE_EQ(metrics.coverage, 3 / 200.0);  // users 5, 8 and 9
}

TEST(SegmentEvaluation, NamesOneUserWhenThereAreFewAndIsZeroWithoutQueries) {
  const auto rank = [](std::uint32_t, std::vector<float>& scores) { scores.back() = 1; };
  EXPECT_DOUBLE_EQ(evaluate_segments({{2}}, 3, rank).hits_at_1_percent, 1);
  EXPECT_DOUBLE_EQ(evaluate_segments({{1}}, 3, rank).hits_at_1_percent, 0);
  EXPECT_EQ(evaluate_segments({{}}, 3, rank).queries, 0u);
}

TEST(SegmentEvaluation, TellsTheHitsOfAllFromThoseOfASample) {
  SegmentEvaluation sample(200, 1000);
  std::vector<float> scores(200, 0);
  scores[3] = scores[4] = 1;  // the top 1 %
  sample.add({3, 9}, scores);
  EXPECT_EQ(sample.metrics().hits_at_1_percent, 5);
  EXPECT_EQ(sample.metrics().recall_at_1_percent, 0.5);
}

}  // namespace
}  // namespace rapport::learn
