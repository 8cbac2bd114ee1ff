#include "postgres/pool.h"

#include <gtest/gtest.h>

#include <thread>

#include "testing/private_postgres.h"

namespace rapport::postgres {
namespace {

constexpr std::string_view kCreate = "CREATE TABLE counters (name TEXT PRIMARY KEY, count BIGINT NOT NULL)";
constexpr std::string_view kInsert = "INSERT INTO counters VALUES ('a', 0)";
constexpr std::string_view kIncrement = "UPDATE counters SET count = count + 1 WHERE name = 'a'";
constexpr std::string_view kCount = "SELECT count FROM counters WHERE name = 'a'";
constexpr std::string_view kKillSelf = "SELECT pg_terminate_backend(pg_backend_pid())";

Work run(std::string_view statement) {
  return [statement](Connection& connection) -> Status {
    TRY(connection.execute(statement));
    return {};
  };
}

class PoolTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(pool_.transact(Isolation::kSerializable, run(kCreate)));
    ASSERT_TRUE(pool_.transact(Isolation::kSerializable, run(kInsert)));
  }

  std::string count() {
    std::string count;
    EXPECT_TRUE(pool_.transact(Isolation::kNone, [&](Connection& connection) -> Status {
      count = TRY(connection.execute(kCount))
      .value(0, 0);
      return {};
    }));
    return count;
  }

  Pool pool_{test::new_postgres_database()};
};

TEST_F(PoolTest, RunsTheWorkAgainWhenTheConnectionIsLost) {
  int runs = 0;
  const auto done = pool_.transact(Isolation::kSerializable, [&](Connection& connection) -> Status {
    TRY(connection.execute(kIncrement));
    if (++runs < 3) TRY(connection.execute(kKillSelf));
    return {};
  });
  EXPECT_TRUE(done) << done.error().message;
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(count(), "1") << "the lost attempts were undone";
}

TEST_F(PoolTest, RunsTheWorkAgainAfterAConflict) {
  int runs = 0;
  const auto done = pool_.transact(Isolation::kSerializable, [&](Connection& connection) -> Status {
    TRY(connection.execute(kCount));
    if (++runs == 1) std::jthread([&] { EXPECT_TRUE(pool_.transact(Isolation::kSerializable, run(kIncrement))); });
    TRY(connection.execute(kIncrement));
    return {};
  });
  EXPECT_TRUE(done) << done.error().message;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(count(), "2");
}

TEST_F(PoolTest, DoesNotRunAgainWhatCannotSucceed) {
  int runs = 0;
  const auto done = pool_.transact(Isolation::kSerializable, [&](Connection& connection) -> Status {
    ++runs;
    TRY(connection.execute(kInsert));
    return {};
  });
  EXPECT_EQ(done.error().kind, ErrorKind::kAlreadyExists);
  EXPECT_EQ(runs, 1);
}

TEST_F(PoolTest, GivesUpOnAWorkThatAlwaysConflicts) {
  int runs = 0;
  const auto done = pool_.transact(Isolation::kSerializable, [&](Connection& connection) -> Status {
    ++runs;
    TRY(connection.execute("DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40001'; END $$"));
    return {};
  });
  EXPECT_EQ(done.error().kind, ErrorKind::kUnavailable);
  EXPECT_GT(runs, 1);
}

TEST_F(PoolTest, PreparesMoreStatementsThanItKeeps) {
  const auto done = pool_.transact(Isolation::kNone, [](Connection& connection) -> Status {
    for (int number = 0; number < 600; ++number) {
      const auto reply = TRY(connection.execute("SELECT " + std::to_string(number % 300)));
      EXPECT_EQ(reply.value(0, 0), std::to_string(number % 300));
    }
    return {};
  });
  EXPECT_TRUE(done) << done.error().message;
}

TEST(PoolReconnectTest, UsesTheServerAgainOnceItIsBack) {
  test::PrivatePostgres server(test::PrivatePostgres::Sync::kNever);
  Pool pool(server.new_database());
  ASSERT_TRUE(pool.transact(Isolation::kSerializable, run(kCreate)));
  server.restart();
  const auto done = pool.transact(Isolation::kSerializable, run(kInsert));
  EXPECT_TRUE(done) << done.error().message;
}

TEST(PoolReconnectTest, SaysUnavailableWhenThereIsNoServer) {
  const test::TemporaryDirectory directory;
  Pool pool("postgresql:///none?host=" + directory.path().string());
  EXPECT_EQ(pool.transact(Isolation::kNone, run("SELECT 1")).error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace rapport::postgres
