// One suite for every engine behind the port.

#include "sql/database.h"

#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <thread>

#include "testing/private_postgres.h"
#include "testing/temporary_directory.h"

namespace rapport::sql {
namespace {

constexpr std::string_view kCreateItems =
    "CREATE TABLE items (name TEXT NOT NULL PRIMARY KEY, count BIGINT NOT NULL, weight DOUBLE PRECISION, note TEXT)";
constexpr std::string_view kInsertItem = "INSERT INTO items (name, count) VALUES ($1, $2)";
constexpr std::string_view kCountOf = "SELECT count FROM items WHERE name = $1";
constexpr std::string_view kSetCount = "UPDATE items SET count = $2 WHERE name = $1";
constexpr std::string_view kCountItems = "SELECT COUNT(*) FROM items";

enum class Engine { kSqlite, kPostgres };

class DatabaseTest : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (GetParam() == Engine::kPostgres) url_ = test::new_postgres_database();
    open();
    ASSERT_TRUE(database_->write(kCreateItems));
  }

  void open() {
    database_.reset();
    auto opened = GetParam() == Engine::kSqlite ? open_sqlite(directory_.file("test.db")) : open_postgres(url_);
    ASSERT_TRUE(opened) << opened.error().message;
    database_ = *std::move(opened);
  }

  std::int64_t count_items() {
    const auto answer = database_->read(kCountItems);
    return answer ? answer->rows[0].integer(0) : -1;
  }

  test::TemporaryDirectory directory_;
  std::string url_;
  std::unique_ptr<Database> database_;
};

// Adds one to a counter the slow way: read, compute, write.
Status increment(Session& session, const std::string& name) {
  const auto found = TRY(session.execute(kCountOf, {name}));
  TRY(session.execute(kSetCount, {name, found.rows.at(0).integer(0) + 1}));
  return {};
}

void run_in_threads(int count, const std::function<void(int)>& body) {
  std::latch start(count);
  std::vector<std::jthread> threads;
  for (int index = 0; index < count; ++index) {
    threads.emplace_back([&, index] {
      start.arrive_and_wait();
      body(index);
    });
  }
}

TEST_P(DatabaseTest, KeepsTypesNullsAndText) {
  const std::string note = "Grüße, 世界 'quoted' $1 ; --";
  ASSERT_TRUE(database_->write("INSERT INTO items (name, count, weight, note) VALUES ($1, $2, $3, $4)",
                               {"a", std::int64_t{1} << 62, 0.1, note}));
  ASSERT_TRUE(database_->write("INSERT INTO items (name, count, weight, note) VALUES ($1, $2, $3, $4)",
                               {"b", -5, Value(), Value()}));
  const auto answer = database_->read("SELECT name, count, weight, note FROM items ORDER BY name");
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer->rows.size(), 2u);
  const auto& full = answer->rows[0];
  EXPECT_EQ(full.size(), 4u);
  EXPECT_EQ(full.text(0), "a");
  EXPECT_EQ(full.integer(1), std::int64_t{1} << 62);
  EXPECT_EQ(full.real(2), 0.1);
  EXPECT_EQ(full.text(3), note);
  const auto& sparse = answer->rows[1];
  EXPECT_EQ(sparse.integer(1), -5);
  EXPECT_TRUE(sparse.is_null(2));
  EXPECT_EQ(sparse.real(2), 0);
  EXPECT_TRUE(sparse.is_null(3));
  EXPECT_EQ(sparse.text(3), "");
}

TEST_P(DatabaseTest, ReadsAggregatesAndTruthAsNumbers) {
  ASSERT_TRUE(database_->write(kInsertItem, {"a", 3}));
  ASSERT_TRUE(database_->write(kInsertItem, {"b", 4}));
  const auto answer = database_->read("SELECT SUM(count), AVG(count), MAX(count) > $1, COUNT(weight) FROM items", {3});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->rows[0].integer(0), 7);
  EXPECT_EQ(answer->rows[0].real(1), 3.5);
  EXPECT_EQ(answer->rows[0].integer(2), 1);
  EXPECT_EQ(answer->rows[0].integer(3), 0);
}

