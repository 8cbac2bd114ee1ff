#include "apps/expiries.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "apps/applications.h"
#include "testing/private_postgres.h"
#include "testing/temporary_directory.h"

namespace rapport::apps {
namespace {

enum class Engine { kSqlite, kPostgres };

// Things that expire: rows of a table, and something beside the database that goes after them.
class ExpiriesTest : public ::testing::TestWithParam<Engine> {
 protected:
  ExpiriesTest() {
    database_ = GetParam() == Engine::kSqlite ? sql::open_sqlite(directory_.file("rapport.db")).value()
                                              : sql::open_postgres(test::new_postgres_database()).value();
    EXPECT_TRUE(sql::migrate(*database_, jobs::migrations()));
    EXPECT_TRUE(sql::migrate(*database_, migrations()));
    EXPECT_TRUE(database_->write("CREATE TABLE things (id TEXT PRIMARY KEY, in_use BIGINT NOT NULL)"));
    queue_ = std::make_unique<jobs::Queue>(*database_, clock_);
    expiries_ = std::make_unique<Expiries>(*database_, *queue_, clock_);
    expiries_->add("thing",
                   {.require = [](sql::Session& session, const std::string&, const std::string& id) -> Status {
                      if (!TRY(session.execute("SELECT 1 FROM things WHERE id = $1", {id})).rows.empty()) {
                        return {};
                      }
                      return fail(ErrorKind::kNotFound, "No such thing");
                    },
                    .is_in_use = [](sql::Session& session, const std::string&, const std::string& id) -> Result<bool> {
                      return TRY(session.execute("SELECT in_use FROM things WHERE id = $1", {id}))
                      .rows.front().integer(0) != 0;
                    },
                    .remove = [](sql::Session& session, const std::string&, const std::string& id) -> Status {
                      TRY(session.execute("DELETE FROM things WHERE id = $1", {id}));
                      return {};
                    },
                    .remove_rest = [this](const std::string&, const std::string&) -> Status {
                      ++rest_removals_;
                      return rest_;
                    }});
  }

