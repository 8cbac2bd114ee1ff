#include "campaigns/campaigns.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "campaigns/fixture_test.h"
#include "campaigns/planner.h"

namespace rapport::campaigns {
namespace {

using channels::Outcome;

TEST_F(CampaignsTest, ReachesEveryMemberOnceAndCountsWhyOthersGetNothing) {
  for (int i = 0; i < 1'234; ++i) add("e" + std::to_string(i), "a" + std::to_string(i) + "@example.com");
  add("off", "off@example.com", {{"EndpointStatus", "INACTIVE"}});
  add("out", "out@example.com", {{"OptOut", "ALL"}});
  add("sms", "+491701234567", {{"ChannelType", "SMS"}});
  const Campaign campaign = campaigns_.create(app_, request(), {}).value();
  EXPECT_EQ(campaigns_.activities(app_, campaign.id, {})->items.front().state, "PENDING");
  const Activity run = finished(campaign.id);
  EXPECT_EQ(run.state, "COMPLETED");
  EXPECT_EQ(run.result, "SUCCESS");
  EXPECT_EQ(run.count("ENDPOINT_PRODUCED"), 1'237);
  EXPECT_EQ(run.count("DELIVERED"), 1'234);
  EXPECT_EQ(run.count("ENDPOINT_INACTIVE"), 1);
  EXPECT_EQ(run.count("ENDPOINT_OPT_OUT"), 1);
  EXPECT_EQ(run.count("ENDPOINT_CHANNEL_MISMATCH"), 1);
  EXPECT_EQ(provider_.messages(), 1'234U);
  for (int i = 0; i < 1'234; ++i) EXPECT_EQ(provider_.handed("a" + std::to_string(i) + "@example.com"), 1);
  EXPECT_EQ(campaigns_.get(app_, campaign.id)->status, "COMPLETED");
}

TEST_F(CampaignsTest, TriesAgainWhatWasRefusedForNowAndNothingElse) {
  add("1", "later@example.com");
  add("2", "unknown@example.com");
  add("3", "doubt@example.com");
  add("4", "fine@example.com");
  const Campaign campaign = campaigns_.create(app_, request(), {}).value();
  const Activity run = finished(campaign.id);
  EXPECT_EQ(provider_.handed("later@example.com"), 3);
  EXPECT_EQ(provider_.handed("unknown@example.com"), 1);
  EXPECT_EQ(provider_.handed("doubt@example.com"), 1);
  EXPECT_EQ(provider_.handed("fine@example.com"), 1);
  EXPECT_EQ(run.count("SENT"), 4);
  EXPECT_EQ(run.count("DELIVERED"), 2);
  EXPECT_EQ(run.count("PERMANENT_FAILURE"), 1);
  EXPECT_EQ(run.count("IN_DOUBT"), 1);
}

// What a worker that died between handing over and recording leaves behind.
class AfterACrash : public CampaignsTest, public ::testing::WithParamInterface<Outcome> {};

TEST_P(AfterACrash, MessagesInDoubtAreLookedUpAndNeverSentBlindly) {
  for (int i = 0; i < 10; ++i) add("e" + std::to_string(i), "a" + std::to_string(i) + "@example.com");
  provider_.recovered = GetParam();
  const Campaign campaign = campaigns_.create(app_, request(), {}).value();
  const std::string activity = campaigns_.activities(app_, campaign.id, {})->items.front().id;
  {
    jobs::Workers planner(queue_, {.threads = 1, .lease_ms = 1'000'000'000, .poll_ms = 2});
    std::atomic<bool> planned = false;
    planner.handle("campaign.deliver", [&](jobs::Context& context) -> Status {
      planned = true;
      while (!context.should_stop()) std::this_thread::yield();
      return fail(ErrorKind::kUnavailable, "Killed");
    });
    planner.handle("campaign.run", [&](jobs::Context& context) { return plan_run(with_, context); });
    planner.start();
    while (!planned) std::this_thread::yield();
  }
  ASSERT_TRUE(database_->write(
      "UPDATE chunks SET state = 'intent', attempts = 1, lease_owner = 'dead' WHERE activity_id = $1", {activity}));
  ASSERT_TRUE(campaigns_.release_leases());
  const Activity run = finished(campaign.id);
  EXPECT_EQ(run.count("SENT"), 10);
  const bool sent_again = GetParam() == Outcome::kNotSent;
  EXPECT_EQ(provider_.messages(), sent_again ? 10U : 0U);
  EXPECT_EQ(run.count("IN_DOUBT"), GetParam() == Outcome::kInDoubt ? 10 : 0);
  EXPECT_EQ(run.count("DELIVERED"), GetParam() == Outcome::kInDoubt ? 0 : 10);
}

INSTANTIATE_TEST_SUITE_P(Outcomes, AfterACrash,
                         ::testing::Values(Outcome::kInDoubt, Outcome::kNotSent, Outcome::kDelivered));

TEST_F(CampaignsTest, UsesTheTemplateVersionThatIsActiveWhenTheRunStarts) {
  add("1", "a@example.com",
      {{"User", json::object{{"UserId", "u"}, {"UserAttributes", json::object{{"Name", json::array{"Ana"}}}}}}});
  const messages::TemplateKey key{"hello"};
  ASSERT_TRUE(templates_.create(key, {{"Subject", "One {{User.UserAttributes.Name}}"}, {"TextPart", "t"}}, {}));
  json::object write = request();
  write.erase("MessageConfiguration");
  write["TemplateConfiguration"] = json::object{{"EmailTemplate", json::object{{"Name", "hello"}}}};
  finished(campaigns_.create(app_, write, {})->id);
  EXPECT_EQ(provider_.subjects(), std::set<std::string>{"One Ana"});

  write["TemplateConfiguration"] = json::object{{"EmailTemplate", json::object{{"Name", "none"}}}};
  EXPECT_EQ(campaigns_.create(app_, write, {}).error().kind, ErrorKind::kNotFound);
}

TEST_F(CampaignsTest, HoldsOutByCohort) {
  for (int i = 0; i < 500; ++i) add("e" + std::to_string(i), "a" + std::to_string(i) + "@example.com");
  json::object write = request();
  write["HoldoutPercent"] = 30;
  const Activity run = finished(campaigns_.create(app_, write, {})->id);
  EXPECT_EQ(run.count("TREATMENT_HOLDOUT") + run.count("DELIVERED"), 500);
  EXPECT_NEAR(static_cast<double>(run.count("TREATMENT_HOLDOUT")), 150, 50);
}

TEST_F(CampaignsTest, RefusesWhatItCannotRunAndNamesTheMember) {
  const auto refused = [&](std::string_view member, json::value value) {
    json::object write = request();
    if (value.is_null()) {
      write.erase(member);
    } else {
      write[member] = std::move(value);
    }
    return campaigns_.create(app_, write, {}).error();
  };
  EXPECT_EQ(refused("SegmentId", nullptr).field, "SegmentId");
  EXPECT_EQ(refused("SegmentId", "0123").kind, ErrorKind::kNotFound);
  EXPECT_EQ(refused("Schedule", nullptr).field, "Schedule");
  EXPECT_EQ(refused("Schedule", json::object{{"StartTime", "soon"}}).field, "Schedule.StartTime");
  EXPECT_EQ(refused("Schedule", json::object{{"StartTime", "IMMEDIATE"}, {"Frequency", "YEARLY"}}).field,
            "Schedule.Frequency");
  const json::object passed{{"StartTime", "IMMEDIATE"}, {"EndTime", format_iso8601(clock_.now() - 1)}};
  EXPECT_EQ(refused("Schedule", passed).field, "Schedule.EndTime");
  EXPECT_EQ(refused("AdditionalTreatments", json::array{json::object{{"SizePercent", 10}, {"Schedule", passed}}}).field,
            "AdditionalTreatments[0].Schedule.EndTime");
  EXPECT_EQ(refused("Hook", json::object{{"WebUrl", "ftp://x.example"}}).field, "Hook.WebUrl");
  EXPECT_EQ(refused("Limits", json::object{{"Daily", 101}}).field, "Limits.Daily");
  EXPECT_EQ(refused("AdditionalTreatments", json::array{json::object{{"SizePercent", 101}}}).field,
            "AdditionalTreatments[0].SizePercent");
  EXPECT_EQ(refused("MessageConfiguration", nullptr).field, "MessageConfiguration");
  EXPECT_EQ(refused("HoldoutPercent", 101).field, "HoldoutPercent");
  EXPECT_TRUE(campaigns_.list(app_, {})->items.empty());
}

TEST_F(CampaignsTest, AChangeBeforeTheRunPlansItAnewAndAChangeAfterItSendsNothing) {
  add("1", "a@example.com");
  json::object write = request();
  const Timestamp start = clock_.now() + 3600 * kMicrosPerSecond;
  write["Schedule"] = json::object{{"StartTime", format_iso8601(start)}};
  const Campaign campaign = campaigns_.create(app_, write, {}).value();
  EXPECT_EQ(campaign.status, "SCHEDULED");
  clock_.advance(1);
  const Campaign changed = campaigns_.update(app_, campaign.id, {{"Description", "d"}}).value();
  EXPECT_EQ(changed.version, 2);
  EXPECT_EQ(campaigns_.activities(app_, campaign.id, {})->items.size(), 2U);
  clock_.advance(3600 * kMicrosPerSecond);
  std::set<std::string> states;
  finished(campaign.id);
  const auto activities = campaigns_.activities(app_, campaign.id, {});
  for (const auto& activity : activities->items) states.insert(activity.state);
  EXPECT_EQ(states, (std::set<std::string>{"CANCELLED", "COMPLETED"}));
  EXPECT_EQ(provider_.handed("a@example.com"), 1);

  ASSERT_TRUE(campaigns_.update(app_, campaign.id, {{"Description", "later"}}));
  EXPECT_EQ(campaigns_.get(app_, campaign.id)->version, 3);
  EXPECT_EQ(campaigns_.get(app_, campaign.id)->status, "COMPLETED");
  EXPECT_EQ(campaigns_.activities(app_, campaign.id, {})->items.size(), 2U);
  EXPECT_EQ(json::string_or(campaigns_.get_version(app_, campaign.id, 2)->request, "Description"), "d");
  EXPECT_EQ(campaigns_.versions(app_, campaign.id, {})->items.size(), 3U);
}

TEST_F(CampaignsTest, APausedCampaignWaitsAndADeletedOneIsGone) {
  add("1", "a@example.com");
  json::object write = request();
  write["Schedule"] = json::object{{"StartTime", format_iso8601(clock_.now())}};
  write["IsPaused"] = true;
  const Campaign campaign = campaigns_.create(app_, write, {}).value();
  EXPECT_EQ(campaign.status, "PAUSED");
  EXPECT_TRUE(campaigns_.activities(app_, campaign.id, {})->items.empty());
  ASSERT_TRUE(campaigns_.update(app_, campaign.id, {{"IsPaused", false}}));
  EXPECT_EQ(finished(campaign.id).count("DELIVERED"), 1);
  EXPECT_EQ(campaigns_.remove(app_, campaign.id)->status, "DELETED");
  EXPECT_EQ(campaigns_.get(app_, campaign.id).error().kind, ErrorKind::kNotFound);
}

TEST_F(CampaignsTest, ARunWhoseSegmentIsGoneFailsAndSaysWhy) {
  add("1", "a@example.com");
  json::object write = request();
  write["Schedule"] = json::object{{"StartTime", format_iso8601(clock_.now() + kMicrosPerSecond)}};
  const Campaign campaign = campaigns_.create(app_, write, {}).value();
  ASSERT_TRUE(segments_.remove(app_, segment_));
  clock_.advance(kMicrosPerSecond);
  const Activity run = finished(campaign.id);
  EXPECT_EQ(run.result, "FAIL");
  EXPECT_NE(run.failure.find("not found"), std::string::npos) << run.failure;
  EXPECT_EQ(campaigns_.get(app_, campaign.id)->status, "DELETED");
}

TEST_F(CampaignsTest, AnExpiredCampaignNeverStartsAndIsGone) {
  add("1", "a@example.com");
  apps::Expiries expiries(*database_, queue_, clock_);
  expiries.add(apps::kExpiringCampaign, campaigns_.expiring());
  json::object write = request();
  write["Schedule"] = json::object{{"StartTime", format_iso8601(clock_.now() + 60 * kMicrosPerSecond)}};
  const Campaign campaign = campaigns_.create(app_, write, {}).value();
  const apps::Expiring expiring{apps::kExpiringCampaign, app_, campaign.id};
  ASSERT_TRUE(expiries.put(expiring, clock_.now() + 30 * kMicrosPerSecond));
  clock_.advance(30 * kMicrosPerSecond);
  ASSERT_TRUE(expiries.expire(expiring));
  EXPECT_EQ(campaigns_.get(app_, campaign.id).error().kind, ErrorKind::kNotFound);
  clock_.advance(60 * kMicrosPerSecond);
  const Campaign other = campaigns_.create(app_, request(), {}).value();
  EXPECT_EQ(finished(other.id).count("DELIVERED"), 1);
  EXPECT_EQ(provider_.messages(), 1U);  // of the other one
  const auto left = [&](const std::string& table) {
    return database_->read("SELECT 1 FROM " + table + " WHERE campaign_id = $1", {campaign.id}).value().rows.size();
  };
  EXPECT_EQ(left("activities") + left("campaign_versions"), 0U);
}

TEST_F(CampaignsTest, ACampaignThatExpiresInARunFinishesIt) {
  add("1", "a@example.com");
  apps::Expiries expiries(*database_, queue_, clock_);
  expiries.add(apps::kExpiringCampaign, campaigns_.expiring());
  const Campaign campaign = campaigns_.create(app_, request(), {}).value();
  const apps::Expiring expiring{apps::kExpiringCampaign, app_, campaign.id};
  ASSERT_TRUE(expiries.put(expiring, clock_.now() + 1));
  clock_.advance(1);
  for (const std::string state : {"INITIALIZING", "RUNNING"}) {
    ASSERT_TRUE(database_->write("UPDATE activities SET state = $1", {state}));
    EXPECT_EQ(expiries.expire(expiring).error().kind, ErrorKind::kUnavailable);
    const auto planning = [&](const std::string& segment) {
      bool plans = false;
      EXPECT_TRUE(database_->read([&](sql::Session& session) -> Status {
        plans = TRY(Campaigns::plans_from(session, app_, segment));
        return {};
      }));
      return plans;
    };
    EXPECT_EQ(planning(segment_), state == "INITIALIZING");
    EXPECT_FALSE(planning("another"));
  }
  ASSERT_TRUE(database_->write("UPDATE activities SET state = 'PENDING'"));
  EXPECT_EQ(finished(campaign.id).count("DELIVERED"), 1);
  EXPECT_TRUE(expiries.expire(expiring));
  EXPECT_EQ(campaigns_.get(app_, campaign.id).error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace rapport::campaigns