TEST_P(DatabaseTest, TakesParametersByNumberInAnyOrderAndTwice) {
  ASSERT_TRUE(database_->write(kInsertItem, {"a", 3}));
  const auto answer = database_->read(
      "SELECT count * CAST($2 AS BIGINT) FROM items WHERE name = $1 AND count < CAST($2 AS BIGINT)", {"a", 10});
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer->rows.size(), 1u);
  EXPECT_EQ(answer->rows[0].integer(0), 30);
}

TEST_P(DatabaseTest, ReadsMembersOfJson) {
  ASSERT_TRUE(database_->write("CREATE TABLE documents (body JSON NOT NULL)"));
  ASSERT_TRUE(database_->write("INSERT INTO documents (body) VALUES ($1)", {R"({"name":"x"})"}));
  const auto answer = database_->read("SELECT (body->>'name'), body FROM documents WHERE (body->>'name') = $1", {"x"});
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer->rows.size(), 1u);
  EXPECT_EQ(answer->rows[0].text(0), "x");
  EXPECT_EQ(answer->rows[0].text(1), R"({"name":"x"})");
}

TEST_P(DatabaseTest, CountsChangesAndReturnsRows) {
  EXPECT_EQ(database_->write(kInsertItem, {"a", 1})->changed, 1);
  EXPECT_EQ(database_->write(kInsertItem, {"b", 1})->changed, 1);
  const auto updated = database_->write("UPDATE items SET count = count + 1 RETURNING name, count");
  ASSERT_TRUE(updated);
  EXPECT_EQ(updated->changed, 2);
  EXPECT_EQ(updated->rows.size(), 2u);
  EXPECT_EQ(database_->write("INSERT INTO items (name, count) VALUES ('a', 9) ON CONFLICT DO NOTHING")->changed, 0);
  EXPECT_EQ(database_
                ->write("INSERT INTO items (name, count) VALUES ($1, 9) ON CONFLICT (name) DO UPDATE SET "
                        "count = excluded.count RETURNING count",
                        {"a"})
                ->rows.at(0)
                .integer(0),
            9);
  EXPECT_EQ(database_->write("CREATE TABLE other (a BIGINT)")->changed, 0);
  EXPECT_EQ(database_->write(kCountItems)->changed, 0);
  EXPECT_EQ(database_->write("DELETE FROM items WHERE name = $1", {"nobody"})->changed, 0);
  EXPECT_EQ(database_->write("DELETE FROM items")->changed, 2);
}

TEST_P(DatabaseTest, TellsAUniqueViolationFromWrongSql) {
  ASSERT_TRUE(database_->write(kInsertItem, {"a", 1}));
  EXPECT_EQ(database_->write(kInsertItem, {"a", 2}).error().kind, ErrorKind::kAlreadyExists);
  EXPECT_EQ(database_->write("SELEKT 1").error().kind, ErrorKind::kInternal);
  EXPECT_EQ(database_->read("SELECT nothing FROM items").error().kind, ErrorKind::kInternal);
  EXPECT_EQ(database_->read(kCountOf).error().kind, ErrorKind::kInternal) << "a parameter is missing";
  EXPECT_EQ(database_->write("INSERT INTO items (name, count) VALUES ('x', 'not a number')").error().kind,
            ErrorKind::kInternal)
      << "columns have types";
  EXPECT_EQ(database_->write("SELECT 1; SELECT 2").error().kind, ErrorKind::kInternal) << "two statements";
  EXPECT_EQ(count_items(), 1);
}

TEST_P(DatabaseTest, RefusesARowWhoseParentIsMissing) {
  ASSERT_TRUE(database_->write("CREATE TABLE parts (item TEXT NOT NULL REFERENCES items (name) ON DELETE CASCADE)"));
  EXPECT_EQ(database_->write("INSERT INTO parts (item) VALUES ($1)", {"a"}).error().kind, ErrorKind::kConflict);
  ASSERT_TRUE(database_->write(kInsertItem, {"a", 1}));
  EXPECT_TRUE(database_->write("INSERT INTO parts (item) VALUES ($1)", {"a"}));
}

