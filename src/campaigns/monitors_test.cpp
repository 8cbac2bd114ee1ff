#include "campaigns/monitors.h"

#include <gmock/gmock.h>

#include "campaigns/fixture_test.h"
#include "campaigns/planner.h"

namespace rapport::campaigns {
namespace {

constexpr Timestamp kNow{1'700'000'000 * kMicrosPerSecond};

std::vector<std::string_view> broken(const MonitorRules& rules, const WatchedRun& run) {
  std::vector<std::string_view> names;
  for (const BrokenRule& rule : broken_rules(rules, run, kNow)) names.push_back(rule.rule);
  return names;
}

TEST(MonitorRulesTest, HoldOnlyWhatTheyName) {
  WatchedRun run{.activity = {}, .is_stuck = true};
  run.activity.scheduled = kNow - 3'600 * kMicrosPerSecond;
  run.activity.state = "RUNNING";
  run.activity.counts = {{"SENT", 10}};
  EXPECT_EQ(broken({}, run), std::vector<std::string_view>());
  const MonitorRules all{.late_start_seconds = 3'599, .audience_min = 1, .failure_percent_max = 99, .stuck_seconds = 1};
  EXPECT_EQ(broken(all, run), (std::vector{kLateStart, kSmallAudience, kFailureRate, kStuck}));
  run.activity.failure = "its segment is gone";
  EXPECT_EQ(broken({}, run), std::vector{kRunFailed});
}

TEST(MonitorRulesTest, AreKeptUpToTheirLimits) {
  WatchedRun run;
  run.activity.scheduled = kNow - 60 * kMicrosPerSecond;
  run.activity.state = "RUNNING";
  run.activity.counts = {{"SENT", 100}, {"DELIVERED", 90}, {"ENDPOINT_PRODUCED", 100}};
  EXPECT_TRUE(broken({.late_start_seconds = 60, .audience_min = 100, .failure_percent_max = 10}, run).empty());
  EXPECT_EQ(broken({.late_start_seconds = 59, .audience_min = 101, .failure_percent_max = 9}, run).size(), 3U);
}

TEST(MonitorRulesTest, AnAudienceIsKnownWhenTheRunIsPlanned) {
  const MonitorRules rules{.audience_min = 5};
  WatchedRun run;
  run.activity.state = "INITIALIZING";
  EXPECT_TRUE(broken(rules, run).empty());
  run.activity.state = "RUNNING";
  EXPECT_FALSE(broken(rules, run).empty());
  run.is_of_events = true;
  EXPECT_TRUE(broken(rules, run).empty());
  run.activity.started = kNow;
  run.activity.ended = kNow;
  EXPECT_FALSE(broken(rules, run).empty());
}

class MonitorsTest : public CampaignsTest {
 protected:
  std::vector<std::string> rules_raised(const std::string& campaign) {
    const json::object monitor = campaigns_.monitor(app_, campaign).value();
    std::vector<std::string> rules;
    for (const auto& alarm : monitor.at("Alarms").as_array()) {
      rules.push_back(json::string_or(alarm.as_object(), "Rule"));
    }
    return rules;
  }
};

TEST_F(MonitorsTest, RaiseAnAlarmOnceAndActOnIt) {
  add("1", "fine@example.com");
  add("2", "unknown@example.com");
  json::object paused = request();
  paused["IsPaused"] = true;
  paused["Schedule"] =
      json::object{{"StartTime", format_iso8601(clock_.now() + kMicrosPerSecond)}, {"Frequency", "ONCE"}};
  const auto waiting = campaigns_.create(app_, paused, {});
  ASSERT_TRUE(waiting) << waiting.error().message;
  const std::string failover = waiting->id;
  std::vector<json::object> told;
  hook_ = [&](const std::string& target, const json::object& payload) {
    if (target == "on-call") told.push_back(payload);
    return Result<json::object>(json::object());
  };
  const std::string id = campaigns_.create(app_, request(), {})->id;
  ASSERT_TRUE(campaigns_.put_monitor(app_, id,
                                     {{"AudienceMinimum", 100},
                                      {"FailurePercentMaximum", 20},
                                      {"Hook", "on-call"},
                                      {"Email", "ops@example.com"},
                                      {"FailoverCampaignId", failover}}));
  finished(id);
  for (int i = 0; i < 30; ++i) {
    clock_.advance(kMicrosPerSecond * 10);
    settle();
  }
  EXPECT_EQ(rules_raised(id), (std::vector<std::string>{"FAILURE_RATE", "SMALL_AUDIENCE"}));
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(json::string_or(told[0], "CampaignId"), id);
  EXPECT_EQ(published_.of_type("_campaign.alarm").size(), 2U);
  EXPECT_EQ(provider_.handed("ops@example.com"), 2);
  EXPECT_EQ(status(failover), "COMPLETED");
  EXPECT_EQ(provider_.handed("fine@example.com"), 2) << "once by each campaign";
}

TEST_F(MonitorsTest, AreReplacedAndRemoved) {
  add("1", "fine@example.com");
  const std::string id = campaigns_.create(app_, request(), {})->id;
  EXPECT_EQ(campaigns_.monitor(app_, id).value(), (json::object{{"Alarms", json::array()}})) << "no rules yet";
  EXPECT_EQ(campaigns_.monitor(app_, "none").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(campaigns_.remove_monitor(app_, id).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(campaigns_.put_monitor(app_, "none", {}).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(campaigns_.put_monitor(app_, id, {{"FailoverCampaignId", id}}).error().field, "FailoverCampaignId");
  EXPECT_EQ(campaigns_.put_monitor(app_, id, {{"FailoverCampaignId", "none"}}).error().field, "FailoverCampaignId");
  ASSERT_TRUE(campaigns_.put_monitor(app_, id, {{"AudienceMinimum", 100}}));
  ASSERT_TRUE(campaigns_.put_monitor(app_, id, {{"AudienceMinimum", 1}}));
  finished(id);
  EXPECT_TRUE(rules_raised(id).empty());
  ASSERT_TRUE(campaigns_.remove_monitor(app_, id));
  EXPECT_FALSE(campaigns_.monitor(app_, id).value().contains("AudienceMinimum"));
  clock_.advance(kMicrosPerSecond * 120);
  settle();
  constexpr std::string_view kWatching = "SELECT 1 FROM jobs WHERE kind = 'campaign.watch' AND state = 'pending'";
  EXPECT_TRUE(database_->read(kWatching).value().rows.empty()) << "nobody looks any more";
}

TEST_F(MonitorsTest, NoticeWorkThatNobodyDoes) {
  add("1", "fine@example.com");
  const std::string id = campaigns_.create(app_, request(), {})->id;
  ASSERT_TRUE(campaigns_.put_monitor(app_, id, {{"StuckSeconds", 60}, {"LateStartSeconds", 30}}));
  clock_.advance(kMicrosPerSecond * 31);
  jobs::Workers planners(queue_, {.threads = 1, .lease_ms = 100'000'000'000, .poll_ms = 5});
  planners.handle("campaign.run", [&](jobs::Context& context) { return plan_run(with_, context); });
  planners.handle("campaign.watch", [&](jobs::Context& context) { return watch_runs(campaigns_, with_, context); });
  planners.start();
  queue_.wake();
  const auto until = [&](const auto& holds) {
    while (!holds()) {
      clock_.advance(kMicrosPerSecond);
      queue_.wake();
      std::this_thread::yield();
    }
  };
  until([&] { return rules_raised(id).size() == 2; });
  EXPECT_THAT(rules_raised(id), ::testing::UnorderedElementsAre("STUCK", "LATE_START"));
  EXPECT_EQ(runs(id).front().state, "RUNNING");
}

}  // namespace
}  // namespace rapport::campaigns
