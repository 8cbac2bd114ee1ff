#include "accounts/audit_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "accounts/accounts.h"
#include "testing/temporary_directory.h"

namespace rapport::accounts {
namespace {

class AuditLogTest : public ::testing::Test {
 protected:
  AuditLogTest() { EXPECT_TRUE(sql::migrate(*database_, migrations())); }

  void add(const std::string& user, const std::string& operation, const std::string& app = "") {
    log_.add({.actor = {ActorType::kUser, "id-" + user, user},
              .service = "pinpoint",
              .operation = operation,
              .path = "/v1/apps/" + app,
              .application = app,
              .status = 200,
              .address = "::1"});
    clock_.advance(kMicrosPerSecond);
  }
  std::vector<std::string> operations(const AuditFilter& filter) {
    std::vector<std::string> names;
    const auto found = log_.list(filter, {}).value();
    for (const AuditEntry& entry : found.items) names.push_back(entry.operation);
    return names;
  }
  using Names = std::vector<std::string>;

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("test.db")).value();
  AuditLog log_{*database_, clock_};
};

TEST_F(AuditLogTest, ListsTheNewestFirstAndByEveryFilter) {
  const Timestamp start = clock_.now();
  add("ann", "CreateApp", "");
  add("bob", "CreateCampaign", "a");
  add("ann", "DeleteCampaign", "b");
  EXPECT_EQ(operations({}), (Names{"DeleteCampaign", "CreateCampaign", "CreateApp"}));
  EXPECT_EQ(operations({.actor_id = "id-ann"}), (Names{"DeleteCampaign", "CreateApp"}));
  EXPECT_EQ(operations({.actor_name = "bob"}), (Names{"CreateCampaign"}));
  EXPECT_EQ(operations({.operation = "CreateApp"}), (Names{"CreateApp"}));
  EXPECT_EQ(operations({.actor_id = "id-ann", .application = "b"}), (Names{"DeleteCampaign"}));
  EXPECT_EQ(operations({.from = start + kMicrosPerSecond}), (Names{"DeleteCampaign", "CreateCampaign"}));
  EXPECT_EQ(operations({.until = start + kMicrosPerSecond}), (Names{"CreateApp"}));
  EXPECT_EQ(operations({.actor_id = "nobody"}), Names{});
}

TEST_F(AuditLogTest, PagesThroughEverythingOnce) {
  for (int i = 0; i < 25; ++i) {
    log_.add({.operation = std::to_string(i)});  // all at one moment: the id decides
  }
  std::vector<std::string> seen;
  apps::PageRequest page;
  page.limit = 10;
  for (;;) {
    const auto found = log_.list({}, page).value();
    for (const AuditEntry& entry : found.items) seen.push_back(entry.operation);
    if (found.next.empty()) break;
    page = apps::parse_page("10", found.next).value();
  }
  EXPECT_EQ(seen.size(), 25U);
  std::ranges::sort(seen);
  EXPECT_TRUE(std::ranges::adjacent_find(seen) == seen.end());
}

TEST_F(AuditLogTest, WritesBesideWhoAddsAndTheRestWhenItStops) {
  std::jthread writer([this](const std::stop_token& stop) { log_.run(stop); });
  for (int i = 0; i < 2'500; ++i) log_.add({.operation = "Many"});
  writer.request_stop();
  writer.join();
  const auto rows = database_->read("SELECT COUNT(*) FROM audit_entries").value().rows;
  EXPECT_EQ(rows.front().integer(0), 2'500);
}

TEST_F(AuditLogTest, RemovesWhatIsOlderThan400Days) {
  add("ann", "Old");
  clock_.advance(399 * kMicrosPerDay);
  add("ann", "Kept");
  const auto purge = [this] {
    std::stop_source stop;
    std::jthread writer([&] { log_.run(stop.get_token()); });
    log_.add({.operation = "Signal"});
    EXPECT_TRUE(log_.list({}, {}));
    stop.request_stop();
  };
  clock_.advance(2 * kMicrosPerDay);
  purge();
  purge();
  EXPECT_EQ(operations({.actor_name = "ann"}), (Names{"Kept"}));
}

TEST_F(AuditLogTest, StoresWhatIsNoTextAsSomething) {
  log_.add({.actor = {ActorType::kAnonymous, "", std::string("a\0b", 3)},
            .path = "/v1/\xff" + std::string(1'000, 'x'),
            .application = "\xc3\x28"});
  const auto entry = log_.list({}, {}).value().items.front();
  EXPECT_EQ(entry.actor.name, "a?b");
  EXPECT_EQ(entry.path.size(), 500U);
  EXPECT_EQ(entry.application, "?(");
}

}  // namespace
}  // namespace rapport::accounts