TEST_P(DatabaseTest, UndoesEverythingAFailingWriteDid) {
  const auto outcome = database_->write([](Session& session) -> Status {
    TRY(session.execute(kInsertItem, {"a", 1}));
    TRY(session.execute(kInsertItem, {"b", 1}));
    return fail(ErrorKind::kConflict, "no");
  });
  EXPECT_EQ(outcome.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(outcome.error().message, "no");
  EXPECT_EQ(count_items(), 0);
  EXPECT_TRUE(database_->write(kInsertItem, {"a", 1}));
}

TEST_P(DatabaseTest, AStatementThatFailedFailsTheTransactionEvenIfTheWorkGoesOn) {
  ASSERT_TRUE(database_->write(kInsertItem, {"a", 1}));
  const auto outcome = database_->write([](Session& session) -> Status {
    TRY(session.execute(kInsertItem, {"b", 1}));
    EXPECT_FALSE(session.execute(kInsertItem, {"a", 1}));
    return {};
  });
  EXPECT_EQ(outcome.error().kind, ErrorKind::kAlreadyExists);
  EXPECT_EQ(count_items(), 1);
}

TEST_P(DatabaseTest, ReturnsWhatAWorkThrows) {
  const auto outcome = database_->write([](Session&) -> Status { throw std::runtime_error("boom"); });
  EXPECT_EQ(outcome.error().kind, ErrorKind::kInternal);
  EXPECT_TRUE(database_->write(kInsertItem, {"a", 1}));
}

TEST_P(DatabaseTest, RefusesToWriteInARead) {
  EXPECT_EQ(database_->read(kInsertItem, {"a", 1}).error().kind, ErrorKind::kInternal);
  EXPECT_EQ(count_items(), 0);
}

TEST_P(DatabaseTest, ReadsOneSnapshotWhileOthersWrite) {
  ASSERT_TRUE(database_->write(kInsertItem, {"a", 1}));
  const auto outcome = database_->read([&](Session& session) -> Status {
    EXPECT_EQ(TRY(session.execute(kCountItems)).rows[0].integer(0), 1);
    TRY(database_->write(kInsertItem, {"b", 1}));
    EXPECT_EQ(count_items(), 2) << "a read that starts later sees the write";
    EXPECT_EQ(TRY(session.execute(kCountItems)).rows[0].integer(0), 1);
    return {};
  });
  EXPECT_TRUE(outcome) << outcome.error().message;
}

TEST_P(DatabaseTest, LosesNoConcurrentIncrement) {
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  ASSERT_TRUE(database_->write(kInsertItem, {"hot", 0}));
  run_in_threads(kThreads, [&](int) {
    for (int round = 0; round < kEach; ++round) {
      const auto done = database_->write([](Session& session) { return increment(session, "hot"); });
      EXPECT_TRUE(done) << done.error().message;
    }
  });
  EXPECT_EQ(database_->read(kCountOf, {"hot"})->rows[0].integer(0), kThreads * kEach);
}

TEST_P(DatabaseTest, AFailingNeighbourLosesOnlyItsOwnWork) {
  constexpr int kThreads = 8;
  constexpr int kEach = 40;
  std::atomic<int> failures = 0;
  run_in_threads(kThreads, [&](int thread) {
    for (int round = 0; round < kEach; ++round) {
      const auto name = std::to_string(thread) + "-" + std::to_string(round);
      const auto done = database_->write([&](Session& session) -> Status {
        TRY(session.execute(kInsertItem, {name, thread}));
        if (thread % 2 == 1) return fail(ErrorKind::kInvalid, name);
        return {};
      });
      EXPECT_EQ(done.has_value(), thread % 2 == 0);
      if (!done && done.error().message == name) ++failures;
    }
  });
  EXPECT_EQ(count_items(), kThreads / 2 * kEach);
  EXPECT_EQ(database_->read("SELECT COUNT(*) FROM items WHERE count IN (1, 3, 5, 7)")->rows[0].integer(0), 0);
  EXPECT_EQ(failures, kThreads / 2 * kEach);
}

TEST_P(DatabaseTest, ClaimsEachPieceOfWorkOnce) {
  constexpr int kThreads = 4;
  constexpr int kItems = 100;
  for (int item = 0; item < kItems; ++item) {
    ASSERT_TRUE(database_->write(kInsertItem, {std::to_string(item), 0}));
  }
  std::atomic<int> claimed = 0;
  run_in_threads(kThreads, [&](int) {
    for (bool more = true; more;) {
      std::int64_t got = 0;
      const auto done = database_->write([&](Session& session) -> Status {
        const auto statement =
            "UPDATE items SET count = count + 1 WHERE name IN (SELECT name FROM items WHERE count = 0 ORDER BY name "
            "LIMIT 5" +
            std::string(session.skip_locked()) + ") RETURNING name";
        got = TRY(session.execute(statement))
        .changed;
        return {};
      });
      EXPECT_TRUE(done) << done.error().message;
      claimed += static_cast<int>(got);
      more = done && got > 0;
    }
  });
  // A claimer may find all that is left locked and leave; whoever holds it comes back for more.
  EXPECT_EQ(claimed, kItems);
  EXPECT_EQ(database_->read("SELECT COUNT(*) FROM items WHERE count = 1")->rows[0].integer(0), kItems);
}

TEST_P(DatabaseTest, RunsEachMigrationOnce) {
  const Migration first{"things", 1, "CREATE TABLE things (a BIGINT); CREATE INDEX things_a ON things (a);"};
  const Migration second{"things", 2, "ALTER TABLE things ADD COLUMN b TEXT; INSERT INTO things (a) VALUES (1)"};
  const Migration other{"others", 1, "CREATE TABLE others (a BIGINT)"};
  const Migration first_only[] = {first};
  const Migration all[] = {first, second, other};
  ASSERT_TRUE(migrate(*database_, first_only));
  ASSERT_TRUE(migrate(*database_, all));
  const auto again = migrate(*database_, all);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(database_->read("SELECT COUNT(*) FROM things WHERE b IS NULL")->rows[0].integer(0), 1);
  EXPECT_EQ(database_->read("SELECT COUNT(*) FROM schema_migrations")->rows[0].integer(0), 3);
}

TEST_P(DatabaseTest, AFailingMigrationLeavesNothingAndNamesItself) {
  const Migration broken[] = {{"things", 7, "CREATE TABLE things (a BIGINT); CREATE TABLE things (a BIGINT)"}};
  const auto outcome = migrate(*database_, broken);
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, testing::HasSubstr("module things, version 7"));
  EXPECT_EQ(database_->read("SELECT COUNT(*) FROM schema_migrations")->rows[0].integer(0), 0);
  EXPECT_FALSE(database_->read("SELECT a FROM things"));
}

TEST_P(DatabaseTest, ConcurrentMigrationsApplyOnce) {
  const Migration migrations[] = {{"things", 1, "CREATE TABLE things (a BIGINT); INSERT INTO things (a) VALUES (1)"}};
  run_in_threads(4, [&](int) {
    const auto done = migrate(*database_, migrations);
    EXPECT_TRUE(done) << done.error().message;
  });
  EXPECT_EQ(database_->read("SELECT COUNT(*) FROM things")->rows[0].integer(0), 1);
}

TEST_P(DatabaseTest, KeepsDataWhenReopened) {
  ASSERT_TRUE(database_->write(kInsertItem, {"a", 42}));
  open();
  EXPECT_EQ(database_->read(kCountOf, {"a"})->rows.at(0).integer(0), 42);
}

INSTANTIATE_TEST_SUITE_P(Engines, DatabaseTest, testing::Values(Engine::kSqlite, Engine::kPostgres),
                         [](const auto& engine) { return engine.param == Engine::kSqlite ? "Sqlite" : "Postgres"; });

}  // namespace
}  // namespace rapport::sql
