#include "serving/ranking_influence.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "serving/campaign_settings.h"

namespace rapport::serving {
namespace {

using ::testing::ElementsAre;

// Five items: the first three are similar, in this order; the third is popular, the second new.
std::vector<std::uint32_t> order_under(const RankingInfluence& influence) {
  constexpr std::array<std::uint32_t, 5> kPopularity = {1, 10, 1000, 5000, 5000};
  constexpr std::array<std::int64_t, 5> kCreated = {100, 900, 0, 1000, 1000};
  std::vector<float> scores = {0.9F, 0.6F, 0.5F, -1.5F, -std::numeric_limits<float>::infinity()};
  apply_influence(influence, kPopularity, [&](std::uint32_t item) { return kCreated[item]; }, scores);
  std::vector<std::uint32_t> items = {0, 1, 2, 3, 4};
  std::ranges::stable_sort(items, [&](std::uint32_t a, std::uint32_t b) { return scores[a] > scores[b]; });
  return items;
}

TEST(RankingInfluence, OrdersSimilarItemsAndOnlyThem) {
  EXPECT_THAT(order_under({}), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(order_under({.popularity = 1}), ElementsAre(2, 0, 1, 3, 4));
  EXPECT_THAT(order_under({.freshness = 1}), ElementsAre(1, 0, 2, 3, 4));
  EXPECT_THAT(order_under({.popularity = 0.1, .freshness = 0.1}), ElementsAre(0, 1, 2, 3, 4));
}

TEST(RankingInfluence, ReadsWeightsOfKnownFactors) {
  const auto read = [](const json::object& weights) { return ranking_influence_of({{"rankingInfluence", weights}}); };
  EXPECT_EQ(*ranking_influence_of({}), RankingInfluence{});
  EXPECT_EQ(*read({{"POPULARITY", 0.5}, {"FRESHNESS", 1}}), (RankingInfluence{.popularity = 0.5, .freshness = 1}));
  EXPECT_EQ(read({{"POPULARITY", 1.1}}).error().field, "rankingInfluence");
  EXPECT_EQ(read({{"FRESHNESS", -0.1}}).error().field, "rankingInfluence");
  EXPECT_EQ(read({{"PRICE", 0.1}}).error().field, "rankingInfluence");
}

TEST(RankingInfluence, OnlyARecipeOfTextsHasIt) {
  const json::object config{{"rankingInfluence", {{"POPULARITY", 0.5}}}};
  const auto recipe = [](std::string_view name) { return *training::find_recipe(training::recipe_arn(name)); };
  EXPECT_TRUE(check_campaign_config(config, recipe("aws-semantic-similarity")));
  EXPECT_EQ(check_campaign_config(config, recipe("aws-similar-items")).error().field, "rankingInfluence");
}

}  // namespace
}  // namespace rapport::serving
