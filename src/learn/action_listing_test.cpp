#include "learn/action_listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace rapport::learn {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kDay = 86'400;

std::vector<std::uint32_t> names(const std::vector<ListedAction>& list) {
  std::vector<std::uint32_t> actions;
  for (const ListedAction& one : list) actions.push_back(one.action);
  return actions;
}

TEST(IsOpen, HidesExpiredActionsFromTheMomentTheyExpire) {
  EXPECT_TRUE(is_open({.expires = 1000}, {}, 999));
  EXPECT_FALSE(is_open({.expires = 1000}, {}, 1000));
  EXPECT_TRUE(is_open({}, {}, 1000));
}

TEST(IsOpen, HidesAnActionForDaysAfterTheUserInteracted) {
  const ActionTerms weekly{.repeat_days = 7};
  EXPECT_TRUE(is_open(weekly, {}, 0));
  EXPECT_FALSE(is_open(weekly, 1000, 1000 + 7 * kDay - 1));
  EXPECT_TRUE(is_open(weekly, 1000, 1000 + 7 * kDay));
  EXPECT_TRUE(is_open({}, 1000, 1001)) << "without REPEAT_FREQUENCY there is no limit";
}

TEST(ConsideredActions, AreTheNewestAndTheMostRecentlyUsed) {
  const std::vector<ActionTerms> all = {
      {.created = 10}, {.created = 1, .last_used = 50}, {.created = 2, .last_used = 3}, {.created = 40}};
  EXPECT_THAT(considered_actions(all, 2), ElementsAre(1, 3));
  EXPECT_THAT(considered_actions(all), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(considered_actions(std::vector<ActionTerms>(1500)).size(), kActionsConsidered);
}

TEST(ListActions, SortsByPropensityAndLetsValueDecideNearTies) {
  const std::vector<ActionCandidate> candidates = {{.action = 0, .propensity = 0.50F},
                                                   {.action = 1, .propensity = 0.48F, .value = 10},
                                                   {.action = 2, .propensity = 0.9F}};
  EXPECT_THAT(names(list_actions(candidates, {})), ElementsAre(2, 1, 0));
  const std::vector<ActionCandidate> far = {{.action = 0, .propensity = 0.50F},
                                            {.action = 1, .propensity = 0.44F, .value = 10}};
  EXPECT_THAT(names(list_actions(far, {})), ElementsAre(0, 1));
  EXPECT_FLOAT_EQ(list_actions(candidates, {.length = 2})[1].propensity, 0.48F) << "the score stays the propensity";
}

TEST(ListActions, PutsActionsWithoutDataLastAtZero) {
  const std::vector<ActionCandidate> candidates = {{.action = 7, .value = 10}, {.action = 8, .propensity = 0.01F}};
  const auto list = list_actions(candidates, {});
  EXPECT_THAT(names(list), ElementsAre(8, 7));
  EXPECT_EQ(list[1].propensity, 0);
  EXPECT_TRUE(list_actions({}, {}).empty());
}

TEST(ListActions, ExploresInTheShareAskedForNewerActionsMoreOften) {
  std::vector<ActionCandidate> candidates;
  for (std::uint32_t k = 0; k < 10; ++k) candidates.push_back({.action = k, .propensity = 0.1F});
  candidates.push_back({.action = 100, .created = 0});
  candidates.push_back({.action = 101, .created = 120 * kDay});
  int explored = 0;
  int newer = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const auto list = names(list_actions(candidates, {.length = 3, .exploration = 0.1, .seed = seed}));
    ASSERT_EQ(list.size(), 3U);
    explored += list.back() >= 100;
    newer += list.back() == 101;
    EXPECT_EQ(list, names(list_actions(candidates, {.length = 3, .exploration = 0.1, .seed = seed})));
  }
  EXPECT_NEAR(explored, 600, 80);
  EXPECT_GT(newer, explored * 3 / 4);
  const auto none = names(list_actions(candidates, {.length = 3, .exploration = 0, .seed = 1}));
  EXPECT_THAT(none, ::testing::Each(::testing::Lt(100U)));
}

}  // namespace
}  // namespace rapport::learn
