// One suite for every engine behind the port.

#include "records/store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <thread>

#include "base/random.h"
#include "records/engine_test.h"

namespace rapport::records {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using StoreTest = EngineTest;

TEST_P(StoreTest, ReadsWhatWasWritten) {
  const std::string key("k\0\xff", 3);
  const std::string value("v\0\x80\xff", 4);
  Batch batch;
  batch.put(key, value);
  batch.put("empty", "");
  ASSERT_TRUE(store_->write(batch));
  EXPECT_EQ(store_->get(key).value(), value);
  EXPECT_EQ(store_->get("empty").value(), "");
  EXPECT_EQ(store_->get("absent").value(), std::nullopt);
  EXPECT_EQ(store_->get(std::string_view(key).substr(0, 2)).value(), std::nullopt);
}

TEST_P(StoreTest, GetsManyInTheOrderAskedWithRepeatsAndAbsent) {
  put("a", "1");
  put("b", "2");
  const std::vector<std::string> asked{"b", "x", "a", "b"};
  EXPECT_THAT(store_->get_many(asked).value(), ElementsAre("2", std::nullopt, "1", "2"));
  EXPECT_THAT(store_->get_many({}).value(), IsEmpty());
}

TEST_P(StoreTest, GetsManyHoweverCloseTheyLie) {
  Batch batch;
  for (int number = 0; number < 2'000; ++number) {
    if (number % 7 != 3) batch.put(fmt::format("k/{:05}", number), std::to_string(number));
  }
  ASSERT_TRUE(store_->write(batch));
  constexpr std::uint64_t kSeed = 4;
  SCOPED_TRACE(kSeed);
  Random random(kSeed);
  for (const std::uint64_t every : {1U, 2U, 5U, 40U}) {
    std::vector<std::string> asked;
    for (std::uint64_t number = random.below(100); number < 2'100; number += every) {
      asked.push_back(fmt::format("k/{:05}", number));
    }
    for (std::size_t swaps = random.below(3) * asked.size(); swaps > 0; --swaps) {
      std::swap(asked[random.below(asked.size())], asked[random.below(asked.size())]);
    }
    asked.push_back(asked.front());
    Values expected;
    for (const std::string& key : asked) expected.push_back(store_->get(key).value());
    EXPECT_EQ(store_->get_many(asked).value(), expected);
  }
}

TEST_P(StoreTest, ALaterChangeOfAKeyWins) {
  Batch batch;
  batch.put("a", "1");
  batch.put("a", "2");
  batch.put("b", "1");
  batch.erase("b");
  batch.erase("c");
  batch.put("c", "3");
  ASSERT_TRUE(store_->write(batch));
  EXPECT_THAT(everything(), ElementsAre(std::pair("a", "2"), std::pair("c", "3")));
}

TEST_P(StoreTest, RefusesWhatIsTooLargeAndWritesNothingOfTheBatch) {
  Batch large_value;
  large_value.put("a", "1");
  large_value.put("b", std::string(kValueBytesMax + 1, 'x'));
  EXPECT_EQ(store_->write(large_value).error().kind, ErrorKind::kTooLarge);
  Batch large_key;
  large_key.put(std::string(kKeyBytesMax + 1, 'x'), "");
  EXPECT_EQ(store_->write(large_key).error().kind, ErrorKind::kTooLarge);
  EXPECT_THAT(everything(), IsEmpty());
}

TEST_P(StoreTest, TakesTheLargestKeyAndValue) {
  Random random(11);
  std::string key;
  std::string value;
  while (key.size() < kKeyBytesMax) key += static_cast<char>(random.below(256));
  while (value.size() < kValueBytesMax) value += static_cast<char>(random.below(256));
  put(key, value);
  EXPECT_EQ(store_->get(key).value(), value);
}

TEST_P(StoreTest, ScansInBytewiseOrder) {
  for (const auto* key : {"b", "a\xff", "a", "\xff", "a\x7f", "a\x80", "B"}) put(key, "");
  EXPECT_THAT(keys(""), ElementsAre("B", "a", "a\x7f", "a\x80", "a\xff", "b", "\xff"));
}

TEST_P(StoreTest, ScansOnlyThePrefix) {
  for (const auto* key : {"a", "ab", "ab\xff", "ab\xff\xff", "ac", "\xff", "\xff\xff", "\xff\xff\x01"}) put(key, "");
  EXPECT_THAT(keys("ab"), ElementsAre("ab", "ab\xff", "ab\xff\xff"));
  EXPECT_THAT(keys("ab\xff"), ElementsAre("ab\xff", "ab\xff\xff"));
  EXPECT_THAT(keys("\xff\xff"), ElementsAre("\xff\xff", "\xff\xff\x01"));
  EXPECT_THAT(keys("x"), IsEmpty());
}

TEST_P(StoreTest, ScansAfterAKey) {
  for (const auto* key : {"a1", "a2", "a3", "b1"}) put(key, "");
  EXPECT_THAT(keys("a", "a1"), ElementsAre("a2", "a3"));
  EXPECT_THAT(keys("a", "a15"), ElementsAre("a2", "a3"));
  EXPECT_THAT(keys("a", "A"), ElementsAre("a1", "a2", "a3"));
  EXPECT_THAT(keys("a", "a3"), IsEmpty());
  EXPECT_THAT(keys("a", "b"), IsEmpty());
}

TEST_P(StoreTest, ScansUntilAKey) {
  for (const auto* key : {"a", "a1", "a2", "a2\x01", "a3", "b"}) put(key, "");
  const auto until = [&](std::string_view last) {
    std::vector<std::string> found;
    EXPECT_TRUE(store_->scan({.prefix = "a", .after = "a", .until = last}, [&](std::string_view key, std::string_view) {
      found.emplace_back(key);
      return true;
    }));
    return found;
  };
  EXPECT_THAT(until("a2"), ElementsAre("a1", "a2"));
  EXPECT_THAT(until("a21"), ElementsAre("a1", "a2", "a2\x01"));
  EXPECT_THAT(until("b"), ElementsAre("a1", "a2", "a2\x01", "a3"));
  EXPECT_THAT(until("a"), IsEmpty());
  EXPECT_THAT(until(""), ElementsAre("a1", "a2", "a2\x01", "a3"));
}

TEST_P(StoreTest, RangesBetweenBoundariesHoldEveryRecordOnce) {
  constexpr std::size_t kParts = 4;
  constexpr int kRecords = 60'000;
  Random random(3);
  Batch batch;
  for (int record = 0; record < kRecords; ++record) {
    batch.put("r/" + std::to_string(random()), std::string(300, static_cast<char>('a' + record % 26)));
  }
  for (const auto* key : {"r", "r.", "r0", "s"}) batch.put(key, "");
  ASSERT_TRUE(store_->write(batch));
  open();  // as at a start: out of the memory table, whose estimates are coarse
  auto cuts = store_->boundaries("r/", kParts).value();
  ASSERT_EQ(cuts.size(), kParts - 1);
  cuts.insert(cuts.begin(), "");
  cuts.emplace_back();
  std::vector<std::string> found;
  for (std::size_t part = 0; part + 1 < cuts.size(); ++part) {
    const auto before = found.size();
    EXPECT_TRUE(store_->scan({.prefix = "r/", .after = cuts[part], .until = cuts[part + 1]},
                             [&](std::string_view key, std::string_view) {
                               found.emplace_back(key);
                               return true;
                             }));
    EXPECT_GT(found.size() - before, kRecords / kParts / 4);
    EXPECT_LT(found.size() - before, kRecords / kParts * 2);
  }
  EXPECT_EQ(found, keys("r/"));
}

TEST_P(StoreTest, HasNoBoundariesWhereThereIsLittle) {
  EXPECT_THAT(store_->boundaries("", 8).value(), IsEmpty());
  put("a", "1");
  EXPECT_THAT(store_->boundaries("a", 8).value(), IsEmpty());
  EXPECT_THAT(store_->boundaries("b", 8).value(), IsEmpty());
}

TEST_P(StoreTest, ScanStopsWhenTold) {
  for (const auto* key : {"a", "b", "c"}) put(key, "");
  int visited = 0;
  ASSERT_TRUE(store_->scan("", "", [&](std::string_view, std::string_view) { return ++visited < 2; }));
  EXPECT_EQ(visited, 2);
}

TEST_P(StoreTest, ScansOneSnapshotWhileTheVisitorWrites) {
  constexpr int kRecords = 3'000;
  Batch batch;
  for (int record = 0; record < kRecords; ++record) batch.put("r" + std::to_string(record), "old");
  ASSERT_TRUE(store_->write(batch));
  int visited = 0;
  ASSERT_TRUE(store_->scan("r", "", [&](std::string_view, std::string_view value) {
    EXPECT_EQ(value, "old");
    if (visited++ == 0) {
      Batch changes;
      for (int record = 0; record < kRecords; ++record) changes.put("r" + std::to_string(record), "new");
      changes.put("r9999", "new");
      EXPECT_TRUE(store_->write(changes));
    }
    return true;
  }));
  EXPECT_EQ(visited, kRecords);
  EXPECT_EQ(store_->get("r9999").value(), "new");
}

TEST_P(StoreTest, ScansManyRecordsOfOneSnapshot) {
  constexpr int kRecords = 10'000;
  const auto key = [](int number) { return "r/" + std::to_string(10'000 + number); };
  Batch batch;
  for (int number = 0; number < kRecords; ++number) batch.put(key(number), std::to_string(number));
  ASSERT_TRUE(store_->write(batch));
  int expected = 0;
  ASSERT_TRUE(store_->scan("r/", "", [&](std::string_view found, std::string_view value) {
    EXPECT_EQ(found, key(expected));
    EXPECT_EQ(value, std::to_string(expected));
    if (expected == 0) put(key(kRecords - 1), "later");
    return ++expected < kRecords;
  }));
  EXPECT_EQ(expected, kRecords);
  EXPECT_EQ(keys("r/", key(4999)).size(), 5000U);
}

TEST_P(StoreTest, ErasesExactlyThePrefix) {
  constexpr int kRecords = 10'500;  // more than one piece
  Batch batch;
  for (int record = 0; record < kRecords; ++record) batch.put("a/" + std::to_string(record), "x");
  for (const auto* key : {"a", "a.", "a0", "\xff\x01", "\xff\xff"}) batch.put(key, "x");
  ASSERT_TRUE(store_->write(batch));
  ASSERT_TRUE(store_->erase_prefix("a/"));
  EXPECT_THAT(keys(""), ElementsAre("a", "a.", "a0", "\xff\x01", "\xff\xff"));
  ASSERT_TRUE(store_->erase_prefix("\xff"));
  EXPECT_THAT(keys(""), ElementsAre("a", "a.", "a0"));
  ASSERT_TRUE(store_->erase_prefix(""));
  EXPECT_THAT(keys(""), IsEmpty());
}

TEST_P(StoreTest, UpdateGivesTheCurrentValuesAndWritesTheBatch) {
  put("a", "1");
  const std::vector<std::string> asked{"a", "b", "a"};
  const auto done = store_->update(asked, [](const Values& current) -> Result<Batch> {
    EXPECT_THAT(current, ElementsAre("1", std::nullopt, "1"));
    Batch batch;
    batch.put("b", *current[0] + "2");
    batch.put("not named", "3");
    batch.erase("a");
    return batch;
  });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(everything(), ElementsAre(std::pair("b", "12"), std::pair("not named", "3")));
}

TEST_P(StoreTest, AChangeMayReadWhatItNamesUnread) {
  constexpr int kThreads = 6;
  constexpr int kEach = 40;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        const std::vector<std::string> own{"own" + std::to_string(thread)};
        const std::vector<std::string> shared{"shared"};
        for (int round = 0; round < kEach; ++round) {
          const auto done = store_->update({.read = own, .unread = shared}, [&](const Values&) -> Result<Batch> {
            const auto count = TRY(store_->get_many(shared))
            .front().value_or("0");
            Batch batch;
            batch.put(shared.front(), std::to_string(std::stoi(count) + 1));
            return batch;
          });
          EXPECT_TRUE(done) << done.error().message;
        }
      });
    }
  }
  EXPECT_EQ(store_->get("shared").value(), std::to_string(kThreads * kEach));
}

