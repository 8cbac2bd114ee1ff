#include "campaigns/preview.h"

#include <gmock/gmock.h>

#include <array>

#include "base/random.h"
#include "campaigns/fixture_test.h"
#include "campaigns/reasons.h"

namespace rapport::campaigns {
namespace {

// Reasons that a run looks at before it asks whose cohort an endpoint is in.
constexpr std::array kBeforeCohort = {kInactive, kOptOut, kMissingChannel};

class PreviewTest : public CampaignsTest {
 protected:
  void populate(Random& random, int endpoints) {
    const auto pick = [&](std::initializer_list<const char*> choices) {
      return choices.begin()[random.below(choices.size())];
    };
    for (int i = 0; i < endpoints; ++i) {
      json::object more = {{"ChannelType", pick({"EMAIL", "EMAIL", "SMS", "GCM", "APNS", "CUSTOM"})},
                           {"OptOut", pick({"NONE", "NONE", "NONE", "ALL"})},
                           {"EndpointStatus", pick({"ACTIVE", "ACTIVE", "ACTIVE", "INACTIVE"})}};
      if (random.below(4) > 0) {
        more["Demographic"] =
            json::object{{"Timezone", pick({"UTC", "Asia/Tokyo", "America/New_York", "Pacific/Honolulu"})}};
      }
      if (random.below(2) == 0) more["User"] = json::object{{"UserId", "u" + std::to_string(random.below(50))}};
      add("e" + std::to_string(i), "a" + std::to_string(random.below(5) == 0 ? 0 : i) + "@example.com", more);
    }
  }

  json::object any_request(Random& random) {
    json::object write = request();
    json::object& messages = write["MessageConfiguration"].as_object();
    if (random.below(2) == 0) messages["SMSMessage"] = json::object{{"Body", "hi {{Attributes.n.[0]}}"}};
    if (random.below(2) == 0) messages["GCMMessage"] = json::object{{"Title", "t"}, {"Body", "b"}};
    if (random.below(2) == 0) messages["APNSMessage"] = json::object{{"Title", "t"}, {"Body", "b"}};
    write["HoldoutPercent"] = static_cast<std::int64_t>(random.below(40));
    json::object schedule = {{"StartTime", "IMMEDIATE"}};
    if (random.below(2) == 0) schedule["QuietTime"] = json::object{{"Start", "06:00"}, {"End", "14:00"}};
    write["Schedule"] = schedule;
    json::array treatments;
    for (std::uint64_t i = random.below(3); i > 0; --i) {
      treatments.push_back(json::object{{"SizePercent", static_cast<std::int64_t>(random.below(30))},
                                        {"TreatmentName", "other"},
                                        {"Schedule", schedule}});
    }
    write["AdditionalTreatments"] = treatments;
    write["Limits"] = json::object{{"Daily", static_cast<std::int64_t>(random.below(3))},
                                   {"Total", static_cast<std::int64_t>(random.below(3))}};
    return write;
  }

  // What the run of each treatment counted, once all are over.
  std::map<std::int64_t, Activity> finished_runs(const std::string& campaign) {
    finished(campaign);
    settle();
    std::map<std::int64_t, Activity> by_treatment;
    for (const Activity& run : runs(campaign)) {
      EXPECT_TRUE(run.ended);
      by_treatment[run.treatment] = run;
    }
    return by_treatment;
  }

  static std::int64_t count(const ReasonCounts& counts, std::string_view reason) {
    const auto found = counts.find(reason);
    return found == counts.end() ? 0 : found->second;
  }

  static std::int64_t sum(const auto& counts) {
    std::int64_t total = 0;
    for (const auto& [name, value] : counts) total += value;
    return total;
  }

  // Every endpoint is somewhere, once.
  static void expect_complete(const AudiencePreview& preview) {
    std::int64_t all = preview.held_out;
    for (const auto& [reason, value] : preview.excluded_of_holdout) all += reason == kTreatmentHoldout ? 0 : value;
    for (const TreatmentPreview& treatment : preview.treatments)
      all += sum(treatment.by_channel) + sum(treatment.excluded);
    const std::int64_t unreachable_of_holdout =
        count(preview.excluded_of_holdout, kTreatmentHoldout) - preview.held_out;
    EXPECT_EQ(all + unreachable_of_holdout, preview.examined);
  }

