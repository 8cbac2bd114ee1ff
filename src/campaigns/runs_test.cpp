#include "campaigns/runs.h"

#include <gtest/gtest.h>

#include "campaigns/fixture_test.h"
#include "campaigns/states.h"

namespace rapport::campaigns {
namespace {

class RunsTest : public CampaignsTest {
 protected:
  RunsTest() {
    clock_.advance(parse_iso8601("2026-03-10T08:00:00Z").value() - clock_.now());
    add("1", "a@example.com");
  }

  Campaign scheduled(json::object schedule, json::object more = {}) {
    json::object write = request();
    write["Schedule"] = std::move(schedule);
    for (const auto& member : more) write[member.key()] = member.value();
    return campaigns_.create(app_, write, {}).value();
  }

  // When the run that waits begins.
  std::string coming(const std::string& campaign) {
    for (const Activity& run : runs(campaign)) {
      if (run.state == "PENDING") return format_iso8601(run.scheduled).substr(0, 16);
    }
    return "";
  }

  // The times of runs that took place.
  std::vector<std::string> took_place(const std::string& campaign) {
    std::vector<std::string> times;
    for (const Activity& run : runs(campaign)) {
      if (run.state == "COMPLETED") times.push_back(format_iso8601(run.scheduled).substr(0, 16));
    }
    return times;
  }
};

using Texts = std::vector<std::string>;

TEST_F(RunsTest, RepeatsUntilItsEndAndIsPendingBetween) {
  const Campaign campaign =
      scheduled({{"StartTime", "2026-03-11T09:00:00"}, {"EndTime", "2026-03-13T09:00:00"}, {"Frequency", "DAILY"}});
  EXPECT_EQ(campaign.status, kScheduled);
  settle();
  EXPECT_TRUE(took_place(campaign.id).empty());
  advance_to("2026-03-11T09:00:00");
  settle();
  EXPECT_EQ(status(campaign.id), kPendingNextRun);
  EXPECT_EQ(took_place(campaign.id), Texts{"2026-03-11T09:00"});
  EXPECT_EQ(runs(campaign.id).back().state, "PENDING");
  advance_to("2026-03-12T09:00:00");
  settle();
  advance_to("2026-03-13T09:00:00");
  settle();
  EXPECT_EQ(took_place(campaign.id), (Texts{"2026-03-11T09:00", "2026-03-12T09:00", "2026-03-13T09:00"}));
  EXPECT_EQ(status(campaign.id), kCompleted);
  EXPECT_EQ(provider_.handed("a@example.com"), 3);
}

TEST_F(RunsTest, OfRunsThatWereMissedTheLatestTakesPlace) {
  const Campaign campaign = scheduled({{"StartTime", "2026-03-10T09:00:00"}, {"Frequency", "HOURLY"}});
  advance_to("2026-03-10T13:20:00");
  settle();
  EXPECT_EQ(took_place(campaign.id), Texts{"2026-03-10T13:00"});
  EXPECT_EQ(coming(campaign.id), "2026-03-10T14:00");
  EXPECT_EQ(provider_.handed("a@example.com"), 1);
}

TEST_F(RunsTest, NothingStartsAfterTheEnd) {
  const Campaign campaign = scheduled({{"StartTime", "2026-03-10T09:00:00"}, {"EndTime", "2026-03-10T10:00:00"}});
  advance_to("2026-03-10T10:00:01");
  settle();
  EXPECT_TRUE(took_place(campaign.id).empty());
  EXPECT_EQ(status(campaign.id), kCompleted);
  EXPECT_EQ(runs(campaign.id).front().state, "CANCELLED");
}

TEST_F(RunsTest, APauseHoldsWhatIsToComeAndResumesWithTheNextRun) {
  const Campaign campaign = scheduled({{"StartTime", "2026-03-10T09:00:00"}, {"Frequency", "DAILY"}});
  advance_to("2026-03-10T09:00:00");
  settle();
  ASSERT_TRUE(campaigns_.update(app_, campaign.id, {{"IsPaused", true}}));
  EXPECT_EQ(status(campaign.id), kPaused);
  advance_to("2026-03-12T10:00:00");
  settle();
  EXPECT_EQ(took_place(campaign.id).size(), 1U);
  ASSERT_TRUE(campaigns_.update(app_, campaign.id, {{"IsPaused", false}}));
  EXPECT_EQ(status(campaign.id), kPendingNextRun);
  settle();
  EXPECT_EQ(took_place(campaign.id).size(), 1U);
  advance_to("2026-03-13T09:00:00");
  settle();
  EXPECT_EQ(took_place(campaign.id), (Texts{"2026-03-10T09:00", "2026-03-13T09:00"}));
  EXPECT_EQ(
      campaigns_.update(app_, campaign.id, {{"Schedule", json::object{{"StartTime", "IMMEDIATE"}}}, {"IsPaused", true}})
          .error()
          .field,
      "IsPaused");
}

TEST_F(RunsTest, AChangedScheduleStartsAnewAndAnUnchangedOneKeepsItsHours) {
  const Campaign campaign = scheduled({{"StartTime", "IMMEDIATE"}, {"Frequency", "HOURLY"}});
  settle();
  clock_.advance(600 * kMicrosPerSecond);
  ASSERT_TRUE(campaigns_.update(app_, campaign.id, {{"Description", "d"}}));
  EXPECT_EQ(coming(campaign.id), "2026-03-10T09:00");
  ASSERT_TRUE(campaigns_.update(app_, campaign.id,
                                {{"Schedule", json::object{{"StartTime", "IMMEDIATE"}, {"Frequency", "WEEKLY"}}}}));
  EXPECT_EQ(coming(campaign.id), "2026-03-10T08:10");
  settle();
  EXPECT_EQ(coming(campaign.id), "2026-03-17T08:10");
}

TEST_F(RunsTest, ARunInLocalTimeFollowsTheSun) {
  const auto living_in = [](std::string_view zone) {
    return json::object{{"Demographic", json::object{{"Timezone", zone}}}};
  };
  add("berlin", "berlin@example.com", living_in("Europe/Berlin"));
  add("tokyo", "tokyo@example.com", living_in("Asia/Tokyo"));
  add("osaka", "osaka@example.com", living_in("Asia/Tokyo"));
  add("lost", "lost@example.com", living_in("Mars/Olympus"));
  const Campaign campaign = scheduled({{"StartTime", "2026-03-12T09:00:00"}, {"IsLocalTime", true}});
  advance_to("2026-03-11T19:00:00");  // 09:00 at UTC+14
  settle();
  EXPECT_EQ(status(campaign.id), kExecuting);
  EXPECT_EQ(runs(campaign.id).front().timezones, 2);
  EXPECT_EQ(provider_.messages(), 0U);
  advance_to("2026-03-12T00:00:00");
  settle();
  EXPECT_EQ(provider_.handed("tokyo@example.com"), 1);
  EXPECT_EQ(provider_.handed("osaka@example.com"), 1);
  EXPECT_EQ(provider_.handed("berlin@example.com"), 0);
  EXPECT_EQ(runs(campaign.id).front().timezones_completed, 1);
  advance_to("2026-03-12T08:00:00");
  settle();
  const Activity run = runs(campaign.id).front();
  EXPECT_EQ(provider_.handed("berlin@example.com"), 1);
  EXPECT_EQ(run.state, "COMPLETED");
  EXPECT_EQ(run.count("ENDPOINT_MISSING_TIMEZONE"), 2);
  EXPECT_EQ(run.count("ENDPOINT_PRODUCED"), 5);
  EXPECT_EQ(run.timezones_completed, 2);
  EXPECT_EQ(status(campaign.id), kCompleted);
}

TEST_F(RunsTest, WhereTheTimeWasPastNobodyIsReachedLate) {
  add("tokyo", "tokyo@example.com", {{"Demographic", json::object{{"Timezone", "Asia/Tokyo"}}}});
  add("york", "york@example.com", {{"Demographic", json::object{{"Timezone", "America/New_York"}}}});
  const Campaign campaign = scheduled({{"StartTime", "2026-03-10T09:00:00"}, {"IsLocalTime", true}});
  advance_to("2026-03-10T13:00:00");  // 09:00 in New York
  settle();
  const Activity run = runs(campaign.id).front();
  EXPECT_EQ(run.count("ENDPOINT_TIMEZONE_MISMATCH"), 1);
  EXPECT_EQ(provider_.handed("tokyo@example.com"), 0);
  EXPECT_EQ(provider_.handed("york@example.com"), 1);
}

TEST_F(RunsTest, ADayInLocalTimeBeginsBeforeTheOneBeforeIsOver) {
  add("kiritimati", "k@example.com", {{"Demographic", json::object{{"Timezone", "Pacific/Kiritimati"}}}});
  add("honolulu", "h@example.com", {{"Demographic", json::object{{"Timezone", "Pacific/Honolulu"}}}});
  const Campaign campaign = scheduled({{"StartTime", "2026-03-12T09:00:00"},
                                       {"EndTime", "2026-03-13T09:00:00"},
                                       {"Frequency", "DAILY"},
                                       {"IsLocalTime", true}});
  for (const char* moment :
       {"2026-03-11T19:00:00", "2026-03-12T18:00:00", "2026-03-12T19:00:00", "2026-03-13T19:00:00"}) {
    advance_to(moment);
    settle();
  }
  EXPECT_EQ(took_place(campaign.id).size(), 2U);
  EXPECT_EQ(provider_.handed("k@example.com"), 2);
  EXPECT_EQ(provider_.handed("h@example.com"), 2);
  EXPECT_EQ(status(campaign.id), kCompleted);
}

TEST_F(RunsTest, LeavesEndpointsAloneInTheirQuietHours) {
  const auto living_in = [](std::string_view zone) {
    return json::object{{"Demographic", json::object{{"Timezone", zone}}}};
  };
  add("tokyo", "tokyo@example.com", living_in("Asia/Tokyo"));      // 17:00
  add("york", "york@example.com", living_in("America/New_York"));  // 04:00
  add("mars", "mars@example.com", living_in("Mars/Olympus"));
  const Campaign campaign =
      scheduled({{"StartTime", "IMMEDIATE"}, {"QuietTime", json::object{{"Start", "22:00"}, {"End", "04:00"}}}});
  settle();
  EXPECT_EQ(runs(campaign.id).front().count("QUIET_TIME"), 1);
  EXPECT_EQ(provider_.handed("york@example.com"), 0);
  EXPECT_EQ(provider_.handed("tokyo@example.com"), 1);
  EXPECT_EQ(provider_.handed("mars@example.com"), 1);
}

TEST_F(RunsTest, CopiesTheSettingsOfTheApplicationIntoLaterCampaigns) {
  ASSERT_TRUE(applications_.update_settings(
      app_, {{"Limits", json::object{{"Daily", 3}, {"Total", 5}}},
             {"QuietTime", json::object{{"Start", "07:00"}, {"End", "09:00"}}},
             {"CampaignHook", json::object{{"LambdaFunctionName", "f"}, {"Mode", "FILTER"}}}}));
  const Campaign first = scheduled({{"StartTime", "2027-01-01"}}, {{"Limits", json::object{{"Total", 1}}}});
  EXPECT_EQ(first.request.at("Limits").at("Daily").to_number<int>(), 3);
  EXPECT_EQ(first.request.at("Limits").at("Total").to_number<int>(), 1);
  EXPECT_EQ(first.request.at("Schedule").at("QuietTime").at("Start").as_string(), "07:00");
  EXPECT_EQ(first.request.at("Hook").at("LambdaFunctionName").as_string(), "f");
  EXPECT_TRUE(
      scheduled({{"StartTime", "2027-01-01"}}, {{"Hook", json::object()}}).request.at("Hook").as_object().empty());
  ASSERT_TRUE(applications_.update_settings(app_, {{"Limits", json::object{{"Daily", 9}}}}));
  EXPECT_EQ(campaigns_.get(app_, first.id)->request.at("Limits").at("Daily").to_number<int>(), 3);
}

TEST_F(RunsTest, SendsEachTreatmentToItsShare) {
  for (int i = 0; i < 400; ++i) add("e" + std::to_string(i), "e" + std::to_string(i) + "@example.com");
  json::object other = {{"SizePercent", 30},
                        {"MessageConfiguration", json::object{{"EmailMessage", {{"Title", "B"}, {"Body", "b"}}}}}};
  json::object late = {{"SizePercent", 20}, {"Schedule", json::object{{"StartTime", "2026-03-11T08:00:00"}}}};
  const Campaign campaign = scheduled({{"StartTime", "IMMEDIATE"}},
                                      {{"HoldoutPercent", 10}, {"AdditionalTreatments", json::array{other, late}}});
  settle();
  EXPECT_EQ(campaigns_.get(app_, campaign.id)->treatments, (Texts{"COMPLETED", "COMPLETED", "SCHEDULED"}));
  EXPECT_EQ(status(campaign.id), kScheduled);
  advance_to("2026-03-11T08:00:00");
  settle();
  EXPECT_EQ(status(campaign.id), kCompleted);
  std::map<std::int64_t, Activity> by_treatment;
  for (const Activity& run : runs(campaign.id)) by_treatment[run.treatment] = run;
  ASSERT_EQ(by_treatment.size(), 3U);
  std::int64_t delivered = 0;
  for (auto& [number, run] : by_treatment) {
    EXPECT_EQ(run.count("DELIVERED") + run.count("TREATMENT_HOLDOUT"), 401) << number;
    delivered += run.count("DELIVERED");
  }
  EXPECT_EQ(static_cast<std::size_t>(delivered), provider_.messages());
  EXPECT_NEAR(static_cast<double>(delivered), 361, 25);
  EXPECT_NEAR(static_cast<double>(by_treatment[1].count("DELIVERED")), 120, 40);
  EXPECT_EQ(provider_.subjects(), (std::set<std::string>{"B", "Hi "}));
}

TEST(Treatments, NameTheMemberThatIsWrong) {
  const auto refused = [](json::object treatment, int holdout) {
    const json::object request = {{"Schedule", json::object{{"StartTime", "IMMEDIATE"}}},
                                  {"HoldoutPercent", holdout},
                                  {"AdditionalTreatments", json::array{std::move(treatment)}}};
    const auto read = read_treatments(request);
    return read ? "" : read.error().field;
  };
  EXPECT_EQ(refused({{"SizePercent", 50}}, 50), "");
  EXPECT_EQ(refused({{"SizePercent", 50}}, 51), "AdditionalTreatments");
  EXPECT_EQ(refused({{"SizePercent", -1}}, 0), "AdditionalTreatments[0].SizePercent");
  EXPECT_EQ(refused({{"SizePercent", 1}, {"Schedule", json::object{{"StartTime", "x"}}}}, 0),
            "AdditionalTreatments[0].Schedule.StartTime");
}

TEST(States, FollowTheTable) {
  EXPECT_EQ(status_of({.waits = true}), kScheduled);
  EXPECT_EQ(status_of({.runs = true, .waits = true, .begun = true, .paused = true}), kExecuting);
  EXPECT_EQ(status_of({.waits = true, .begun = true}), kPendingNextRun);
  EXPECT_EQ(status_of({.waits = true, .begun = true, .failed = true}), kPendingNextRun);
  EXPECT_EQ(status_of({.begun = true, .paused = true}), kPaused);
  EXPECT_EQ(status_of({.begun = true}), kCompleted);
  EXPECT_EQ(status_of({.begun = true, .failed = true}), kInvalid);
  const auto of = [](std::vector<std::string> treatments) { return status_of(treatments); };
  EXPECT_EQ(of({"COMPLETED", "COMPLETED"}), kCompleted);
  EXPECT_EQ(of({"COMPLETED", "EXECUTING"}), kExecuting);
  EXPECT_EQ(of({"SCHEDULED", "PENDING_NEXT_RUN"}), kPendingNextRun);
}

}  // namespace
}  // namespace rapport::campaigns
