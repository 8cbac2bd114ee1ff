#include "campaigns/schedule.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"

namespace rapport::campaigns {
namespace {

Timestamp at(std::string_view text) { return parse_iso8601(text).value(); }
Schedule read(const json::object& document) { return parse_schedule(document).value(); }
std::string refused(const json::object& document) {
  const auto schedule = parse_schedule(document);
  return schedule ? "" : schedule.error().field;
}

// The first runs that begin from `from` on, as texts of their times.
std::vector<std::string> runs(const Schedule& schedule, Timestamp from, std::size_t count) {
  const Timestamp first = first_time(schedule, from);
  std::vector<std::string> times;
  while (times.size() < count) {
    const auto run = next_run(schedule, first, from);
    if (!run) break;
    times.push_back(format_iso8601(run->time).substr(0, 16));
    from = run->begins + 1;
  }
  return times;
}

using Texts = std::vector<std::string>;

TEST(Schedule, ReadsDatesInItsZoneUnlessTheySayTheirOwn) {
  EXPECT_EQ(read({{"StartTime", "2026-01-01T09:00:00"}}).start, at("2026-01-01T09:00:00Z"));
  EXPECT_EQ(read({{"StartTime", "2026-01-01T09:00:00"}, {"Timezone", "UTC+05:30"}}).start, at("2026-01-01T03:30:00Z"));
  EXPECT_EQ(read({{"StartTime", "2026-01-01T09:00:00Z"}, {"Timezone", "UTC+05:30"}}).start, at("2026-01-01T09:00:00Z"));
  EXPECT_EQ(read({{"StartTime", "2026-01-01T09:00:00+02:00"}}).start, at("2026-01-01T07:00:00Z"));
  EXPECT_EQ(read({{"StartTime", "2026-01-01T09:00:00"}, {"Timezone", "utc"}}).start, at("2026-01-01T09:00:00Z"));
  const Schedule local = read({{"StartTime", "2026-01-01T09:00:00Z"}, {"Timezone", "UTC-02"}, {"IsLocalTime", true}});
  EXPECT_EQ(local.start, at("2026-01-01T07:00:00Z"));
  EXPECT_TRUE(read({{"StartTime", "IMMEDIATE"}}).immediate);
}

TEST(Schedule, NamesTheMemberThatIsWrong) {
  EXPECT_EQ(refused({{"StartTime", "soon"}}), "Schedule.StartTime");
  EXPECT_EQ(refused({}), "Schedule.StartTime");
  EXPECT_EQ(refused({{"StartTime", "IMMEDIATE"}, {"EndTime", "later"}}), "Schedule.EndTime");
  EXPECT_EQ(refused({{"StartTime", "2026-02-01"}, {"EndTime", "2026-01-01"}}), "Schedule.EndTime");
  EXPECT_EQ(refused({{"StartTime", "IMMEDIATE"}, {"Frequency", "YEARLY"}}), "Schedule.Frequency");
  EXPECT_EQ(refused({{"StartTime", "IMMEDIATE"}, {"Timezone", "Europe/Berlin"}}), "Schedule.Timezone");
  EXPECT_EQ(refused({{"StartTime", "IMMEDIATE"}, {"IsLocalTime", true}}), "Schedule.StartTime");
  EXPECT_EQ(refused({{"StartTime", "IMMEDIATE"}, {"Frequency", "EVENT"}}), "Schedule.EventFilter");
  EXPECT_EQ(refused({{"StartTime", "IMMEDIATE"}, {"QuietTime", {{"Start", "25:00"}, {"End", "06:00"}}}}),
            "Schedule.QuietTime.Start");
}

TEST(Schedule, RunsOnceNowOrLater) {
  const Timestamp now = at("2026-01-10T12:00:00Z");
  EXPECT_EQ(runs(read({{"StartTime", "IMMEDIATE"}}), now, 3), Texts{"2026-01-10T12:00"});
  EXPECT_EQ(runs(read({{"StartTime", "2026-01-01T00:00:00"}}), now, 3), Texts{"2026-01-10T12:00"});
  EXPECT_EQ(runs(read({{"StartTime", "2026-02-01T00:00:00"}}), now, 3), Texts{"2026-02-01T00:00"});
}

TEST(Schedule, RunsAgainUntilItsEnd) {
  const Timestamp now = at("2026-01-10T12:30:00Z");
  EXPECT_EQ(
      runs(read({{"StartTime", "2026-01-10T13:00"}, {"Frequency", "HOURLY"}, {"EndTime", "2026-01-10T15:00"}}), now, 9),
      (Texts{"2026-01-10T13:00", "2026-01-10T14:00", "2026-01-10T15:00"}));
  EXPECT_EQ(runs(read({{"StartTime", "2026-01-01T09:00"}, {"Frequency", "DAILY"}}), now, 2),
            (Texts{"2026-01-11T09:00", "2026-01-12T09:00"}));
  EXPECT_EQ(runs(read({{"StartTime", "IMMEDIATE"}, {"Frequency", "WEEKLY"}}), now, 3),
            (Texts{"2026-01-10T12:30", "2026-01-17T12:30", "2026-01-24T12:30"}));
}

TEST(Schedule, RunsOnTheLastDayOfShorterMonths) {
  const Timestamp now = at("2027-01-15T00:00:00Z");
  EXPECT_EQ(
      runs(read({{"StartTime", "2027-01-31T09:00"}, {"Frequency", "MONTHLY"}}), now, 5),
      (Texts{"2027-01-31T09:00", "2027-02-28T09:00", "2027-03-31T09:00", "2027-04-30T09:00", "2027-05-31T09:00"}));
  // The day is that of the schedule's zone: here 2027-02-01 01:00.
  EXPECT_EQ(
      runs(read({{"StartTime", "2027-01-31T20:00:00Z"}, {"Timezone", "UTC+05"}, {"Frequency", "MONTHLY"}}), now, 3),
      (Texts{"2027-01-31T20:00", "2027-02-28T20:00", "2027-03-31T20:00"}));
  EXPECT_EQ(runs(read({{"StartTime", "2028-01-30T00:00"}, {"Frequency", "MONTHLY"}}), at("2028-02-01"), 2),
            (Texts{"2028-02-29T00:00", "2028-03-30T00:00"}));
}

TEST(Schedule, BeginsALocalRunWhereTheDateBegins) {
  const Schedule schedule = read({{"StartTime", "2026-01-10T09:00"}, {"Frequency", "DAILY"}, {"IsLocalTime", true}});
  const auto run = next_run(schedule, first_time(schedule, {}), at("2026-01-01")).value();
  EXPECT_EQ(run.time, at("2026-01-10T09:00:00Z"));
  EXPECT_EQ(run.begins, at("2026-01-09T19:00:00Z"));
}

// Against counting the runs one by one.
TEST(Schedule, NextAndDueAreTheNeighboursOfAnyMoment) {
  Random random(7);
  const std::vector<std::string> frequencies = {"ONCE", "HOURLY", "DAILY", "WEEKLY", "MONTHLY"};
  const std::vector<std::string> zones = {"UTC", "UTC+05:45", "UTC-11", "UTC+13"};
  for (int i = 0; i < 3'000; ++i) {
    const Timestamp start{static_cast<std::int64_t>(random.below(60'000'000)) * kMicrosPerSecond};
    json::object document = {{"StartTime", format_iso8601(start)},
                             {"Frequency", frequencies[random.below(frequencies.size())]},
                             {"Timezone", zones[random.below(zones.size())]},
                             {"IsLocalTime", random.below(2) == 0}};
    if (random.below(2) == 0) {
      document["EndTime"] =
          format_iso8601(start + static_cast<std::int64_t>(random.below(20'000'000)) * kMicrosPerSecond);
    }
    const Schedule schedule = read(document);
    std::vector<Occurrence> all;
    for (auto run = next_run(schedule, schedule.start, Timestamp{} - kMicrosPerDay * 9); run && all.size() < 12;) {
      all.push_back(*run);
      run = next_run(schedule, schedule.start, run->begins + 1);
    }
    ASSERT_FALSE(all.empty());
    for (std::size_t n = 0; n < all.size(); ++n) {
      EXPECT_EQ(all[n].number, static_cast<std::int64_t>(n));
      EXPECT_FALSE(schedule.end && all[n].time > *schedule.end);
      EXPECT_EQ(next_run(schedule, schedule.start, all[n].begins), all[n]);
      EXPECT_EQ(run_due(schedule, schedule.start, all[n].begins), all[n]);
      if (n == 0) continue;
      EXPECT_LT(all[n - 1].begins, all[n].begins);
      EXPECT_EQ(run_due(schedule, schedule.start, all[n].begins - 1), all[n - 1]);
      EXPECT_EQ(next_run(schedule, schedule.start, all[n - 1].begins + 1), all[n]);
    }
    EXPECT_EQ(run_due(schedule, schedule.start, all[0].begins - 1), std::nullopt);
    if (all.size() == 12) continue;
    EXPECT_EQ(run_due(schedule, schedule.start, all.back().begins + 400 * kMicrosPerDay), all.back());
  }
}

TEST(QuietTime, HoldsBothItsEndsAndGoesOverMidnight) {
  const auto clock = [](int hour, int minute) {
    return zones::LocalTime{(hour * 60 + minute) * 60 * kMicrosPerSecond + 5 * kMicrosPerDay};
  };
  const QuietTime night = parse_quiet_time({{"Start", "22:00"}, {"End", "06:30"}}).value().value();
  EXPECT_TRUE(night.holds(clock(22, 0)));
  EXPECT_TRUE(night.holds(clock(0, 0)));
  EXPECT_TRUE(night.holds(clock(6, 30)));
  EXPECT_FALSE(night.holds({clock(6, 30).micros + 1}));
  EXPECT_FALSE(night.holds(clock(21, 59)));
  const QuietTime noon = parse_quiet_time({{"Start", "12:00"}, {"End", "13:00"}}).value().value();
  EXPECT_TRUE(noon.holds(clock(12, 30)));
  EXPECT_FALSE(noon.holds(clock(0, 30)));
  EXPECT_FALSE(parse_quiet_time({}).value());
  for (const char* text : {"", "22", "2:2", "24:01", "x2:00", "22:60", "-1:00", "22:00:00"}) {
    EXPECT_EQ(parse_quiet_time({{"Start", text}, {"End", "06:00"}}).error().field, "QuietTime.Start") << text;
  }
}

}  // namespace
}  // namespace rapport::campaigns
