#include "campaigns/calendar.h"

#include <gmock/gmock.h>

#include "campaigns/fixture_test.h"

namespace rapport::campaigns {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Timestamp at(std::string_view text) { return parse_iso8601(text).value(); }

class CalendarTest : public CampaignsTest {
 protected:
  CalendarTest() { advance_to("2026-03-10T08:00:00"); }

  std::string scheduled(const std::string& name, json::object schedule) {
    json::object write = request();
    write["Name"] = name;
    write["Schedule"] = std::move(schedule);
    return campaigns_.create(app_, write, {})->id;
  }

  std::vector<std::string> starts(std::string_view from, std::string_view to) {
    std::vector<std::string> found;
    const Calendar calendar = campaigns_.calendar(app_, at(from), at(to)).value();
    for (const CalendarEntry& entry : calendar.entries) {
      found.push_back(entry.campaign_name + " " + format_iso8601(entry.start).substr(0, 16));
    }
    return found;
  }
};

TEST_F(CalendarTest, HoldsRunsThatWereAndThoseThatASchedulePromises) {
  add("1", "a@example.com");
  scheduled("daily",
            {{"StartTime", "2026-03-10T09:00:00"}, {"EndTime", "2026-03-14T09:30:00"}, {"Frequency", "DAILY"}});
  scheduled("once", {{"StartTime", "2026-03-12T10:00:00"}});
  for (const char* day : {"2026-03-10T09:00:01", "2026-03-11T09:00:01"}) {
    advance_to(day);
    settle();
  }
  const Calendar calendar = campaigns_.calendar(app_, at("2026-03-01"), at("2026-04-01")).value();
  std::vector<std::string> found;
  for (const CalendarEntry& entry : calendar.entries) {
    found.push_back(format_iso8601(entry.start).substr(8, 8) + " " + entry.campaign_name + " " + entry.state + " " +
                    std::to_string(static_cast<int>(entry.kind)) + " " + std::to_string(entry.sent));
  }
  EXPECT_THAT(found,
              ElementsAre("10T09:00 daily COMPLETED 0 1", "11T09:00 daily COMPLETED 0 1", "12T09:00 daily PENDING 0 0",
                          "12T10:00 once PENDING 0 0", "13T09:00 daily PENDING 1 0", "14T09:00 daily PENDING 1 0"));
  EXPECT_FALSE(calendar.is_truncated);
  EXPECT_THAT(starts("2026-03-13", "2026-03-14"), ElementsAre("daily 2026-03-13T09:00"));
  EXPECT_THAT(starts("2026-03-20", "2026-04-01"), IsEmpty());
  EXPECT_THAT(campaigns_.calendar("another", at("2026-03-01"), at("2026-04-01"))->entries, IsEmpty());
}

TEST_F(CalendarTest, KeepsTheDayOfTheMonthOfASchedule) {
  scheduled("monthly", {{"StartTime", "2026-03-31T09:00:00"}, {"Frequency", "MONTHLY"}});
  EXPECT_THAT(starts("2026-04-01", "2026-07-01"),
              ElementsAre("monthly 2026-04-30T09:00", "monthly 2026-05-31T09:00", "monthly 2026-06-30T09:00"));
}

TEST_F(CalendarTest, ShowsWhatReactsToEventsAsARange) {
  const json::object dimensions = {
      {"EventType", json::object{{"DimensionType", "INCLUSIVE"}, {"Values", json::array{"goal"}}}}};
  const std::string campaign =
      scheduled("goals", {{"StartTime", "IMMEDIATE"},
                          {"EndTime", "2026-05-10T00:00:00"},
                          {"Frequency", "EVENT"},
                          {"EventFilter", json::object{{"FilterType", "ENDPOINT"}, {"Dimensions", dimensions}}}});
  settle();
  const auto entries = campaigns_.calendar(app_, at("2026-04-01"), at("2026-05-01"))->entries;
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries.front().kind, CalendarKind::kEvents);
  EXPECT_EQ(entries.front().end, at("2026-05-10"));
  EXPECT_THAT(starts("2026-05-11", "2026-06-01"), IsEmpty());
  advance_to("2026-05-11T00:00:00");
  settle();
  EXPECT_EQ(status(campaign), "COMPLETED");
  EXPECT_THAT(starts("2026-04-01", "2026-05-01"), ElementsAre("goals 2026-03-10T08:00"));
  EXPECT_THAT(starts("2026-06-01", "2026-07-01"), IsEmpty());
}

TEST_F(CalendarTest, SaysOfLocalTimeWhatClocksShow) {
  scheduled("local", {{"StartTime", "2026-03-12T09:00:00"}, {"IsLocalTime", true}});
  const auto entries = campaigns_.calendar(app_, at("2026-03-01"), at("2026-04-01"))->entries;
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries.front().local, at("2026-03-12T09:00:00"));
  EXPECT_LT(entries.front().start, at("2026-03-12T00:00:00"));
}

TEST_F(CalendarTest, IsBounded) {
  for (int i = 0; i < 10; ++i) {
    scheduled("hourly", {{"StartTime", "2026-03-10T09:00:00"}, {"Frequency", "HOURLY"}});
  }
  const Calendar calendar = campaigns_.calendar(app_, at("2026-03-01"), at("2026-04-01")).value();
  EXPECT_EQ(calendar.entries.size(), kCalendarEntriesMax);
  EXPECT_TRUE(calendar.is_truncated);
  EXPECT_TRUE(std::ranges::is_sorted(calendar.entries, {}, &CalendarEntry::start));
}

TEST_F(CalendarTest, TellsRunsUnderWayFromThoseToCome) {
  add("1", "a@example.com");
  scheduled("later", {{"StartTime", "2026-03-12T10:00:00"}});
  scheduled("sooner", {{"StartTime", "2026-03-11T10:00:00"}});
  const std::string over = scheduled("over", {{"StartTime", "IMMEDIATE"}});
  finished(over);
  const json::object dimensions = {
      {"EventType", json::object{{"DimensionType", "INCLUSIVE"}, {"Values", json::array{"goal"}}}}};
  scheduled("goals", {{"StartTime", "IMMEDIATE"},
                      {"EndTime", "2026-05-10T00:00:00"},
                      {"Frequency", "EVENT"},
                      {"EventFilter", json::object{{"FilterType", "ENDPOINT"}, {"Dimensions", dimensions}}}});
  settle();
  const RunsAtWork runs = campaigns_.runs_at_work(app_, 1).value();
  ASSERT_EQ(runs.under_way.size(), 1U);
  EXPECT_EQ(runs.under_way.front().campaign_name, "goals");
  EXPECT_TRUE(runs.under_way.front().is_of_events);
  EXPECT_EQ(runs.under_way_count, 1);
  ASSERT_EQ(runs.to_come.size(), 1U);
  EXPECT_EQ(runs.to_come.front().campaign_name, "sooner");
  EXPECT_EQ(runs.to_come_count, 2);
  EXPECT_EQ(campaigns_.runs_at_work("another", 1)->under_way_count, 0);
  const auto counts = campaigns_.counts(app_, over, at("2026-03-10"), at("2026-03-11")).value();
  EXPECT_EQ(counts.at(0).at("SENT"), 1);
  EXPECT_THAT(campaigns_.counts(app_, over, at("2026-03-11"), at("2026-03-12")).value(), IsEmpty());
}

}  // namespace
}  // namespace rapport::campaigns
