#include "learn/ramps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace rapport::learn {
namespace {

using ::testing::ElementsAre;

std::vector<float> features_of(const Ramps& ramps, float number) {
  FeatureRow row;
  ramps.encode(number, 10, row);
  std::vector<float> features(ramps.count(), 0);
  for (const FeatureValue& one : row) features[one.feature - 10] = one.value;
  return features;
}

TEST(Ramps, RiseOneAfterTheOther) {
  const Ramps ramps{{0, 2, 6}};
  EXPECT_THAT(features_of(ramps, -1), ElementsAre(0, 0));
  EXPECT_THAT(features_of(ramps, 0), ElementsAre(0, 0));
  EXPECT_THAT(features_of(ramps, 1), ElementsAre(0.5F, 0));
  EXPECT_THAT(features_of(ramps, 2), ElementsAre(1, 0));
  EXPECT_THAT(features_of(ramps, 5), ElementsAre(1, 0.75F));
  EXPECT_THAT(features_of(ramps, 100), ElementsAre(1, 1));
  EXPECT_EQ(Ramps{}.count(), 0U);
}

TEST(Ramps, HaveTheirKnotsAtQuantiles) {
  constexpr std::array<double, 3> kShares = {0, 0.5, 1};
  EXPECT_THAT(ramps_between({5, 1, 3}, kShares).knots, ElementsAre(1, 3, 5));
  EXPECT_THAT(ramps_between({7, 7, 7}, kShares).knots, ElementsAre());
  EXPECT_THAT(ramps_between({}, kShares).knots, ElementsAre());
  EXPECT_THAT(ramps_from_zero({0, 0, 4, 0, 4, 8}, kShares).knots, ElementsAre(0, 4, 8));
  EXPECT_THAT(ramps_from_zero({0, 0}, kShares).knots, ElementsAre());
}

}  // namespace
}  // namespace rapport::learn
