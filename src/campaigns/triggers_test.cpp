#include "campaigns/triggers.h"

#include <gtest/gtest.h>

#include "campaigns/event_filter.h"
#include "campaigns/fixture_test.h"
#include "campaigns/states.h"
#include "events/checkpoints.h"

namespace rapport::campaigns {
namespace {

json::object goal_filter(const json::object& more = {}) {
  json::object dimensions{{"EventType", json::object{{"DimensionType", "INCLUSIVE"}, {"Values", json::array{"goal"}}}}};
  for (const auto& member : more) dimensions[member.key()] = member.value();
  return {{"FilterType", "ENDPOINT"}, {"Dimensions", std::move(dimensions)}};
}

TEST(EventFilter, ComparesDatesWithDates) {
  const auto fault = [](std::string_view kind, json::array values) -> std::string {
    const json::object dimensions{{"EventType", {{"Values", {"goal"}}}},
                                  {"Attributes", {{"born", {{"AttributeType", kind}, {"Values", std::move(values)}}}}}};
    const auto filter = EventFilter::read({{"FilterType", "ENDPOINT"}, {"Dimensions", dimensions}});
    return filter ? "" : filter.error().field;
  };
  const std::string born = "Schedule.EventFilter.Dimensions.Attributes.born";
  EXPECT_EQ(fault("BEFORE", {"2026-01-01"}), "");
  EXPECT_EQ(fault("BETWEEN", {"2026-01-01", "2026-02-01T00:00:00Z"}), "");
  EXPECT_EQ(fault("AFTER", {"soon"}), born + ".Values");
  EXPECT_EQ(fault("BEFORE", {"2026-01-01", "2026-02-01"}), born + ".Values");
  EXPECT_EQ(fault("BETWEEN", {"2026-01-01"}), born + ".Values");
  EXPECT_EQ(fault("INCLUSIVE", {}), born);
  EXPECT_EQ(fault("NEAR", {"x"}), born);
}

class TriggersTest : public CampaignsTest {
 protected:
  TriggersTest() { EXPECT_TRUE(sql::migrate(*database_, events::migrations())); }

  Campaign on_goal(json::object schedule = {}, json::object more = {}) {
    json::object write = request();
    json::object when{{"StartTime", "IMMEDIATE"}, {"Frequency", "EVENT"}, {"EventFilter", goal_filter()}};
    for (const auto& member : schedule) when[member.key()] = member.value();
    write["Schedule"] = std::move(when);
    for (const auto& member : more) write[member.key()] = member.value();
    return campaigns_.create(app_, write, {}).value();
  }

  events::Event goal(const std::string& endpoint) {
    events::Event event;
    event.app = app_;
    event.endpoint = endpoint;
    event.id = "event" + std::to_string(++events_);
    event.type = "goal";
    event.time = clock_.now();
    event.arrival = clock_.now();
    return event;
  }

  void happens(const std::vector<events::Event>& events) {
    std::vector<events::Entry> entries;
    for (const auto& event : events) entries.push_back({++place_, event});
    ASSERT_TRUE(consumer_.handle(entries, place_));
  }

