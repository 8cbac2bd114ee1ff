#include "records/key_locks.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <thread>

#include "base/random.h"

namespace rapport::records {
namespace {

TEST(KeyLocks, SetsWithoutACommonKeyDoNotWait) {
  KeyLocks locks;
  const std::vector<std::string> first{"a", "b", "a"};
  const std::vector<std::string> second{"c"};
  const KeyLocks::Hold hold(locks, first);
  const KeyLocks::Hold other(locks, second);
}

TEST(KeyLocks, ASetWaitsForTheHolderOfOneOfItsKeys) {
  KeyLocks locks;
  const std::vector<std::string> first{"a", "b"};
  const std::vector<std::string> second{"b", "c"};
  int order = 0;
  std::optional<KeyLocks::Hold> hold(std::in_place, locks, first);
  std::jthread waiter([&] {
    const KeyLocks::Hold mine(locks, second);
    EXPECT_EQ(order, 1);
  });
  order = 1;
  hold.reset();
}

TEST(KeyLocks, GuardsPlainCountersUnderRandomSets) {
  constexpr std::size_t kKeys = 12;
  constexpr int kThreads = 6;
  constexpr int kRounds = 2'000;
  KeyLocks locks;
  std::array<int, kKeys> counters{};  // not atomic: only the locks keep them right
  std::array<int, kThreads> added{};
  {
    std::vector<std::jthread> threads;
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        Random random(7 + thread);
        for (int round = 0; round < kRounds; ++round) {
          std::vector<std::string> keys;
          std::vector<std::size_t> numbers;
          for (std::size_t count = 1 + random.below(4); count > 0; --count) {
            numbers.push_back(random.below(kKeys));
            keys.push_back(std::to_string(numbers.back()));
          }
          const KeyLocks::Hold hold(locks, keys);
          for (const auto number : numbers) ++counters[number];
          added[thread] += static_cast<int>(numbers.size());
        }
      });
    }
  }
  int counted = 0;
  for (const int counter : counters) counted += counter;
  int expected = 0;
  for (const int count : added) expected += count;
  EXPECT_EQ(counted, expected);
}

}  // namespace
}  // namespace rapport::records