  Expiring add_thing(const std::string& id) {
    EXPECT_TRUE(database_->write("INSERT INTO things (id, in_use) VALUES ($1, 0)", {id}));
    return {"thing", "app", id};
  }
  bool there(const Expiring& thing) {
    return !database_->read("SELECT 1 FROM things WHERE id = $1", {thing.id}).value().rows.empty();
  }
  Timestamp in(std::int64_t seconds) { return clock_.now() + seconds * kMicrosPerSecond; }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<jobs::Queue> queue_;
  std::unique_ptr<Expiries> expiries_;
  Status rest_;
  int rest_removals_ = 0;
};

TEST_P(ExpiriesTest, RemovesOnlyWhatIsDue) {
  const auto thing = add_thing("a");
  const auto other = add_thing("b");
  ASSERT_TRUE(expiries_->put(thing, in(60)));
  EXPECT_EQ(expiries_->get(thing).value(), in(60));
  clock_.advance(59 * kMicrosPerSecond);
  EXPECT_TRUE(expiries_->expire(thing));
  EXPECT_TRUE(there(thing));
  clock_.advance(kMicrosPerSecond);
  EXPECT_TRUE(expiries_->expire(thing));
  EXPECT_TRUE(expiries_->expire(other));
  EXPECT_FALSE(there(thing));
  EXPECT_TRUE(there(other));
  EXPECT_EQ(rest_removals_, 1);
  EXPECT_EQ(expiries_->get(thing).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(expiries_->expire(thing));  // a second process comes too late
  EXPECT_EQ(rest_removals_, 1);
}

TEST_P(ExpiriesTest, CanBeChangedAndDropped) {
  const auto thing = add_thing("a");
  ASSERT_TRUE(expiries_->put(thing, in(10)));
  ASSERT_TRUE(expiries_->put(thing, in(100)));
  clock_.advance(50 * kMicrosPerSecond);
  EXPECT_TRUE(expiries_->expire(thing));
  EXPECT_TRUE(there(thing));
  EXPECT_EQ(expiries_->erase(thing).value(), in(50));
  clock_.advance(100 * kMicrosPerSecond);
  EXPECT_TRUE(expiries_->expire(thing));
  EXPECT_TRUE(there(thing));
  EXPECT_EQ(expiries_->erase(thing).error().kind, ErrorKind::kNotFound);
}

TEST_P(ExpiriesTest, RefusesThePastAndWhatIsNotThere) {
  const auto thing = add_thing("a");
  EXPECT_EQ(expiries_->put(thing, in(0)).error().field, "ExpirationDate");
  EXPECT_EQ(expiries_->put({"thing", "app", "none"}, in(5)).error().message, "No such thing");
  EXPECT_EQ(expiries_->get({"thing", "app", "none"}).error().message, "No such thing");
}

TEST_P(ExpiriesTest, WaitsForWhatIsInUse) {
  const auto thing = add_thing("a");
  ASSERT_TRUE(expiries_->put(thing, in(1)));
  ASSERT_TRUE(database_->write("UPDATE things SET in_use = 1"));
  clock_.advance(kMicrosPerSecond);
  EXPECT_EQ(expiries_->expire(thing).error().kind, ErrorKind::kUnavailable);
  EXPECT_TRUE(there(thing));
  ASSERT_TRUE(database_->write("UPDATE things SET in_use = 0"));
  EXPECT_TRUE(expiries_->expire(thing));
  EXPECT_FALSE(there(thing));
}

TEST_P(ExpiriesTest, ComesBackForWhatACrashLeft) {
  const auto thing = add_thing("a");
  ASSERT_TRUE(expiries_->put(thing, in(1)));
  clock_.advance(kMicrosPerSecond);
  rest_ = fail(ErrorKind::kUnavailable, "The engine is away");
  EXPECT_FALSE(expiries_->expire(thing));
  EXPECT_FALSE(there(thing));
  rest_ = {};
  EXPECT_TRUE(expiries_->expire(thing));
  EXPECT_EQ(rest_removals_, 2);
  EXPECT_EQ(database_->read("SELECT id FROM expiries").value().rows.size(), 0U);
}

// The jobs alone: nobody calls but the workers, and they leave nothing behind.
TEST_P(ExpiriesTest, GoByThemselves) {
  constexpr int kThings = 20;
  for (int i = 0; i < kThings; ++i) ASSERT_TRUE(expiries_->put(add_thing("t" + std::to_string(i)), in(1 + i % 4)));
  jobs::Workers workers(*queue_, {.threads = 2, .lease_ms = 1'000'000'000, .poll_ms = 2});
  expiries_->serve(workers);
  workers.start();
  const auto left = [&](std::string_view table) {
    return database_->read("SELECT 1 FROM " + std::string(table)).value().rows.size();
  };
  clock_.advance(2 * kMicrosPerSecond);
  while (left("jobs") != kThings / 2) std::this_thread::yield();
  EXPECT_EQ(left("things"), kThings / 2U);
  clock_.advance(2 * kMicrosPerSecond);
  while (left("jobs") != 0) std::this_thread::yield();
  EXPECT_EQ(left("things"), 0U);
  EXPECT_EQ(left("expiries"), 0U);
}

TEST_P(ExpiriesTest, GoWithTheirApplication) {
  Applications applications(*database_, clock_);
  const auto app = applications.create("a", {}).value().id;
  add_thing("t");
  ASSERT_TRUE(expiries_->put({"thing", app, "t"}, in(5)));
  ASSERT_TRUE(applications.remove(app));
  EXPECT_EQ(database_->read("SELECT id FROM expiries").value().rows.size(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Engines, ExpiriesTest, ::testing::Values(Engine::kSqlite, Engine::kPostgres),
                         [](const auto& engine) { return engine.param == Engine::kSqlite ? "Sqlite" : "Postgres"; });

}  // namespace
}  // namespace rapport::apps
