// What observers are told, of every engine behind the port.

#include <gmock/gmock.h>

#include <array>
#include <mutex>
#include <thread>

#include "base/random.h"
#include "base/text.h"
#include "records/engine_test.h"

namespace rapport::records {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Told = std::vector<std::pair<std::string, std::optional<std::string>>>;

class ObserveTest : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    ASSERT_TRUE(store_->observe([this](std::span<const Batch::Change> changes) {
      const std::lock_guard lock(mutex_);
      for (const auto& change : changes) {
        told_.emplace_back(change.key, change.value);
        if (change.value) {
          copy_[change.key] = *change.value;
        } else {
          copy_.erase(change.key);
        }
      }
    }));
  }

  std::mutex mutex_;
  Told told_;
  Model copy_;  // the store, as an observer knows it
};

TEST_P(ObserveTest, TellsWritesAndUpdatesBeforeTheyReturn) {
  Batch batch;
  batch.put("a", "1");
  batch.erase("b");
  ASSERT_TRUE(store_->write(batch));
  EXPECT_THAT(told_, ElementsAre(Pair("a", "1"), Pair("b", std::nullopt)));
  const std::vector<std::string> read{"a"};
  const std::vector<std::string> unread{"c"};
  ASSERT_TRUE(store_->update({.read = read, .unread = unread}, [](const Values& current) -> Result<Batch> {
    Batch next;
    next.put("a", *current[0] + "2");
    next.put("c", "3");
    return next;
  }));
  EXPECT_THAT(copy_, ElementsAre(Pair("a", "12"), Pair("c", "3")));
}

TEST_P(ObserveTest, TellsNothingOfWhatFailed) {
  Batch batch;
  batch.put("a", "1");
  batch.put("b", std::string(kValueBytesMax + 1, 'x'));
  EXPECT_FALSE(store_->write(batch));
  const std::vector<std::string> keys{"a"};
  EXPECT_FALSE(store_->update(keys, [](const Values&) -> Result<Batch> { return fail(ErrorKind::kConflict, "no"); }));
  EXPECT_FALSE(store_->update(keys, [&](const Values&) -> Result<Batch> { return batch; }));
  EXPECT_THAT(told_, IsEmpty());
}

TEST_P(ObserveTest, TellsEveryErasedRecordOfAPrefix) {
  for (const auto* key : {"a/1", "a/2", "b"}) put(key, "x");
  ASSERT_TRUE(store_->erase_prefix("a/"));
  EXPECT_THAT(copy_, ElementsAre(Pair("b", "x")));
}

TEST_P(ObserveTest, TellsEveryObserver) {
  Told second;
  ASSERT_TRUE(store_->observe([&](std::span<const Batch::Change> changes) {
    for (const auto& change : changes) second.emplace_back(change.key, change.value);
  }));
  put("a", "1");
  EXPECT_THAT(told_, ElementsAre(Pair("a", "1")));
  EXPECT_THAT(second, ElementsAre(Pair("a", "1")));
}

// Counters: each commit of a key is its predecessor plus one, so a key told out of order or not at all shows.
TEST_P(ObserveTest, TellsTheCommitsOfAKeyInOrderWithWhatTheStoreHolds) {
  constexpr int kThreads = 6;
  constexpr int kRounds = 60;
  std::map<std::string, long long> last;
  std::mutex mutex;
  ASSERT_TRUE(store_->observe([&](std::span<const Batch::Change> changes) {
    for (const auto& change : changes) {
      EXPECT_EQ(store_->get(change.key).value(), change.value);
      const std::lock_guard lock(mutex);
      EXPECT_EQ(parse_integer(*change.value).value(), ++last[change.key]) << change.key;
    }
  }));
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        Random random(static_cast<std::uint64_t>(thread));
        for (int round = 0; round < kRounds; ++round) {
          std::array<std::string, 2> pair{"k" + std::to_string(random.below(5)), "k" + std::to_string(random.below(5))};
          if (pair[0] == pair[1]) pair[1] += "'";
          EXPECT_TRUE(store_->update(pair, [&](const Values& current) -> Result<Batch> {
            Batch batch;
            for (std::size_t index = 0; index < pair.size(); ++index) {
              batch.put(pair[index], std::to_string(parse_integer(current[index].value_or("0")).value() + 1));
            }
            return batch;
          }));
        }
      });
    }
  }
  EXPECT_EQ(copy_, everything());
}

TEST_P(ObserveTest, FollowsRandomWritersOfTheSameKeys) {
  constexpr std::uint64_t kThreads = 6;
  constexpr int kRounds = 80;
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        Random random(thread);
        for (int round = 0; round < kRounds; ++round) {
          Batch batch;
          const std::vector<std::string> keys{"k" + std::to_string(random.below(4)),
                                              "k" + std::to_string(random.below(4))};
          batch.put(keys[0], std::to_string(thread) + "/" + std::to_string(round));
          if (random.below(3) == 0) batch.erase(keys[1]);
          if (random.below(2) == 0) {
            EXPECT_TRUE(store_->write(batch));
          } else {
            EXPECT_TRUE(store_->update({.read = std::span(keys).first(1), .unread = std::span(keys).last(1)},
                                       [&](const Values&) -> Result<Batch> { return batch; }));
          }
          if (random.below(20) == 0) {
            EXPECT_TRUE(store_->erase_prefix("k1"));
          }
        }
      });
    }
  }
  EXPECT_EQ(copy_, everything());
}

INSTANTIATE_TEST_SUITE_P(Engines, ObserveTest, every_engine(), engine_name);

}  // namespace
}  // namespace rapport::records