TEST_P(StoreTest, AFailingUpdateWritesNothing) {
  const std::vector<std::string> asked{"a"};
  const auto done =
      store_->update(asked, [](const Values&) -> Result<Batch> { return fail(ErrorKind::kConflict, "no"); });
  EXPECT_EQ(done.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(done.error().message, "no");
  EXPECT_TRUE(store_->update(asked, [](const Values&) { return Result<Batch>(Batch()); }));
  EXPECT_THAT(everything(), IsEmpty());
}

TEST_P(StoreTest, LosesNoConcurrentIncrementOfPresentOrAbsentKeys) {
  constexpr int kThreads = 8;
  constexpr int kEach = 60;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int round = 0; round < kEach; ++round) {
          // Each pair in both orders, so that locks taken in the order given would deadlock.
          std::vector<std::string> pair{"hot" + std::to_string(round % 3), "hot" + std::to_string((round + 1) % 3)};
          if (thread % 2 == 1) std::swap(pair[0], pair[1]);
          const auto done = store_->update(pair, [&](const Values& current) {
            Batch batch;
            for (std::size_t index = 0; index < pair.size(); ++index) {
              batch.put(pair[index], std::to_string(std::stoi(current[index].value_or("0")) + 1));
            }
            return Result<Batch>(batch);
          });
          EXPECT_TRUE(done) << done.error().message;
        }
      });
    }
  }
  for (const auto* key : {"hot0", "hot1", "hot2"}) {
    EXPECT_EQ(store_->get(key).value(), std::to_string(kThreads * kEach * 2 / 3)) << key;
  }
}

