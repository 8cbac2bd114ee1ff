#include "serving/top_items.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.h"

namespace rapport::serving {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::uint32_t> naive(const std::vector<float>& scores, std::size_t most, const Admits& admits) {
  std::vector<std::uint32_t> items;
  for (std::uint32_t item = 0; item < scores.size(); ++item) {
    if (scores[item] > -std::numeric_limits<float>::infinity() && admits(item)) items.push_back(item);
  }
  std::stable_sort(items.begin(), items.end(), [&](auto a, auto b) { return scores[a] > scores[b]; });
  items.resize(std::min(items.size(), most));
  return items;
}

TEST(TopItems, GivesTheBestAdmittedInOrder) {
  const std::vector<float> scores = {0.5F, 2, 2, -1, 3};
  EXPECT_THAT(top_items(scores, 3, [](auto) { return true; }), ElementsAre(4, 1, 2));
  EXPECT_THAT(top_items(scores, 9, [](auto item) { return item != 4; }), ElementsAre(1, 2, 0, 3));
  EXPECT_THAT(top_items(scores, 0, [](auto) { return true; }), IsEmpty());
  EXPECT_THAT(top_items({}, 3, [](auto) { return true; }), IsEmpty());
}

TEST(TopItems, LeavesOutWhatHasNoScore) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_THAT(top_items(std::vector<float>{-infinity, NAN, 1}, 5, [](auto) { return true; }), ElementsAre(2));
}

TEST(TopItems, AgreesWithSortingEverything) {
  constexpr std::uint64_t kSeed = 5;
  SCOPED_TRACE(fmt::format("seed {}", kSeed));
  Random random(kSeed);
  for (int round = 0; round < 200; ++round) {
    std::vector<float> scores(1 + random.below(6000));
    for (float& score : scores) score = static_cast<float>(random.below(500));
    const std::uint64_t one_in = 1 + random.below(1 + random.below(2000));
    const Admits admits = [&](std::uint32_t item) { return item % one_in == 0; };
    const std::size_t most = random.below(100);
    ASSERT_EQ(top_items(scores, most, admits), naive(scores, most, admits)) << "round " << round;
  }
}

TEST(Softmax, SharesSumToOneHoweverLargeTheScores) {
  const std::vector<float> scores = {1000, 1001, 0};
  const std::vector<std::uint32_t> items = {0, 1, 2};
  const std::vector<double> shares = softmax_of(scores, items);
  EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), 1, 1e-6);
  EXPECT_NEAR(shares[1] / shares[0], std::exp(1.0), 1e-5);
  EXPECT_EQ(shares[2], 0);
  EXPECT_THAT(softmax_of({}, {}), IsEmpty());
}

}  // namespace
}  // namespace rapport::serving