  events::Consumer consumer_ = campaigns_.consumer();
  events::Position place_ = 0;
  int events_ = 0;
};

TEST_F(TriggersTest, AnEventBringsItsEndpointOneMessage) {
  add("Fan", "fan@example.com");
  add("2", "other@example.com");
  const Campaign campaign = on_goal();
  settle();
  EXPECT_EQ(status(campaign.id), kExecuting);
  events::Event other = goal("2");
  other.type = "kick-off";
  happens({goal("fan"), other, goal("nobody")});
  settle();
  EXPECT_EQ(provider_.handed("fan@example.com"), 1);
  EXPECT_EQ(provider_.messages(), 1U);
  EXPECT_EQ(events::checkpoint_of(*database_, "campaigns").value(), place_);
  happens({goal("fan"), goal("Fan")});
  settle();
  EXPECT_EQ(provider_.messages(), 3U);
  const Activity run = runs(campaign.id).front();
  EXPECT_EQ(run.state, "RUNNING");
  EXPECT_EQ(run.count("DELIVERED"), 3);
  EXPECT_EQ(run.count("ENDPOINT_PRODUCED"), 3);
}

TEST_F(TriggersTest, LooksAtAttributesMetricsAndTheSegment) {
  add("lion", "lion@example.com", {{"Attributes", json::object{{"Team", json::array{"Lions"}}}}});
  add("tiger", "tiger@example.com", {{"Attributes", json::object{{"Team", json::array{"Tigers"}}}}});
  const json::object lions = {
      {"Dimensions",
       json::object{{"Attributes", json::object{{"Team", json::object{{"AttributeType", "INCLUSIVE"},
                                                                      {"Values", json::array{"Lions"}}}}}}}}};
  const std::string segment = segments_.create(app_, {"lions", lions}, {})->id;
  const json::object filter = goal_filter(
      {{"Attributes", json::object{{"league", json::object{{"Values", json::array{"first", "second"}}}}}},
       {"Metrics", json::object{{"minute", json::object{{"ComparisonOperator", "GREATER_THAN"}, {"Value", 80}}}}}});
  const Campaign campaign = on_goal({{"EventFilter", filter}}, {{"SegmentId", segment}});
  settle();
  const auto late_goal = [&](const std::string& endpoint, const std::string& league, double minute) {
    events::Event event = goal(endpoint);
    event.attributes = {{"league", league}};
    event.metrics = {{"minute", minute}};
    return event;
  };
  happens({late_goal("lion", "second", 90), late_goal("lion", "third", 90), late_goal("lion", "first", 80),
           late_goal("tiger", "first", 90), goal("lion")});
  settle();
  EXPECT_EQ(provider_.messages(), 1U);
  EXPECT_EQ(provider_.handed("lion@example.com"), 1);
  EXPECT_EQ(runs(campaign.id).front().count("FILTERED_OUT_BY_SEGMENT"), 1);
}

TEST_F(TriggersTest, WorksOnImportedSegments) {
  add("in", "in@example.com");
  add("out", "out@example.com");
  index::SnapshotPtr everyone = indexes_.snapshot(app_);
  const auto selection = segments_.select({app_, segment_}).value();
  const std::string imported = segments_.capture(app_, "all", selection)->id;
  add("late", "late@example.com");
  on_goal({}, {{"SegmentId", imported}});
  settle();
  happens({goal("in"), goal("late")});
  settle();
  EXPECT_EQ(provider_.handed("in@example.com"), 1);
  EXPECT_EQ(provider_.handed("late@example.com"), 0);
}

TEST_F(TriggersTest, AnEventThatIsTooOldIsNotAnswered) {
  add("1", "a@example.com");
  const Campaign campaign = on_goal();
  settle();
  events::Event old = goal("1");
  old.time = old.time - 301 * kMicrosPerSecond;
  happens({old});
  settle();
  EXPECT_EQ(provider_.messages(), 0U);
  EXPECT_EQ(runs(campaign.id).front().count("EXPIRED"), 1);
}

TEST_F(TriggersTest, ActsFromItsStartToItsEndAndNotWhilePaused) {
  add("1", "a@example.com");
  const Timestamp start = clock_.now() + 60 * kMicrosPerSecond;
  const Campaign campaign =
      on_goal({{"StartTime", format_iso8601(start)}, {"EndTime", format_iso8601(start + 600 * kMicrosPerSecond)}});
  settle();
  happens({goal("1")});
  settle();
  EXPECT_EQ(provider_.messages(), 0U);
  clock_.advance(60 * kMicrosPerSecond);
  settle();
  happens({goal("1")});
  settle();
  EXPECT_EQ(provider_.messages(), 1U);
  ASSERT_TRUE(campaigns_.update(app_, campaign.id, {{"IsPaused", true}}));
  EXPECT_EQ(status(campaign.id), kPaused);
  happens({goal("1")});
  settle();
  EXPECT_EQ(provider_.messages(), 1U);
  ASSERT_TRUE(campaigns_.update(app_, campaign.id, {{"IsPaused", false}}));
  settle();
  happens({goal("1")});
  settle();
  EXPECT_EQ(provider_.messages(), 2U);
  clock_.advance(601 * kMicrosPerSecond);
  settle();
  EXPECT_EQ(status(campaign.id), kCompleted);
  happens({goal("1")});
  settle();
  EXPECT_EQ(provider_.messages(), 2U);
}

TEST_F(TriggersTest, HoldsItsCaps) {
  add("1", "a@example.com");
  const Campaign campaign = on_goal({}, {{"Limits", json::object{{"Daily", 2}}}});
  settle();
  for (int i = 0; i < 4; ++i) happens({goal("1")});
  settle();
  EXPECT_EQ(provider_.messages(), 2U);
  EXPECT_EQ(runs(campaign.id).front().count("DAILY_CAP"), 2);
}

TEST_F(TriggersTest, ExpiresWhileItWaitsForEvents) {
  add("1", "a@example.com");
  apps::Expiries expiries(*database_, queue_, clock_);
  expiries.add(apps::kExpiringCampaign, campaigns_.expiring());
  const Campaign campaign = on_goal();
  settle();
  const apps::Expiring expiring{apps::kExpiringCampaign, app_, campaign.id};
  ASSERT_TRUE(expiries.put(expiring, clock_.now() + 1));
  clock_.advance(1);
  EXPECT_TRUE(expiries.expire(expiring));
  EXPECT_EQ(campaigns_.get(app_, campaign.id).error().kind, ErrorKind::kNotFound);
  happens({goal("1")});
  settle();
  EXPECT_EQ(provider_.messages(), 0U);
}

// One goal of the system reaches exactly the fans of the two teams, among campaigns that come and go.
TEST_F(TriggersTest, AGoalReachesTheFansOfTheTwoTeams) {
  constexpr int kTeams = 20;
  for (int i = 0; i < 200; ++i) {
    const std::string team = "team" + std::to_string(i % kTeams);
    add("fan" + std::to_string(i), team + "-" + std::to_string(i) + "@example.com",
        {{"Attributes", json::object{{"Team", json::array{team}}}}});
  }
  json::object filter = goal_filter();
  filter["FilterType"] = "SYSTEM";
  for (int i = 0; i < kTeams; ++i) {
    const std::string team = "team" + std::to_string(i);
    const json::object fans = {
        {"Dimensions",
         json::object{{"Attributes", json::object{{"Team", json::object{{"Values", json::array{team}}}}}}}}};
    json::object own = filter;
    own["Dimensions"].as_object()["Attributes"] =
        json::object{{"team", json::object{{"AttributeType", "INCLUSIVE"}, {"Values", json::array{team}}}}};
    const std::string segment = segments_.create(app_, {"fans", fans}, {})->id;
    const Campaign campaign = on_goal({{"EventFilter", own}}, {{"SegmentId", segment}});
    if (i % 5 == 4) {
      ASSERT_TRUE(campaigns_.remove(app_, campaign.id));
    }
  }
  settle();
  events::Event home = goal("stadium");
  home.attributes = {{"team", "team3"}};
  events::Event away = goal("stadium");
  away.attributes = {{"team", "team7"}};
  events::Event gone = goal("stadium");
  gone.attributes = {{"team", "team4"}};
  happens({home, away, gone});
  settle();
  EXPECT_EQ(provider_.messages(), 20U);
  for (int i = 0; i < 200; ++i) {
    const int team = i % kTeams;
    const std::string address = "team" + std::to_string(team) + "-" + std::to_string(i) + "@example.com";
    EXPECT_EQ(provider_.handed(address), team == 3 || team == 7 ? 1 : 0) << address;
  }
}

TEST_F(TriggersTest, InAppMessagesAreThoseOfCampaignsThatRun) {
  add("1", "a@example.com", {{"Attributes", json::object{{"Team", json::array{"Lions"}}}}});
  add("2", "b@example.com");
  const json::object lions = {
      {"Dimensions",
       json::object{{"Attributes", json::object{{"Team", json::object{{"Values", json::array{"Lions"}}}}}}}}};
  const json::object message = {{"InAppMessage", json::object{{"Layout", "OVERLAYS"}, {"Content", json::array()}}}};
  const Timestamp end = clock_.now() + 3600 * kMicrosPerSecond;
  const Campaign campaign = on_goal({{"Frequency", "IN_APP_EVENT"}, {"EndTime", format_iso8601(end)}},
                                    {{"SegmentId", segments_.create(app_, {"lions", lions}, {})->id},
                                     {"MessageConfiguration", message},
                                     {"Limits", json::object{{"Daily", 1}, {"Session", 2}}},
                                     {"Priority", 1}});
  EXPECT_TRUE(campaigns_.in_app_messages(endpoints_.get(app_, "1").value())->empty());
  settle();
  const json::array found = campaigns_.in_app_messages(endpoints_.get(app_, "1").value()).value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].at("CampaignId").as_string(), campaign.id);
  EXPECT_EQ(found[0].at("SessionCap").to_number<int>(), 2);
  EXPECT_EQ(found[0].at("Priority").to_number<int>(), 1);
  EXPECT_EQ(found[0].at("InAppMessage").at("Layout").as_string(), "OVERLAYS");
  EXPECT_EQ(found[0].at("Schedule").at("EndDate").as_string(), format_iso8601(end));
  EXPECT_TRUE(campaigns_.in_app_messages(endpoints_.get(app_, "2").value())->empty());
  happens({goal("1")});
  settle();
  EXPECT_EQ(provider_.messages(), 0U);
  clock_.advance(3601 * kMicrosPerSecond);
  settle();
  EXPECT_TRUE(campaigns_.in_app_messages(endpoints_.get(app_, "1").value())->empty());
  EXPECT_EQ(status(campaign.id), kCompleted);
}

}  // namespace
}  // namespace rapport::campaigns