// A short key over few bytes, so that prefixes, neighbours and repeats are frequent.
std::string random_key(Random& random) {
  static constexpr std::string_view kAlphabet(
      "\x00"
      "a\x7f\x80\xff",
      5);
  std::string key;
  for (auto length = 1 + random.below(4); length > 0; --length) key += kAlphabet[random.below(kAlphabet.size())];
  return key;
}

Batch random_batch(Random& random, Model& model) {
  Batch batch;
  for (auto count = random.below(6); count > 0; --count) {
    const auto key = random_key(random);
    if (random.below(3) == 0) {
      batch.erase(key);
      model.erase(key);
    } else {
      const auto value = std::to_string(random.below(1000));
      batch.put(key, value);
      model[key] = value;
    }
  }
  return batch;
}

std::vector<std::string> keys_of(const Model& model, const std::string& prefix, const std::string& after) {
  std::vector<std::string> found;
  for (const auto& [key, value] : model) {
    if (key.starts_with(prefix) && key > after) found.push_back(key);
  }
  return found;
}

TEST_P(StoreTest, AgreesWithAMapOnRandomOperations) {
  constexpr std::uint64_t kSeed = 20240601;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Random random(kSeed);
  Model model;
  for (int round = 0; round < 400; ++round) {
    SCOPED_TRACE(testing::Message() << "round " << round);
    ASSERT_TRUE(store_->write(random_batch(random, model)));
    const std::vector<std::string> asked{random_key(random), random_key(random)};
    ASSERT_TRUE(store_->update(asked, [&](const Values& current) -> Result<Batch> {
      for (std::size_t index = 0; index < asked.size(); ++index) {
        EXPECT_EQ(current[index].has_value(), model.contains(asked[index]));
        EXPECT_EQ(current[index].value_or(""), model.contains(asked[index]) ? model[asked[index]] : "");
      }
      return Batch();
    }));
    const auto prefix = random_key(random);
    const auto after = random.below(2) == 0 ? "" : random_key(random);
    ASSERT_EQ(keys(prefix, after), keys_of(model, prefix, after));
    if (round % 20 == 19) {
      ASSERT_TRUE(store_->erase_prefix(prefix));
      std::erase_if(model, [&](const auto& record) { return record.first.starts_with(prefix); });
    }
  }
  EXPECT_EQ(everything(), model);
}

