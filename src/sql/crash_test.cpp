// What SQLite acknowledged is there after kill -9, and every transaction is there whole or not at all.

#include <gtest/gtest.h>

#include <set>

#include "base/check.h"
#include "base/random.h"
#include "sql/database.h"
#include "testing/killed_process.h"
#include "testing/temporary_directory.h"

namespace rapport::sql {
namespace {

constexpr std::uint64_t kRoundSpan = 1'000'000'000;
constexpr std::string_view kCreateLeft = "CREATE TABLE IF NOT EXISTS left_side (number BIGINT PRIMARY KEY)";
constexpr std::string_view kCreateRight = "CREATE TABLE IF NOT EXISTS right_side (number BIGINT PRIMARY KEY)";
constexpr std::string_view kInsertLeft = "INSERT INTO left_side (number) VALUES ($1)";
constexpr std::string_view kInsertRight = "INSERT INTO right_side (number) VALUES ($1)";

TEST(SqliteCrash, DISABLED_Writer) {
  const auto database = open_sqlite(test::crash_directory()).value();
  CHECK(database->write(kCreateLeft));
  CHECK(database->write(kCreateRight));
  test::write_until_killed([&](std::uint64_t number) {
    const auto value = static_cast<std::int64_t>(number);
    CHECK(database->write([&](Session& session) -> Status {
      TRY(session.execute(kInsertLeft, {value}));
      TRY(session.execute(kInsertRight, {value}));
      return {};
    }));
  });
}

std::set<std::uint64_t> numbers_of(Database& database, std::string_view query) {
  std::set<std::uint64_t> numbers;
  const auto answer = database.read(query).value();
  for (const auto& row : answer.rows) numbers.insert(static_cast<std::uint64_t>(row.integer(0)));
  return numbers;
}

TEST(SqliteCrash, NothingAcknowledgedIsLostAndNoTransactionIsTorn) {
  constexpr std::uint64_t kSeed = 42;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  const test::TemporaryDirectory directory;
  Random random(kSeed);
  std::set<std::uint64_t> acknowledged;
  for (std::uint64_t round = 0; round < 4; ++round) {
    const auto numbers = test::run_until_killed({.disabled_test = "SqliteCrash.DISABLED_Writer",
                                                 .directory = directory.file("test.db"),
                                                 .first = round * kRoundSpan,
                                                 .acknowledged = 1 + random.below(200)});
    acknowledged.insert(numbers.begin(), numbers.end());
    const auto database = open_sqlite(directory.file("test.db")).value();
    const auto kept = numbers_of(*database, "SELECT number FROM left_side");
    EXPECT_EQ(kept, numbers_of(*database, "SELECT number FROM right_side"));
    for (const auto number : acknowledged) EXPECT_TRUE(kept.contains(number)) << number;
  }
}

}  // namespace
}  // namespace rapport::sql
