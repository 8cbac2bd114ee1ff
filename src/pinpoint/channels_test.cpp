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
}

// A channel as the API knows it, what it is set up with, and what is secret of that.
struct Sample {
  std::string operation;
  std::string shape;
  std::string name;
  std::string request;
  std::vector<std::string> secrets;
};

const std::vector<Sample>& samples() {
  static const std::string kApns =
      R"({"BundleId":"b","TeamId":"t","TokenKey":"hush-key","TokenKeyId":"k","Enabled":true})";
  static const std::vector<Sample> kSamples = {
      {"Adm", "ADM", "adm", R"({"ClientId":"hush-id","ClientSecret":"hush-secret","Enabled":true})", {"hush"}},
      {"Apns", "APNS", "apns", kApns, {"hush"}},
      {"ApnsSandbox", "APNSSandbox", "apns_sandbox", kApns, {"hush"}},
      {"ApnsVoip", "APNSVoip", "apns_voip", kApns, {"hush"}},
      {"ApnsVoipSandbox", "APNSVoipSandbox", "apns_voip_sandbox", kApns, {"hush"}},
      {"Baidu", "Baidu", "baidu", R"({"ApiKey":"key","SecretKey":"hush-key","Enabled":true})", {"hush"}},
      {"Gcm", "GCM", "gcm", R"({"ServiceJson":"{\"private_key\":\"hush\"}","ApiKey":"hush","Enabled":true})", {"hush"}},
      {"Sms", "SMS", "sms", R"({"SenderId":"FILMS","ShortCode":"12345","Enabled":true})", {}},
      {"Voice", "Voice", "voice", R"({"Enabled":true})", {}},
  };
  return kSamples;
}

TEST_F(ChannelsTest, SetUpReadAndRemoveEveryOther) {
  const std::string app = create_app();
  for (const Sample& sample : samples()) {
    SCOPED_TRACE(sample.name);
    const std::string target = "/v1/apps/" + app + "/channels/" + sample.name;
    const std::string payload = sample.shape + "ChannelResponse";
    const std::string get = "Get" + sample.operation + "Channel";
    const std::string remove = "Delete" + sample.operation + "Channel";
    expect_error({get, "GET", target, ""}, 404, "Channel not found");
    body({"Update" + sample.operation + "Channel", "PUT", target, payload, sample.request});
    const json::object channel = body({get, "GET", target, payload});
    EXPECT_EQ(json::string_or(channel, "Id"), sample.name);
    EXPECT_EQ(channel.at("Enabled"), true);
    EXPECT_EQ(channel.at("HasCredential"), true);
    EXPECT_EQ(channel.at("Version"), 1);
    const auto rows = database_->read("SELECT document, secrets FROM channel_settings").value().rows;
    for (const std::string& secret : sample.secrets) {
      EXPECT_EQ(json::serialize(channel).find(secret), std::string::npos);
      for (const auto& row : rows) EXPECT_EQ((row.text(0) + row.text(1)).find(secret), std::string::npos);
    }
    EXPECT_EQ(body({remove, "DELETE", target, payload}).at("Version"), 1);
    expect_error({remove, "DELETE", target, ""}, 404, "Channel not found");
  }
}

TEST_F(ChannelsTest, TellOfCredentialsAndKeepThem) {
  const std::string app = create_app();
  const std::string target = "/v1/apps/" + app + "/channels/apns";
  const auto apns = [&](const std::string& request) {
    return body({"UpdateApnsChannel", "PUT", target, "APNSChannelResponse", request});
  };
  json::object channel = apns(R"({"Enabled":false})");
  EXPECT_EQ(channel.at("HasCredential"), false);
  channel = apns(R"({"BundleId":"b","TeamId":"t","TokenKey":"k","TokenKeyId":"i"})");
  EXPECT_EQ(channel.at("HasTokenKey"), true);
  EXPECT_EQ(channel.at("DefaultAuthenticationMethod"), "TOKEN");
  channel = apns(R"({"Enabled":false})");
  EXPECT_EQ(channel.at("HasTokenKey"), true);
  EXPECT_EQ(channel_settings_.credentials(app, "apns").value(), (json::object{{"TokenKey", "k"}}));
  channel = apns(R"({"Certificate":"c","PrivateKey":"p","DefaultAuthenticationMethod":"certificate"})");
  EXPECT_EQ(channel.at("DefaultAuthenticationMethod"), "CERTIFICATE");
  const json::object all =
      body({"GetChannels", "GET", "/v1/apps/" + app + "/channels", "ChannelsResponse"}).at("Channels").as_object();
  EXPECT_EQ(all.at("APNS").at("HasCredential"), true);
  EXPECT_EQ(all.at("APNS").at("Enabled"), true);
}

TEST_F(ChannelsTest, RefuseHalfACredential) {
  const std::string target = "/v1/apps/" + create_app() + "/channels/";
  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {"apns", R"({"TokenKey":"k","TeamId":"t","BundleId":"b"})", "TokenKeyId"},
      {"apns_voip", R"({"Certificate":"c"})", "PrivateKey"},
      {"gcm", R"({"ServiceJson":"none"})", "ServiceJson"},
      {"gcm", R"({"DefaultAuthenticationMethod":"hope"})", "DefaultAuthenticationMethod"},
      {"sms", R"({"SenderId":"much too long"})", "SenderId"},
      {"sms", R"({"ShortCode":"abc"})", "ShortCode"},
      {"adm", R"({"ClientId":"only"})", "ClientSecret"},
      {"baidu", R"({"SecretKey":"only"})", "ApiKey"}};
  for (const auto& [name, request, member] : cases) {
    const auto response = send({"", "PUT", target + name, "", request});
    EXPECT_EQ(response.status, 400) << name << request;
    EXPECT_NE(response.body.find(member), std::string::npos) << response.body;
  }
}

TEST_F(ChannelsTest, GoWithTheApplication) {
  const std::string app = create_app();
  put("/v1/apps/" + app + "/channels/email");
  body({"DeleteApp", "DELETE", "/v1/apps/" + app, "ApplicationResponse"});
  EXPECT_TRUE(channel_settings_.list(app)->empty());
}

}  // namespace
}  // namespace rapport::pinpoint