  void expect_same(const AudiencePreview& preview, const std::map<std::int64_t, Activity>& runs) {
    ASSERT_EQ(preview.treatments.size(), runs.size());
    for (const auto& [number, run] : runs) {
      const TreatmentPreview& treatment = preview.treatments[static_cast<std::size_t>(number)];
      EXPECT_EQ(sum(treatment.by_channel), run.count("SENT")) << number;
      for (const std::string_view reason : {kMissingAddress, kChannelMismatch, kUnsupportedChannel, kQuietTime,
                                            kDailyCap, kCampaignCap, kFilteredOut, kRenderingFailure, kExpired}) {
        EXPECT_EQ(count(treatment.excluded, reason), run.count(std::string(reason))) << number << " " << reason;
      }
      for (const std::string_view reason : kBeforeCohort) {
        std::int64_t all = count(preview.excluded_of_holdout, reason);
        for (const TreatmentPreview& other : preview.treatments) all += count(other.excluded, reason);
        EXPECT_EQ(all, run.count(std::string(reason))) << number << " " << reason;
      }
    }
  }
};

TEST_F(PreviewTest, CountsWhatARunCounts) {
  const std::uint64_t seed = 20261122;
  Random random(seed);
  SCOPED_TRACE(seed);
  populate(random, 240);
  ASSERT_TRUE(endpoints_.update(app_, "gone", {{"Address", "x@example.com"}, {"ChannelType", "EMAIL"}}));
  for (int round = 0; round < 8; ++round) {
    SCOPED_TRACE(round);
    const json::object write = any_request(random);
    const AudiencePreview preview = campaigns_.preview(app_, {.request = write}).value();
    EXPECT_EQ(preview.endpoints, 241);
    EXPECT_EQ(preview.examined, 241);
    expect_complete(preview);
    const std::size_t told = published_.of_type("_campaign.holdout").size();
    const std::string campaign = campaigns_.create(app_, write, {})->id;
    const auto runs = finished_runs(campaign);
    expect_same(preview, runs);
    EXPECT_EQ(published_.of_type("_campaign.holdout").size() - told, static_cast<std::size_t>(preview.held_out));
    clock_.advance(static_cast<std::int64_t>(random.below(30)) * 3'600 * kMicrosPerSecond);
  }
}

TEST_F(PreviewTest, CountsWhatARunInLocalTimeCounts) {
  Random random(7);
  populate(random, 120);
  json::object write = request();
  write["HoldoutPercent"] = 20;
  write["Schedule"] = json::object{{"StartTime", format_iso8601(clock_.now() + 3'600 * kMicrosPerSecond).substr(0, 19)},
                                   {"IsLocalTime", true}};
  const AudiencePreview preview = campaigns_.preview(app_, {.request = write}).value();
  expect_complete(preview);
  const std::string campaign = campaigns_.create(app_, write, {})->id;
  Activity run = runs(campaign).front();
  for (int hour = 0; hour < 40 && !run.ended; ++hour) {
    settle();
    clock_.advance(1'800 * kMicrosPerSecond);
    run = runs(campaign).front();
  }
  ASSERT_TRUE(run.ended);
  EXPECT_EQ(sum(preview.treatments.front().by_channel), run.count("SENT"));
  for (const std::string_view reason : {kMissingTimezone, kTimezoneMismatch}) {
    EXPECT_EQ(count(preview.treatments.front().excluded, reason) + count(preview.excluded_of_holdout, reason),
              run.count(std::string(reason)));
  }
}

TEST_F(PreviewTest, KnowsWhatTheCampaignHasSentAlready) {
  for (int i = 0; i < 10; ++i) add("e" + std::to_string(i), std::to_string(i) + "@example.com");
  json::object write = request();
  write["Limits"] = json::object{{"Total", 1}};
  const std::string campaign = campaigns_.create(app_, write, {})->id;
  EXPECT_EQ(finished(campaign).count("SENT"), 10);
  add("new", "new@example.com");
  const AudiencePreview again = campaigns_.preview(app_, {.campaign = campaign}).value();
  EXPECT_EQ(again.treatments.front().by_channel, (std::map<std::string, std::int64_t>{{"EMAIL", 1}}));
  EXPECT_EQ(count(again.treatments.front().excluded, kCampaignCap), 10);
  EXPECT_EQ(again.users, 1);
  const AudiencePreview more =
      campaigns_.preview(app_, {.campaign = campaign, .request = {{"Limits", json::object{{"Total", 2}}}}}).value();
  EXPECT_EQ(sum(more.treatments.front().by_channel), 11);
}

TEST_F(PreviewTest, AsksAsManyAsItMay) {
  for (int i = 0; i < 40; ++i)
    add("e" + std::to_string(i), std::to_string(i) + "@example.com", {{"User", json::object{{"UserId", "u"}}}});
  const AudiencePreview preview = campaigns_.preview(app_, {.request = request(), .endpoints_max = 15}).value();
  EXPECT_EQ(preview.endpoints, 40);
  EXPECT_EQ(preview.examined, 15);
  EXPECT_EQ(sum(preview.treatments.front().by_channel), 15);
  EXPECT_EQ(preview.users, 1);
}

TEST_F(PreviewTest, RefusesWhatNoCampaignCouldBe) {
  json::object silent = request();
  silent.erase("MessageConfiguration");
  EXPECT_EQ(campaigns_.preview(app_, {.request = silent}).error().field, "MessageConfiguration");
  json::object lost = request();
  lost["SegmentId"] = "0";
  EXPECT_EQ(campaigns_.preview(app_, {.request = lost}).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(campaigns_.preview(app_, {.campaign = "0"}).error().kind, ErrorKind::kNotFound);
}

TEST_F(PreviewTest, TheHoldoutIsToldOnceForWhomItKeepsFromAMessage) {
  for (int i = 0; i < 200; ++i) {
    add("e" + std::to_string(i), std::to_string(i) + "@example.com", {{"OptOut", i % 10 == 0 ? "ALL" : "NONE"}});
  }
  json::object write = request();
  write["HoldoutPercent"] = 30;
  const json::object other = {{"SizePercent", 30}, {"Schedule", json::object{{"StartTime", "IMMEDIATE"}}}};
  write["AdditionalTreatments"] = json::array{other};
  const std::string campaign = campaigns_.create(app_, write, {})->id;
  finished_runs(campaign);
  std::set<std::string> expected;
  for (int i = 0; i < 200; ++i) {
    const auto endpoint = endpoints_.get(app_, "e" + std::to_string(i)).value();
    if (i % 10 != 0 && endpoint.cohort() >= 70) expected.insert("e" + std::to_string(i));
  }
  std::set<std::string> told;
  for (const events::Event& event : published_.of_type("_campaign.holdout")) {
    EXPECT_EQ(event.attributes.front(), (std::pair<std::string, std::string>{"campaign_id", campaign}));
    EXPECT_TRUE(told.insert(event.endpoint).second) << event.endpoint;
  }
  EXPECT_EQ(told, expected);
  EXPECT_GT(told.size(), 20U);
}

}  // namespace
}  // namespace rapport::campaigns
