#include "campaigns/hooks.h"

#include <gtest/gtest.h>

#include "campaigns/fixture_test.h"

namespace rapport::campaigns {
namespace {

class HooksTest : public CampaignsTest {
 protected:
  Campaign hooked(json::object more) {
    json::object write = request();
    write["MessageConfiguration"] =
        json::object{{"EmailMessage", json::object{{"Title", "For {{Attributes.Name}}"}, {"Body", "b"}}},
                     {"CustomMessage", json::object{{"Data", "told"}}}};
    for (const auto& member : more) write[member.key()] = member.value();
    return campaigns_.create(app_, write, {}).value();
  }
};

const json::object kFilter = {{"Hook", json::object{{"LambdaFunctionName", "choose"}, {"Mode", "FILTER"}}}};

TEST_F(HooksTest, AFilterDropsEndpointsAndChangesAttributesForThisSend) {
  add("a/b", "one@example.com", {{"Attributes", json::object{{"Name", json::array{"Ana"}}}}});
  add("2", "two@example.com");
  hook_ = [](const std::string& target, const json::object& payload) -> Result<json::object> {
    EXPECT_EQ(target, "choose");
    EXPECT_EQ(payload.at("Endpoints").as_object().size(), 2U);
    json::object definition = payload.at("Endpoints").at("a/b").as_object();
    definition["Attributes"].as_object()["Name"] = json::array{"Bea"};
    definition["Address"] = "elsewhere@example.com";
    return json::object{{"a/b", std::move(definition)}};
  };
  const Activity run = finished(hooked(kFilter).id);
  EXPECT_EQ(run.count("FILTERED_OUT_BY_HOOK"), 1);
  EXPECT_EQ(provider_.handed("one@example.com"), 1);
  EXPECT_EQ(provider_.messages(), 1U);
  EXPECT_EQ(provider_.subjects(), std::set<std::string>{"For Bea"});
  EXPECT_EQ(json::serialize(endpoints_.get(app_, "a/b")->document().at("Attributes")), R"({"Name":["Ana"]})");
}

TEST_F(HooksTest, ACallThatFailsTakesOnlyItsFiftyEndpointsAlong) {
  for (int i = 0; i < 120; ++i) add("e" + std::to_string(i), "e" + std::to_string(i) + "@example.com");
  std::atomic<int> calls = 0;
  hook_ = [&](const std::string&, const json::object& payload) -> Result<json::object> {
    const json::object& endpoints = payload.at("Endpoints").as_object();
    EXPECT_LE(endpoints.size(), 50U);
    if (++calls == 2) return fail(ErrorKind::kUnavailable, "The hook answered with status 500");
    return endpoints;
  };
  const Activity run = finished(hooked(kFilter).id);
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(run.count("HOOK_FAILURE"), 50);
  EXPECT_EQ(run.count("DELIVERED"), 70);
  EXPECT_EQ(run.result, "SUCCESS");
}

TEST_F(HooksTest, ACustomChannelTakesThePlaceOfItsTypes) {
  add("1", "mail@example.com");
  add("2", "+491701234567", {{"ChannelType", "SMS"}});
  add("3", "x", {{"ChannelType", "CUSTOM"}});
  json::object told;
  std::mutex mutex;
  hook_ = [&](const std::string& target, const json::object& payload) -> Result<json::object> {
    const std::scoped_lock lock(mutex);
    EXPECT_EQ(target, "https://example.com/send");
    told = payload;
    return json::object();
  };
  const json::object delivery = {{"DeliveryUri", "https://example.com/send"},
                                 {"EndpointTypes", json::array{"SMS", "CUSTOM"}}};
  const Campaign campaign = hooked({{"CustomDeliveryConfiguration", delivery}});
  const Activity run = finished(campaign.id);
  EXPECT_EQ(run.count("DELIVERED"), 3);
  EXPECT_EQ(provider_.messages(), 1U);
  EXPECT_EQ(told.at("Data").as_string(), "told");
  EXPECT_EQ(told.at("CampaignId").as_string(), campaign.id);
  EXPECT_EQ(told.at("Endpoints").as_object().size(), 2U);
  EXPECT_TRUE(told.at("Endpoints").at("2").at("Attributes").as_object().contains("CohortId"));
  int custom = 0;
  for (const auto& event : published_.of_type("_campaign.send")) {
    for (const auto& [name, value] : event.attributes) custom += name == "delivery_type" && value == "CUSTOM" ? 1 : 0;
  }
  EXPECT_EQ(custom, 2);
}

TEST_F(HooksTest, ACustomDeliveryThatFailsIsADeadLetter) {
  add("3", "x", {{"ChannelType", "CUSTOM"}});
  hook_ = [](const std::string&, const json::object&) -> Result<json::object> {
    return fail(ErrorKind::kUnavailable, "no answer");
  };
  const Campaign campaign = hooked(
      {{"CustomDeliveryConfiguration", json::object{{"DeliveryUri", "f"}, {"EndpointTypes", json::array{"CUSTOM"}}}}});
  EXPECT_EQ(finished(campaign.id).count("PERMANENT_FAILURE"), 1);
  EXPECT_EQ(campaigns_.dead_letters(app_, campaign.id, {})->items.front().detail, "no answer");
}

}  // namespace
}  // namespace rapport::campaigns
