#include "campaigns/delivery.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "campaigns/fixture_test.h"

namespace rapport::campaigns {
namespace {

class DeliveryTest : public CampaignsTest {
 protected:
  void add_many(int count) {
    for (int i = 0; i < count; ++i) add("e" + std::to_string(i), "e" + std::to_string(i) + "@example.com");
  }
  Campaign with_limits(json::object limits, json::object more = {}) {
    json::object write = request();
    write["Limits"] = std::move(limits);
    for (const auto& member : more) write[member.key()] = member.value();
    return campaigns_.create(app_, write, {}).value();
  }
};

std::string attribute(const events::Event& event, std::string_view name) {
  for (const auto& [key, value] : event.attributes) {
    if (key == name) return value;
  }
  return "";
}

TEST_F(DeliveryTest, TellsOfEveryMessageAndOfThoseThatWereNotSent) {
  add("1", "fine@example.com", {{"User", json::object{{"UserId", "u1"}}}});
  add("2", "unknown@example.com");
  add("3", "later@example.com");
  const Campaign campaign = campaigns_.create(app_, request(), {}).value();
  const Activity run = finished(campaign.id);
  const auto sends = published_.of_type("_campaign.send");
  ASSERT_EQ(sends.size(), 3U);
  std::map<std::string, std::string> status;
  for (const auto& event : sends) {
    EXPECT_EQ(attribute(event, "campaign_id"), campaign.id);
    EXPECT_EQ(attribute(event, "campaign_activity_id"), run.id);
    EXPECT_EQ(attribute(event, "treatment_id"), "0");
    EXPECT_EQ(attribute(event, "delivery_type"), "EMAIL");
    EXPECT_NE(event.context.find("client_context"), std::string::npos);
    status[event.endpoint] = attribute(event, "campaign_send_status");
  }
  EXPECT_EQ(status,
            (std::map<std::string, std::string>{{"1", "SUCCESS"}, {"2", "FAILURE_PERMANENT"}, {"3", "SUCCESS"}}));
  EXPECT_EQ(published_.of_type("_email.send").size(), 3U);
  for (const char* type : {"_campaign.send", "_email.send", "_email.delivered", "_email.hardbounce"}) {
    for (const auto& event : published_.of_type(type)) {
      const auto context = json::parse(event.context);
      ASSERT_TRUE(context) << event.context;
      const json::object& whole = context->as_object();
      if (event.type == "_campaign.send") {
        const auto& text = whole.at("client_context").at("custom").at("endpoint").as_string();
        EXPECT_EQ(json::string_or(json::parse(json::view(text))->as_object(), "Id"), event.endpoint);
      } else {
        const auto& mail = whole.at("facets").at("email_channel").at("mail_event").at("mail");
        EXPECT_EQ(mail.at("common_headers").at("subject").as_string(), "Hi ");
      }
    }
  }
  EXPECT_EQ(published_.of_type("_email.delivered").size(), 2U);
  ASSERT_EQ(published_.of_type("_email.hardbounce").size(), 1U);
  EXPECT_EQ(published_.of_type("_email.hardbounce").front().endpoint, "2");
  const auto letters = campaigns_.dead_letters(app_, campaign.id, {}).value();
  ASSERT_EQ(letters.items.size(), 1U);
  EXPECT_EQ(letters.items.front().endpoint, "2");
  EXPECT_EQ(letters.items.front().reason, "PERMANENT_FAILURE");
  EXPECT_EQ(campaigns_.dead_letters(app_, "", {})->items.size(), 1U);
  EXPECT_EQ(campaigns_.dead_letters(app_, "none", {}).error().kind, ErrorKind::kNotFound);
}

TEST_F(DeliveryTest, ATextThatCannotBeRenderedStopsNobodyElse) {
  add("1", "a@example.com", {{"Attributes", json::object{{"n", json::array{"x"}}}}});
  add("2", "b@example.com", {{"Attributes", json::object{{"n", json::array{"2"}}}}});
  json::object write = request();
  write["MessageConfiguration"] =
      json::object{{"EmailMessage", {{"Title", "t"}, {"Body", "{{divide 4 Attributes.n.[0]}}"}}}};
  const auto campaign = campaigns_.create(app_, write, {});
  if (!campaign) GTEST_SKIP() << campaign.error().message;
  const Activity run = finished(campaign->id);
  EXPECT_EQ(run.count("DELIVERED") + run.count("RENDERING_FAILURE"), 2);
  EXPECT_EQ(run.result, "SUCCESS");
}

TEST_F(DeliveryTest, EachEndpointGetsTheMessageOfItsChannel) {
  add("mail", "a@example.com");
  add("phone", "+491701234567", {{"ChannelType", "SMS"}});
  add("app", "token", {{"ChannelType", "GCM"}});
  add("watch", "device", {{"ChannelType", "APNS"}});
  add("voice", "+491701234568", {{"ChannelType", "VOICE"}});
  ASSERT_TRUE(settings_.put(app_, "sms", {{"Enabled", true}}, ""));
  json::object write = request();
  write["MessageConfiguration"] = json::object{{"EmailMessage", json::object{{"Title", "mail"}, {"Body", "b"}}},
                                               {"SMSMessage", json::object{{"Body", "text"}}},
                                               {"GCMMessage", json::object{{"Title", "push"}, {"Body", "b"}}},
                                               {"APNSMessage", json::object{{"Title", "push"}, {"Body", "b"}}}};
  const Campaign campaign = campaigns_.create(app_, write, {}).value();
  const Activity run = finished(campaign.id);
  EXPECT_EQ(run.count("DELIVERED"), 2);
  EXPECT_EQ(run.count("UNSUPPORTED_CHANNEL"), 2);  // not set up
  EXPECT_EQ(run.count("ENDPOINT_CHANNEL_MISMATCH"), 1);
  EXPECT_EQ(provider_.subjects(), (std::set<std::string>{"mail", "text"}));
  EXPECT_EQ(published_.of_type("_campaign.send").size(), 4U);
  ASSERT_EQ(published_.of_type("_SMS.SUCCESS").size(), 1U);
  EXPECT_EQ(attribute(published_.of_type("_SMS.SUCCESS").front(), "campaign_id"), campaign.id);
}

TEST_F(DeliveryTest, SendsNoFasterThanItMay) {
  add_many(25);
  const Campaign campaign = with_limits({{"MessagesPerSecond", 10}});
  std::vector<std::size_t> sent;
  for (int second = 0; second < 4; ++second) {
    settle();
    sent.push_back(provider_.messages());
    clock_.advance(kMicrosPerSecond);
  }
  EXPECT_EQ(sent, (std::vector<std::size_t>{10, 20, 25, 25}));
  EXPECT_EQ(runs(campaign.id).front().state, "COMPLETED");
}

TEST_F(DeliveryTest, WaitsAsLongAsAThrottlingProviderSays) {
  constexpr std::int64_t kWaitMicros = ScriptedProvider::kRetryAfterMs * 1'000;
  add("1", "busy@example.com");
  const Campaign campaign = campaigns_.create(app_, request(), {}).value();
  settle();
  EXPECT_EQ(provider_.handed("busy@example.com"), 1);
  clock_.advance(kWaitMicros - kMicrosPerSecond);
  settle();
  EXPECT_EQ(provider_.handed("busy@example.com"), 1);
  clock_.advance(kMicrosPerSecond);
  EXPECT_EQ(finished(campaign.id).count("DELIVERED"), 1);
  EXPECT_EQ(provider_.handed("busy@example.com"), 2);
}

TEST_F(DeliveryTest, StopsWhenItsTimeIsOver) {
  add_many(90);
  const Campaign campaign = with_limits({{"MessagesPerSecond", 10}, {"MaximumDuration", 60}});
  settle();
  clock_.advance(61 * kMicrosPerSecond);
  for (int i = 0; i < 10; ++i) {
    settle();
    clock_.advance(kMicrosPerSecond);
  }
  const Activity run = runs(campaign.id).front();
  EXPECT_EQ(run.state, "COMPLETED");
  EXPECT_EQ(run.count("DELIVERED"), 10);
  EXPECT_EQ(run.count("EXPIRED"), 80);
}

TEST_F(DeliveryTest, CountsWhatIsMeantForAnEndpointOverAllRuns) {
  add("1", "a@example.com");
  const Campaign campaign =
      with_limits({{"Total", 2}}, {{"Schedule", json::object{{"StartTime", "IMMEDIATE"}, {"Frequency", "HOURLY"}}}});
  for (int hour = 0; hour < 4; ++hour) {
    settle();
    clock_.advance(3600 * kMicrosPerSecond);
  }
  EXPECT_EQ(provider_.messages(), 2U);
  EXPECT_EQ(runs(campaign.id)[2].count("CAMPAIGN_CAP"), 1);
}

// Ten campaigns at once with random audiences, limits and refusals: no cap is passed and every member is accounted for.
TEST_F(DeliveryTest, WhateverRunsAtOnceCapsHoldAndCountsAddUp) {
  const std::uint64_t seed = 4'711;
  Random random(seed);
  for (int i = 0; i < 120; ++i) {
    const std::string kind = std::vector<std::string>{"e", "later", "unknown", "doubt"}[random.below(4)];
    json::object more = {{"Demographic", json::object{{"Timezone", random.below(2) == 0 ? "Asia/Tokyo" : "UTC"}}}};
    if (random.below(10) == 0) more["OptOut"] = "ALL";
    add(kind + std::to_string(i), kind + std::to_string(i) + "@example.com", more);
  }
  std::vector<std::string> ids;
  for (int i = 0; i < 10; ++i) {
    json::object more = {{"HoldoutPercent", static_cast<int>(random.below(30))}};
    if (random.below(3) == 0) {
      more["Schedule"] =
          json::object{{"StartTime", "IMMEDIATE"}, {"QuietTime", json::object{{"Start", "00:00"}, {"End", "23:59"}}}};
    }
    ids.push_back(with_limits({{"Daily", 3}, {"Total", 1 + static_cast<int>(random.below(2))}}, more).id);
  }
  for (int i = 0; i < 20; ++i) {
    settle();
    clock_.advance(10 * kMicrosPerSecond);
  }
  for (const std::string& id : ids) {
    const Activity run = runs(id).front();
    EXPECT_EQ(run.state, "COMPLETED") << seed;
    std::int64_t accounted = run.count("SENT");
    for (const char* reason : {"ENDPOINT_OPT_OUT", "TREATMENT_HOLDOUT", "QUIET_TIME", "DAILY_CAP", "CAMPAIGN_CAP"}) {
      accounted += run.count(reason);
    }
    EXPECT_EQ(accounted, run.count("ENDPOINT_PRODUCED"));
    EXPECT_EQ(run.count("SENT"), run.count("DELIVERED") + run.count("PERMANENT_FAILURE") + run.count("IN_DOUBT") +
                                     run.count("TEMPORARY_FAILURE"));
  }
  std::map<std::string, int> messages;
  for (const auto& event : published_.of_type("_email.send")) ++messages[event.endpoint];
  for (const auto& [endpoint, count] : messages) EXPECT_LE(count, 3) << endpoint << " seed " << seed;
}

}  // namespace
}  // namespace rapport::campaigns
