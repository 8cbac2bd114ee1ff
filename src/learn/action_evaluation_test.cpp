#include "learn/action_evaluation.h"

#include <gtest/gtest.h>

#include <array>

namespace rapport::learn {
namespace {

TEST(GainAt, IsTheDocumentedExample) {
  const std::vector<std::uint32_t> list = {0, 1, 2, 3, 4};
  EXPECT_NEAR(gain_at(list, {false, true, false, false, true}, 5), 0.6241, 1e-4);
  EXPECT_EQ(gain_at(list, {true, true, false, false, false}, 2), 1);
  EXPECT_EQ(gain_at(list, {false, false, false, false, false}, 5), 0);
  EXPECT_EQ(gain_at({}, {true}, 5), 0);
}

TEST(EvaluateOffers, AveragesOverActions) {
  const std::vector<TestOffer> offers = {
      {0, 0.9, true}, {0, 0.8, false}, {0, 0.1, true}, {0, 0.2, false},  // two predicted, one of them taken
      {1, 0.6, true}, {1, 0.1, false},                                   // all right
  };
  ActionMetrics metrics;
  evaluate_offers(offers, std::array{0.5, 0.5, 0.5}, metrics);
  EXPECT_DOUBLE_EQ(metrics.precision, 0.75);
  EXPECT_DOUBLE_EQ(metrics.recall, 0.75);
  EXPECT_DOUBLE_EQ(metrics.auc, (0.5 + 1) / 2);
  EXPECT_EQ(metrics.offers, 6U);
  ActionMetrics none;
  evaluate_offers({}, {}, none);
  EXPECT_EQ(none.precision, 0);
}

}  // namespace
}  // namespace rapport::learn
