#include "serving/served_lists.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <set>
#include <thread>

#include "testing/temporary_directory.h"

namespace rapport::serving {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

// A record store that may refuse to write.
class RefusingStore final : public records::Store {
 public:
  explicit RefusingStore(records::Store& store) : store_(store) {}
  bool takes_patches() const override { return store_.takes_patches(); }
  Status write(const records::Batch& batch) override {
    if (refuses) return fail(ErrorKind::kUnavailable, "The disk is full");
    return store_.write(batch);
  }
  Status update(const records::UpdateKeys& keys, const records::Change& change) override {
    return store_.update(keys, change);
  }
  Status observe(records::Observer observer) override { return store_.observe(std::move(observer)); }
  Result<std::optional<std::string>> get(std::string_view key) override { return store_.get(key); }
  Result<records::Values> get_many(std::span<const std::string> keys) override { return store_.get_many(keys); }
  Status scan(const records::Range& range, const records::Visitor& visit) override { return store_.scan(range, visit); }
  Result<std::vector<std::string>> boundaries(std::string_view prefix, std::size_t parts) override {
    return store_.boundaries(prefix, parts);
  }
  Status erase_prefix(std::string_view prefix) override { return store_.erase_prefix(prefix); }

  std::atomic<bool> refuses = false;

 private:
  records::Store& store_;
};

class ServedListsTest : public ::testing::Test {
 protected:
  std::optional<ServedLists::List> found(const ServedLists& lists, const std::string& id) {
    const auto list = lists.find(id);
    EXPECT_TRUE(list) << list.error().message;
    return list ? *list : std::nullopt;
  }
  std::size_t records() {
    std::size_t count = 0;
    EXPECT_TRUE(database_->scan("served/", "", [&](std::string_view, std::string_view) { return ++count > 0; }));
    return count;
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<records::Store> database_ = records::open_rocksdb(directory_.file("records")).value();
  RefusingStore store_{*database_};
};

TEST_F(ServedListsTest, FindsWhatWasServed) {
  ServedLists lists(store_, clock_);
  const std::string first = lists.remember({.source = "x", .ids = std::vector<std::string>(40, "item")});
  const std::string second = lists.remember({.source = "y", .ids = {"1", "", "2"}});
  const std::string third = lists.remember({.source = "z", .ids = {}});
  EXPECT_THAT(first, MatchesRegex("RID-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_THAT(first, SizeIs(40));
  EXPECT_THAT(found(lists, first)->ids, SizeIs(ServedLists::kIdsMax));
  EXPECT_THAT(found(lists, second)->ids, ElementsAre("1", "", "2"));
  EXPECT_EQ(found(lists, third)->source, "z");
  std::string guessed = second;
  guessed.back() = guessed.back() == '0' ? '1' : '0';
  for (const std::string& unknown : {std::string(), std::string("RID-"), guessed, first + "0",
                                     std::string("RID-0b2ecf2e-9a4a-4f5e-8d7c-3a1f54b0c111"),
                                     std::string("RID-zzzzzzzz-zzzz-7zzz-8zzz-zzzzzzzzzzzz")}) {
    EXPECT_FALSE(found(lists, unknown)) << unknown;
  }
}

TEST_F(ServedListsTest, OutliveTheProcessOnceTheyAreWritten) {
  std::vector<std::string> written;
  std::string lost;
  {
    ServedLists lists(store_, clock_);
    for (int round = 0; round < 3; ++round) {  // also several records of the same moment
      for (int i = 0; i < 100; ++i) {
        written.push_back(lists.remember({.source = "arn", .ids = {fmt::format("{}", written.size()), "b"}}));
      }
      ASSERT_TRUE(lists.flush());
    }
    lost = lists.remember({.source = "arn", .ids = {"a"}});
  }
  ServedLists lists(store_, clock_);
  for (std::size_t i = 0; i < written.size(); ++i) {
    EXPECT_THAT(found(lists, written[i])->ids, ElementsAre(fmt::format("{}", i), "b"));
  }
  EXPECT_FALSE(found(lists, lost));
  EXPECT_EQ(records(), 3U);
}

TEST_F(ServedListsTest, MemoryAndRecordsAreBounded) {
  ServedLists lists(store_, clock_, {.lists_in_memory_max = 2});
  std::vector<std::string> ids;
  for (int i = 0; i < 10'000; ++i) ids.push_back(lists.remember({.source = "arn", .ids = {fmt::format("{}", i)}}));
  EXPECT_FALSE(found(lists, ids.front())) << "neither in memory nor written yet";
  ASSERT_TRUE(lists.flush());
  EXPECT_EQ(records(), 3U);  // of 4,096 at most
  for (std::size_t i = 0; i < ids.size(); i += 97) {
    ASSERT_THAT(found(lists, ids[i])->ids, ElementsAre(fmt::format("{}", i)));
  }
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
}

TEST_F(ServedListsTest, GoAfterADay) {
  ServedLists lists(store_, clock_, {.lists_in_memory_max = 0});
  const std::string old = lists.remember({.source = "arn", .ids = {"a"}});
  ASSERT_TRUE(lists.flush());
  clock_.advance(ServedLists::kKeptMicros / 2);
  const std::string young = lists.remember({.source = "arn", .ids = {"b"}});
  ASSERT_TRUE(lists.flush());
  ASSERT_TRUE(lists.expire());
  EXPECT_EQ(records(), 2U);
  clock_.advance(ServedLists::kKeptMicros / 2 + kMicrosPerSecond);
  ASSERT_TRUE(lists.expire());
  EXPECT_EQ(records(), 1U);
  EXPECT_FALSE(found(ServedLists(store_, clock_), old));
  EXPECT_TRUE(found(ServedLists(store_, clock_), young));
}

TEST_F(ServedListsTest, WaitForAStoreThatRefuses) {
  ServedLists lists(store_, clock_, {.records_waiting_max = 2});
  store_.refuses = true;
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) {
    ids.push_back(lists.remember({.source = "arn", .ids = {"a"}}));
    EXPECT_FALSE(lists.flush());
  }
  EXPECT_TRUE(found(lists, ids.front())) << "memory still has it";
  store_.refuses = false;
  ASSERT_TRUE(lists.flush());
  const ServedLists after(store_, clock_);
  EXPECT_FALSE(found(after, ids[1])) << "given up";
  EXPECT_TRUE(found(after, ids[2]));
  EXPECT_TRUE(found(after, ids[3]));
}

TEST_F(ServedListsTest, AreWrittenBehindAndAtACleanStop) {
  std::vector<std::vector<std::string>> ids(4);
  {
    ServedLists lists(store_, clock_);
    std::jthread writer([&](const std::stop_token& stop) { lists.run(stop); });
    std::vector<std::jthread> servers;
    for (auto& own : ids) {
      servers.emplace_back([&] {
        for (int i = 0; i < 5'000; ++i) own.push_back(lists.remember({.source = "arn", .ids = {fmt::format("{}", i)}}));
      });
    }
    servers.clear();
  }
  const ServedLists after(store_, clock_);
  for (const auto& own : ids) {
    for (std::size_t i = 0; i < own.size(); i += 97) {
      ASSERT_THAT(found(after, own[i])->ids, ElementsAre(fmt::format("{}", i)));
    }
  }
}

}  // namespace
}  // namespace rapport::serving
