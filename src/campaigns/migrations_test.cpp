// What campaigns of before hold after their tables changed.

#include <gtest/gtest.h>

#include "campaigns/campaigns.h"
#include "testing/temporary_directory.h"

namespace rapport::campaigns {
namespace {

constexpr std::size_t kBeforeChunksWereSplit = 6;

TEST(CampaignMigrations, ChunksUnderWayKeepTheirMembers) {
  const test::TemporaryDirectory directory;
  const auto database = sql::open_sqlite(directory.file("before.db")).value();
  ASSERT_TRUE(sql::migrate(*database, migrations().first(kBeforeChunksWereSplit)));
  constexpr std::string_view kInsert =
      "INSERT INTO chunks (activity_id, number, state, remaining, delivered, attempts, sent_count, delivered_count, "
      "permanent_count, updated, lease_owner, ready_at, sends_at) "
      "VALUES ('run', $1, $2, $3, 'x', 1, 1, 1, 0, 5, '', 7, 0)";
  ASSERT_TRUE(database->write(kInsert, {std::int64_t{0}, std::string("open"), std::string("a\nb\n")}));
  ASSERT_TRUE(database->write(kInsert, {std::int64_t{1}, std::string("intent"), std::string("c\n")}));
  ASSERT_TRUE(database->write(kInsert, {std::int64_t{2}, std::string("done"), std::string()}));

  ASSERT_TRUE(sql::migrate(*database, migrations()));
  const auto chunks = database->read("SELECT number, state, attempts FROM chunks ORDER BY number", {}).value();
  ASSERT_EQ(chunks.rows.size(), 3U);
  EXPECT_EQ(chunks.rows[1].text(1), "intent");
  EXPECT_EQ(chunks.rows[1].integer(2), 1);
  const auto members = database->read("SELECT number, members FROM chunk_members ORDER BY number", {}).value();
  ASSERT_EQ(members.rows.size(), 2U);
  EXPECT_EQ(members.rows[0].text(1), "a\nb\n");
  EXPECT_EQ(members.rows[1].text(1), "c\n");
}

}  // namespace
}  // namespace rapport::campaigns
