#include "channels/rate_limit.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace rapport::channels {
namespace {

TEST(RateLimit, SpreadsStarts) {
  RateLimit limit(10);
  EXPECT_DOUBLE_EQ(limit.reserve(0), 0);
  EXPECT_DOUBLE_EQ(limit.reserve(0), 0.1);
  EXPECT_EQ(limit.take(5, 0.1), 0U);
  EXPECT_NEAR(limit.wait(0.1), 0.1, 1e-9);
  EXPECT_EQ(limit.take(5, 0.2), 1U);
  RateLimit none(0);
  EXPECT_EQ(none.take(1'000'000, 0), 1'000'000U);
  EXPECT_DOUBLE_EQ(none.reserve(0), 0);
}

TEST(RateLimit, GivesABurstAfterARest) {
  RateLimit limit(10, 5);
  EXPECT_EQ(limit.take(100, 50), 5U);
  EXPECT_EQ(limit.take(100, 50.1), 1U);
  EXPECT_EQ(limit.take(100, 60), 5U);
}

TEST(RateLimit, NeverGivesMoreThanRateAndBurst) {
  const std::uint64_t seed = 11;
  SCOPED_TRACE(seed);
  Random random(seed);
  RateLimit limit(100, 20);
  double now = 0;
  std::size_t taken = 0;
  for (int i = 0; i < 10'000; ++i) {
    now += random.uniform() * 0.02;
    taken += limit.take(random.below(10), now);
    ASSERT_LE(static_cast<double>(taken), now * 100 + 20 + 1e-3);
  }
  EXPECT_GT(static_cast<double>(taken), now * 100 * 0.9);
}

// Time that moves only by waiting.
class LimitedTest : public ::testing::Test {
 protected:
  std::unique_ptr<Channel> limited(double rate, double burst, double patience) {
    return make_limited(make_null_channel(), std::make_shared<RateLimit>(rate, burst), patience,
                        {.now = [this] { return now_; }, .wait_for = [this](double seconds) { now_ += seconds; }});
  }
  static std::size_t count(const std::vector<Receipt>& receipts, Outcome outcome) {
    std::size_t count = 0;
    for (const Receipt& receipt : receipts) count += receipt.outcome == outcome;
    return count;
  }
  double now_ = 1000;
};

TEST_F(LimitedTest, SendsAsFastAsItMay) {
  const auto channel = limited(10, 1, 100);
  const auto receipts = channel->send(std::vector<Outgoing>(101));
  EXPECT_EQ(count(receipts, Outcome::kDelivered), 101U);
  EXPECT_NEAR(now_, 1010, 0.01);
}

TEST_F(LimitedTest, HandsNothingOverThatWouldWaitTooLong) {
  const auto channel = limited(10, 1, 1.05);
  const auto receipts = channel->send(std::vector<Outgoing>(100));
  EXPECT_EQ(count(receipts, Outcome::kDelivered), 11U);
  EXPECT_EQ(count(receipts, Outcome::kThrottled), 89U);
  EXPECT_GT(receipts.back().retry_after_ms, 0);
  const auto impatient = limited(1, 1, 0);
  EXPECT_EQ(count(impatient->send(std::vector<Outgoing>(2)), Outcome::kThrottled), 1U);
}

}  // namespace
}  // namespace rapport::channels