TEST_P(StoreTest, KeepsRecordsWhenReopened) {
  put("a", "1");
  open();
  EXPECT_EQ(store_->get("a").value(), "1");
}

INSTANTIATE_TEST_SUITE_P(Engines, StoreTest, every_engine(), engine_name);

TEST(RocksdbTest, RefusesADirectoryInUse) {
  const test::TemporaryDirectory directory;
  const auto first = open_rocksdb(directory.file("records"));
  ASSERT_TRUE(first);
  EXPECT_EQ(open_rocksdb(directory.file("records")).error().kind, ErrorKind::kUnavailable);
}

constexpr PatchRules kAppending = {
    .apply = [](std::string_view value, std::string_view patch) { return fmt::format("{}({})", value, patch); },
    .unite = [](std::string_view earlier, std::string_view later) { return fmt::format("{})({}", earlier, later); }};

TEST(RocksdbTest, PatchesWhatItHolds) {
  const test::TemporaryDirectory directory;
  auto store = open_rocksdb(directory.file("records"), kAppending).value();
  ASSERT_TRUE(store->takes_patches());
  std::vector<bool> told;
  ASSERT_TRUE(store->observe([&](std::span<const Batch::Change> changes) {
    for (const auto& change : changes) told.push_back(change.is_patch);
  }));
  std::string expected = "value";
  const auto expect = [&] {
    const std::vector<std::string> keys{"b", "a"};
    EXPECT_EQ(store->get("a").value(), expected);
    EXPECT_EQ(store->get_many(keys).value()[1], expected);
    EXPECT_TRUE(store->scan("", "", [&](std::string_view key, std::string_view value) {
      EXPECT_EQ(key, "a");
      EXPECT_EQ(value, expected);
      return true;
    }));
  };
  Batch put;
  put.put("a", "value");
  ASSERT_TRUE(store->write(put));
  for (int number = 0; number < 5; ++number) {
    Batch patch;
    patch.patch("a", std::to_string(number));
    ASSERT_TRUE(store->write(patch));
    expected += fmt::format("({})", number);
    expect();
    if (number % 2 == 0) {
      store.reset();
      store = open_rocksdb(directory.file("records"), kAppending).value();
      expect();
    }
  }
  EXPECT_EQ(told, (std::vector<bool>{false, true}));  // until the store was closed for the first time
  ASSERT_TRUE(store->write(put));
  expected = "value";
  expect();
}

}  // namespace
}  // namespace rapport::records
