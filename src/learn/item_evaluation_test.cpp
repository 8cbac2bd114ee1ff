#include "learn/item_evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

namespace rapport::learn {
namespace {

using testing::ElementsAre;

using Items = std::vector<std::uint32_t>;

TEST(ItemEvaluationTest, TakesTheReciprocalRankOfTheBestHit) {
  ItemEvaluation evaluation(20);
  const Items list = {0, 1, 2, 3, 4, 5, 6, 7};
  evaluation.add(Items{3}, list);
  evaluation.add(Items{1, 7}, list);
  evaluation.add(Items{5}, list);
  EXPECT_NEAR(evaluation.metrics().mean_reciprocal_rank_at_25, 0.3056, 5e-5);
  EXPECT_EQ(evaluation.metrics().users, 3u);
}

TEST(ItemEvaluationTest, AgreesWithTheDocumentedExampleOfFive) {
  ItemEvaluation evaluation(10);
  evaluation.add(Items{1, 4}, Items{0, 1, 2, 3, 4});
  const ItemMetrics metrics = evaluation.metrics();
  EXPECT_NEAR(metrics.mean_reciprocal_rank_at_25, 0.5, 1e-12);
  EXPECT_NEAR(metrics.normalized_discounted_cumulative_gain.at(5), 0.6241, 5e-5);
  EXPECT_NEAR(metrics.precision.at(5), 0.4, 1e-12);
  EXPECT_NEAR(metrics.coverage, 0.5, 1e-12);
}

TEST(ItemEvaluationTest, CountsHitsPerPlace) {
  ItemEvaluation evaluation(40);
  evaluation.add(Items{0, 5, 9, 30}, Items{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  EXPECT_NEAR(evaluation.metrics().precision.at(10), 0.3, 1e-12);
  EXPECT_NEAR(evaluation.metrics().precision.at(25), 3.0 / 25, 1e-12);
}

TEST(ItemEvaluationTest, LooksAtNoMoreThanTwentyFivePlaces) {
  Items list(30);
  for (std::uint32_t k = 0; k < 30; ++k) list[k] = k;
  ItemEvaluation evaluation(30);
  evaluation.add(Items{25}, list);
  EXPECT_EQ(evaluation.metrics().mean_reciprocal_rank_at_25, 0);
  EXPECT_NEAR(evaluation.metrics().coverage, 25.0 / 30, 1e-12);
}

TEST(ItemEvaluationTest, NamesItsMetricsAsPersonalizeDoes) {
  const auto keys = ItemEvaluation(3).metrics().by_key();
  std::vector<std::string> names;
  for (const auto& [name, value] : keys) names.push_back(name);
  EXPECT_THAT(names,
              ElementsAre("coverage", "mean_reciprocal_rank_at_25", "normalized_discounted_cumulative_gain_at_10",
                          "normalized_discounted_cumulative_gain_at_25", "normalized_discounted_cumulative_gain_at_5",
                          "precision_at_10", "precision_at_25", "precision_at_5"));
}

TEST(ItemEvaluationTest, HidesTheNewestTenthOfATenthOfTheUsers) {
  std::vector<Interaction> rows;
  for (std::uint32_t user = 0; user < 1000; ++user) {
    for (std::uint32_t k = 0; k < 20; ++k) rows.push_back({user, k, 100 - static_cast<std::int64_t>(k)});
  }
  const ItemSplit split = split_tenth_of_users(rows, 1000, 7);
  EXPECT_GT(split.held_out.size(), 60u);
  EXPECT_LT(split.held_out.size(), 140u);
  for (const HeldOut& held_out : split.held_out) EXPECT_THAT(held_out.items, ElementsAre(0, 1));
  EXPECT_EQ(split.known.size() + 2 * split.held_out.size(), rows.size());
  EXPECT_EQ(split_tenth_of_users(rows, 1000, 7).held_out.size(), split.held_out.size());
}

TEST(ItemEvaluationTest, LeavesTheLastOneOut) {
  const std::vector<Interaction> rows = {{0, 4, 2}, {0, 5, 1}, {1, 3, 1}, {2, 1, 1}, {2, 2, 1}};
  const ItemSplit split = leave_last_out_of(rows, {true, false, true});
  ASSERT_EQ(split.held_out.size(), 2u);
  EXPECT_EQ(split.held_out[0].user, 0u);
  EXPECT_THAT(split.held_out[0].items, ElementsAre(4));
  EXPECT_THAT(split.held_out[1].items, ElementsAre(2));
  EXPECT_EQ(split.known.size(), 3u);
  EXPECT_TRUE(leave_last_out_of(rows, {false, false, false}).held_out.empty());
}

TEST(ItemEvaluationTest, RanksAmongAllButTheExcluded) {
  const std::vector<float> scores = {5, 1, 5, 7, 0, 6};
  EXPECT_EQ(rank_among_all(scores, 2, {}), 3u);  // 3, 5, and 0 for its index
  EXPECT_EQ(rank_among_all(scores, 2, Items{3, 3, 4}), 2u);
  EXPECT_EQ(rank_among_all(scores, 0, Items{5}), 1u);
  EXPECT_EQ(rank_among(scores, 2, Items{0, 1, 2, 5}), 2u);
}

TEST(ItemEvaluationTest, MeasuresHits) {
  HitMetrics metrics;
  metrics.add(0);
  metrics.add(2);
  metrics.add(10);
  EXPECT_NEAR(metrics.hit_rate_at_10, 2.0 / 3, 1e-12);
  EXPECT_NEAR(metrics.ndcg_at_10, 1.5 / 3, 1e-12);
}

TEST(ItemEvaluationTest, NamesTheBestItems) {
  const float never = -std::numeric_limits<float>::infinity();
  EXPECT_THAT(top_items(std::vector<float>{1, 3, 3, never, 2}, 3, Items{4}), ElementsAre(1, 2, 0));
  EXPECT_THAT(top_items(std::vector<float>{1, never}, 5, {}), ElementsAre(0));
}

}  // namespace
}  // namespace rapport::learn
