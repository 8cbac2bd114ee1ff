#include "events/fingerprints.h"

#include <gtest/gtest.h>

#include <unordered_set>

#include "base/random.h"

namespace rapport::events {
namespace {

TEST(FingerprintSetTest, IsASet) {
  constexpr std::uint64_t kSeed = 3;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Random random(kSeed);
  FingerprintSet set;
  std::unordered_set<std::uint64_t> model;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t value = 1 + random.below(8'000);
    EXPECT_EQ(set.contains(value), model.contains(value));
    EXPECT_EQ(set.insert(value), model.insert(value).second);
  }
  EXPECT_EQ(set.size(), model.size());
  set.clear();
  EXPECT_FALSE(set.contains(*model.begin()));
  EXPECT_TRUE(set.insert(0));
  EXPECT_TRUE(set.contains(0));
}

TEST(RecentFingerprintsTest, KnowsTheNewestHalfAndForgetsTheOld) {
  RecentFingerprints recent(1'000);
  for (std::uint64_t i = 1; i <= 10'000; ++i) {
    recent.insert(i * 7919);
    for (std::uint64_t back = 0; back < 500 && back < i; back += 83) EXPECT_TRUE(recent.contains((i - back) * 7919));
  }
  std::size_t known = 0;
  for (std::uint64_t i = 1; i <= 10'000; ++i) known += recent.contains(i * 7919) ? 1 : 0;
  EXPECT_LE(known, 1'000U);
}

}  // namespace
}  // namespace rapport::events
