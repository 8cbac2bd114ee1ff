// What a process over PostgreSQL learns of others' commits.

#include <gmock/gmock.h>

#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/random.h"
#include "base/text.h"
#include "postgres/pool.h"
#include "records/store.h"
#include "testing/private_postgres.h"

namespace rapport::records {
namespace {

using testing::ElementsAre;
using testing::Pair;
using Model = std::map<std::string, std::string>;
constexpr std::chrono::seconds kPatience(60);

// A store as one process has it, and a copy of the records that follows its observer.
class Process {
 public:
  explicit Process(const std::string& url) : store_(open_postgres(url).value()) {
    EXPECT_TRUE(store_->observe([this](std::span<const Batch::Change> changes) {
      const std::lock_guard lock(mutex_);
      for (const auto& change : changes) {
        if (change.value) {
          copy_[change.key] = *change.value;
        } else {
          copy_.erase(change.key);
        }
      }
      told_.notify_all();
    }));
  }

  Store& store() { return *store_; }
  void put(const std::string& key, const std::string& value) {
    Batch batch;
    batch.put(key, value);
    EXPECT_TRUE(store_->write(batch));
  }
  Model everything() {
    Model found;
    EXPECT_TRUE(store_->scan("", "", [&](std::string_view key, std::string_view value) {
      found.emplace_hint(found.end(), key, value);
      return true;
    }));
    return found;
  }
  // Waits until the copy is this.
  void expect(const Model& model) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(told_.wait_for(lock, kPatience, [&] { return copy_ == model; }));
    EXPECT_EQ(copy_, model);
  }

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  Model copy_;
  std::unique_ptr<Store> store_;  // ends first
};

int rows_of(const std::string& url, std::string_view table) {
  postgres::Pool pool(url);
  int rows = -1;
  EXPECT_TRUE(pool.transact(postgres::Isolation::kNone, [&](postgres::Connection& connection) -> Status {
    rows = TRY(connection.execute("SELECT 1 FROM " + std::string(table)))
    .rows();
    return {};
  }));
  return rows;
}

TEST(PostgresFeed, TellsWhatAnotherProcessWroteUpdatedAndErased) {
  const auto url = test::new_postgres_database();
  Process one(url);
  Process two(url);
  one.put("a/1", "1");
  one.put("a/2", "2");
  two.put("b", "3");
  const Model all{{"a/1", "1"}, {"a/2", "2"}, {"b", "3"}};
  one.expect(all);
  two.expect(all);
  const std::vector<std::string> keys{"b"};
  ASSERT_TRUE(one.store().update(keys, [](const Values& current) -> Result<Batch> {
    Batch batch;
    batch.put("b", *current[0] + "4");
    return batch;
  }));
  ASSERT_TRUE(one.store().erase_prefix("a/"));
  one.expect({{"b", "34"}});
  two.expect({{"b", "34"}});
}

TEST(PostgresFeed, AWriterThatDoesNotObserveIsHeard) {
  const auto url = test::new_postgres_database();
  Process one(url);
  const auto other = open_postgres(url).value();
  Batch batch;
  batch.put("a", "1");
  ASSERT_TRUE(other->write(batch));
  one.expect({{"a", "1"}});
}

TEST(PostgresFeed, TellsATransactionThatEndsAfterLaterOnes) {
  const auto url = test::new_postgres_database();
  Process one(url);
  Process two(url);
  postgres::Pool pool(url);
  ASSERT_TRUE(pool.transact(postgres::Isolation::kReadCommitted, [&](postgres::Connection& connection) -> Status {
    TRY(connection.execute("SELECT pg_current_xact_id()"));  // the lower number
    one.put("later", "1");
    two.expect({{"later", "1"}});
    TRY(connection.execute("INSERT INTO records VALUES ('earlier', '2')"));
    TRY(connection.execute(
        "INSERT INTO record_notes VALUES (pg_current_xact_id(), 'another', ARRAY['earlier'::bytea])"));
    return {};
  }));
  one.expect({{"earlier", "2"}, {"later", "1"}});
  two.expect({{"earlier", "2"}, {"later", "1"}});
}

TEST(PostgresFeed, NotesNothingForOneProcessAlone) {
  const auto url = test::new_postgres_database();
  Process one(url);
  one.put("a", "1");
  EXPECT_EQ(rows_of(url, "record_notes"), 0);
  EXPECT_EQ(rows_of(url, "record_followers"), 1);
}

TEST(PostgresFeed, AProcessThatEndsIsNoLongerFollowing) {
  const auto url = test::new_postgres_database();
  Process one(url);
  {
    const Process two(url);
  }
  EXPECT_EQ(rows_of(url, "record_followers"), 1);
}

TEST(PostgresFeed, NotesGoWhenEverybodyHasReadThem) {
  const auto url = test::new_postgres_database();
  Process one(url);
  Process two(url);
  one.put("a", "1");
  EXPECT_EQ(rows_of(url, "record_notes"), 1);
  const auto begin = std::chrono::steady_clock::now();
  while (rows_of(url, "record_notes") > 0 && std::chrono::steady_clock::now() - begin < kPatience) {
  }
  EXPECT_EQ(rows_of(url, "record_notes"), 0);
}

// Three processes write the same few keys; in the end each knows what the store holds.
TEST(PostgresFeed, FollowsConcurrentWritersOfTheSameKeys) {
  constexpr std::uint64_t kRounds = 60;
  const auto url = test::new_postgres_database();
  std::array<Process, 3> processes{Process(url), Process(url), Process(url)};
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t thread = 0; thread < 6; ++thread) {
      threads.emplace_back([&, thread] {
        Random random(thread);
        auto& store = processes[thread % processes.size()].store();
        for (std::uint64_t round = 0; round < kRounds; ++round) {
          const std::vector<std::string> keys{"k" + std::to_string(random.below(4))};
          EXPECT_TRUE(store.update(keys, [&](const Values& current) -> Result<Batch> {
            Batch batch;
            if (current[0] && random.below(4) == 0) {
              batch.erase(keys[0]);
            } else {
              batch.put(keys[0], std::to_string(thread) + "/" + std::to_string(round));
            }
            return batch;
          }));
        }
      });
    }
  }
  for (auto& process : processes) process.expect(processes[0].everything());
}

TEST(PostgresFeed, CarriesOnWhenTheServerWasAway) {
  test::PrivatePostgres server(test::PrivatePostgres::Sync::kNever);
  const auto url = server.new_database();
  Process one(url);
  Process two(url);
  one.put("a", "1");
  server.restart();
  Batch batch;
  batch.put("b", "2");
  while (!one.store().write(batch)) {
  }
  two.expect({{"a", "1"}, {"b", "2"}});
  one.expect({{"a", "1"}, {"b", "2"}});
}

}  // namespace
}  // namespace rapport::records
