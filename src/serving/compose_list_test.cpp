#include "serving/compose_list.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

namespace rapport::serving {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using Why = Place::Why;

const Admits kAll = [](std::uint32_t) { return true; };
constexpr std::uint32_t kItems = 100;

std::vector<float> falling() {
  std::vector<float> scores;
  for (std::uint32_t item = 0; item < kItems; ++item) scores.push_back(static_cast<float>(kItems - item) / 10);
  return scores;
}

std::vector<std::uint32_t> items_of(const std::vector<Place>& list, Why why) {
  std::vector<std::uint32_t> items;
  for (const Place& place : list) {
    if (place.why == why) items.push_back(place.item);
  }
  return items;
}

TEST(ComposeList, IsByRelevanceUnlessToldOtherwise) {
  Random random(1);
  const auto list = compose_list(falling(), {.length = 3, .admits = kAll}, random);
  EXPECT_THAT(list, ElementsAre(Place{0}, Place{1}, Place{2}));
  const auto even = compose_list(falling(), {.length = 3, .admits = [](auto item) { return item % 2 == 0; }}, random);
  EXPECT_THAT(even, ElementsAre(Place{0}, Place{2}, Place{4}));
  EXPECT_EQ(compose_list(falling(), {.length = 500, .admits = kAll}, random).size(), kItems);
}

TEST(ComposeList, PromotesInOrderOfRelevanceAtRandomPlaces) {
  Random random(2);
  std::set<std::size_t> first_places;
  for (int round = 0; round < 50; ++round) {
    const auto list = compose_list(falling(),
                                   {.length = 10,
                                    .promoted_max = 4,
                                    .admits = [](auto item) { return item % 2 == 0; },
                                    .promotes = [](auto item) { return item >= 50; }},
                                   random);
    ASSERT_EQ(list.size(), 10U);
    EXPECT_THAT(items_of(list, Why::kPromotion), ElementsAre(50, 51, 52, 53));
    EXPECT_THAT(items_of(list, Why::kRelevance), ElementsAre(0, 2, 4, 6, 8, 10));
    const auto first = std::find_if(list.begin(), list.end(), [](auto& one) { return one.why == Why::kPromotion; });
    first_places.insert(static_cast<std::size_t>(first - list.begin()));
  }
  EXPECT_GT(first_places.size(), 3U);
}

TEST(ComposeList, FillsUpWhenLittleIsPromotedAndShowsNothingTwice) {
  Random random(3);
  const auto list = compose_list(
      falling(), {.length = 5, .promoted_max = 5, .admits = kAll, .promotes = [](auto item) { return item < 2; }},
      random);
  EXPECT_THAT(items_of(list, Why::kPromotion), ElementsAre(0, 1));
  EXPECT_THAT(items_of(list, Why::kRelevance), ElementsAre(2, 3, 4));
}

TEST(ComposeList, ExploresWhatIsNovelAsOftenAsTheWeightSays) {
  Random random(4);
  std::vector<ItemNumbers::Candidate> candidates;
  for (std::uint32_t item = 60; item < kItems; ++item) candidates.push_back({item, item % 2 == 0 ? 1.0F : 0.01F});
  std::size_t explored = 0;
  std::size_t known = 0;
  constexpr int kRounds = 400;
  constexpr std::size_t kLength = 10;
  for (int round = 0; round < kRounds; ++round) {
    const auto list = compose_list(
        falling(), {.length = kLength, .admits = kAll, .explored = {.weight = 0.3, .candidates = candidates}}, random);
    ASSERT_EQ(list.size(), kLength);
    std::set<std::uint32_t> different;
    for (const Place& place : list) different.insert(place.item);
    ASSERT_EQ(different.size(), kLength);
    for (const std::uint32_t item : items_of(list, Why::kExploration)) {
      ++explored;
      if (item % 2 == 1) ++known;
    }
  }
  const double share = static_cast<double>(explored) / (kRounds * kLength);
  EXPECT_GT(share, 0.2);
  EXPECT_LT(share, 0.31);
  EXPECT_LT(known * 50, explored);
}

TEST(ComposeList, DoesNotExploreWithoutWeightNorWhatIsFiltered) {
  Random random(5);
  const std::vector<ItemNumbers::Candidate> candidates = {{90, 1.0F}, {91, 1.0F}};
  for (int round = 0; round < 20; ++round) {
    const auto list = compose_list(falling(), {.length = 9, .admits = kAll, .explored = {0, candidates}}, random);
    EXPECT_THAT(list, Each(Field(&Place::why, Why::kRelevance)));
    const auto filtered = compose_list(
        falling(), {.length = 9, .admits = [](auto item) { return item < 90; }, .explored = {1, candidates}}, random);
    EXPECT_THAT(filtered, Each(Field(&Place::why, Why::kRelevance)));
    EXPECT_EQ(filtered.size(), 9U);
  }
}

}  // namespace
}  // namespace rapport::serving
