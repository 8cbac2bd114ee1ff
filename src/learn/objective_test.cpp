#include "learn/objective.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/random.h"
#include "learn/item_recipe.h"
#include "learn/taste_world.h"

namespace rapport::learn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kListLength = 10;

TEST(ObjectiveTest, MoreRewardMeansMoreBonusByRank) {
  const std::vector<float> rewards = {5, 1, 5, 1000};
  const float most = std::log(16.0F);
  EXPECT_THAT(objective_bonus(rewards, 5, ObjectiveSensitivity::kHigh),
              ElementsAre(most * 2 / 4, 0, most * 2 / 4, most, 0));
  EXPECT_THAT(objective_bonus(rewards, 4, ObjectiveSensitivity::kOff), IsEmpty());
  EXPECT_THAT(objective_bonus({}, 4, ObjectiveSensitivity::kHigh), IsEmpty());
  EXPECT_THAT(objective_bonus(std::vector<float>{3, 3}, 2, ObjectiveSensitivity::kHigh), IsEmpty());
}

// A world with prices that have nothing to do with tastes.
Dataset priced_world(std::uint64_t seed) {
  TasteWorldOptions options;
  options.users = 600;
  options.items = 200;
  options.interactions_mean = 20;
  options.seed = seed;
  Dataset data = make_taste_world(options).data;
  Random random(seed);
  for (std::uint32_t item = 0; item < options.items; ++item) {
    data.rewards.push_back(static_cast<float>(std::exp(random.normal())));
  }
  return data;
}

// The mean reward of what is recommended first.
double reward_of_lists(const Dataset& data, const ItemModel& model) {
  std::vector<std::vector<PastEvent>> histories(data.users.size());
  for (const Interaction& row : data.interactions) histories[row.user].push_back({row.item, row.time});
  std::vector<float> scores(model.items().size());
  double sum = 0;
  for (const auto& history : histories) {
    model.score({.history = history}, scores);
    for (const std::uint32_t item : top_items(scores, kListLength, {})) sum += static_cast<double>(data.rewards[item]);
  }
  return sum / static_cast<double>(kListLength * histories.size());
}

TEST(ObjectiveTest, RewardsRiseWithSensitivityAndRelevanceStays) {
  Dataset data = priced_world(3);
  std::vector<double> rewards;
  std::vector<double> caught;
  std::vector<double> relevance;
  double by_popularity = 0;
  for (const auto sensitivity : {ObjectiveSensitivity::kOff, ObjectiveSensitivity::kLow, ObjectiveSensitivity::kMedium,
                                 ObjectiveSensitivity::kHigh}) {
    const auto trained = train_items(data, {.recipe = "aws-user-personalization", .objective = sensitivity}).value();
    rewards.push_back(reward_of_lists(data, *trained.model));
    caught.push_back(trained.more_metrics.at("average_rewards_at_k"));
    relevance.push_back(trained.metrics.normalized_discounted_cumulative_gain.at(25));
    by_popularity = trained.popularity_metrics.normalized_discounted_cumulative_gain.at(25);
  }
  for (std::size_t k = 1; k < rewards.size(); ++k) EXPECT_GT(rewards[k], 1.05 * rewards[k - 1]);
  for (const double share : caught) {
    EXPECT_GT(share, 0);
    EXPECT_LE(share, 1);
  }
  EXPECT_GT(relevance[1], 0.8 * relevance[0]);
  EXPECT_GT(relevance.back(), 0.4 * relevance[0]);
  EXPECT_GT(relevance[1], by_popularity);
}

TEST(ObjectiveTest, IsKeptInTheFileAndSilentWhenOff) {
  Dataset data = priced_world(4);
  const auto train = [&](ObjectiveSensitivity sensitivity) {
    return train_items(data,
                       {.recipe = "aws-personalized-ranking", .evaluate = Evaluate::kNo, .objective = sensitivity})
        .value()
        .model;
  };
  const auto scores_of = [](const ItemModel& model) {
    std::vector<float> scores(model.items().size());
    model.score({}, scores);
    return scores;
  };
  const auto off = train(ObjectiveSensitivity::kOff);
  const auto high = train(ObjectiveSensitivity::kHigh);
  const std::vector<float> plain = scores_of(*off);
  const std::vector<float> priced = scores_of(*high);
  const std::vector<float> bonus = objective_bonus(data.rewards, data.items.size(), ObjectiveSensitivity::kHigh);
  for (std::size_t item = 0; item < plain.size(); ++item) EXPECT_FLOAT_EQ(priced[item], plain[item] + bonus[item]);
  EXPECT_EQ(scores_of(*load_item_model(high->serialize()).value()), priced);
  data.rewards.clear();
  EXPECT_EQ(scores_of(*train(ObjectiveSensitivity::kHigh)), plain);
}

}  // namespace
}  // namespace rapport::learn
