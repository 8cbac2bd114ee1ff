#include <gtest/gtest.h>

#include "pinpoint/fixture_test.h"

namespace rapport::pinpoint {
namespace {

class ChannelsTest : public ServiceTest {
 protected:
  static constexpr std::string_view kRequest =
      R"({"FromAddress":"News <news@x.example>","Identity":"arn:aws:ses:us-east-1:1:identity/x.example",)"
      R"("RoleArn":"arn:aws:iam::1:role/r","Enabled":true})";
  json::object put(const std::string& target) {
    return body({"UpdateEmailChannel", "PUT", target, "EmailChannelResponse", std::string(kRequest)});
  }
};

TEST_F(ChannelsTest, SetUpReadAndRemoveEmail) {
  const std::string app = create_app();
  const std::string target = "/v1/apps/" + app + "/channels/email";
  expect_error({"GetEmailChannel", "GET", target, ""}, 404, "Channel not found");
  EXPECT_EQ(put(target).at("Version"), 1);
  EXPECT_EQ(put(target).at("Version"), 2);
  const auto channel = body({"GetEmailChannel", "GET", target, "EmailChannelResponse"});
  EXPECT_EQ(channel.at("ApplicationId").as_string(), app);
  EXPECT_EQ(channel.at("Platform"), "EMAIL");
  EXPECT_EQ(channel.at("Id"), "email");
  EXPECT_EQ(channel.at("FromAddress"), "News <news@x.example>");
  EXPECT_EQ(channel.at("RoleArn"), "arn:aws:iam::1:role/r");
  EXPECT_EQ(channel.at("Enabled"), true);
  EXPECT_EQ(body({"DeleteEmailChannel", "DELETE", target, "EmailChannelResponse"}).at("Version"), 2);
  expect_error({"DeleteEmailChannel", "DELETE", target, ""}, 404, "Channel not found");
}

TEST_F(ChannelsTest, ListWhatIsSetUp) {
  const std::string app = create_app();
  const std::string target = "/v1/apps/" + app + "/channels";
  const json::object in_app{{"Enabled", true}, {"IsArchived", false}, {"Version", 0}};
  EXPECT_EQ(body({"GetChannels", "GET", target, "ChannelsResponse"}),
            (json::object{{"Channels", {{"IN_APP", in_app}}}}));
  put(target + "/email");
  const auto channels = body({"GetChannels", "GET", target, "ChannelsResponse"}).at("Channels").as_object();
  EXPECT_EQ(channels.size(), 2U);
  EXPECT_EQ(channels.at("EMAIL").at("Version"), 1);
}

TEST_F(ChannelsTest, TellWhatIsWrong) {
  const std::string target = "/v1/apps/" + create_app() + "/channels/";
  const auto response =
      send({"UpdateEmailChannel", "PUT", target + "email", "", R"({"FromAddress":"nobody","Identity":"arn:x"})"});
  EXPECT_EQ(response.status, 400);
  EXPECT_TRUE(response.body.contains("FromAddress")) << response.body;
  EXPECT_EQ(send({"UpdateEmailChannel", "PUT", target + "email", "", R"({"FromAddress":"a@x.example"})"}).status, 400);
  expect_error({"GetChannels", "GET", "/v1/apps/none/channels", ""}, 404, "Application not found");
  expect_error({"GetEmailChannel", "GET", "/v1/apps/none/channels/email", ""}, 404, "Application not found");
  for (const char* name :
       {"adm", "apns", "apns_sandbox", "apns_voip", "apns_voip_sandbox", "baidu", "gcm", "sms", "voice"}) {
    expect_error({"", "GET", target + name, ""}, 404, "Channel not found");
    expect_error({"", "DELETE", target + name, ""}, 404, "Channel not found");
  }
  EXPECT_EQ(send({"UpdateSmsChannel", "PUT", target + "sms", "", R"({"Enabled":true})"}).status, 501);
}

TEST_F(ChannelsTest, GoWithTheApplication) {
  const std::string app = create_app();
  put("/v1/apps/" + app + "/channels/email");
  body({"DeleteApp", "DELETE", "/v1/apps/" + app, "ApplicationResponse"});
  EXPECT_TRUE(channel_settings_.list(app)->empty());
}

}  // namespace
}  // namespace rapport::pinpoint
