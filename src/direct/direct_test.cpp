#include "direct/direct.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "apps/applications.h"
#include "base/text.h"
#include "testing/temporary_directory.h"

namespace rapport::direct {
namespace {

using channels::Outcome;
using channels::Receipt;

class RecordingProvider final : public channels::Channel {
 public:
  std::string_view name() const override { return "recording"; }
  std::vector<Receipt> send(std::span<const channels::Outgoing> batch) override {
    std::vector<Receipt> receipts;
    for (const auto& message : batch) {
      handed.push_back(message);
      const bool later = message.to.starts_with("later");
      const bool throttled = message.to.starts_with("busy");
      const bool doubt = message.to.starts_with("doubt") && !recovering;
      receipts.push_back({.outcome = later       ? Outcome::kTemporaryFailure
                                     : throttled ? Outcome::kThrottled
                                     : doubt     ? Outcome::kInDoubt
                                                 : Outcome::kDelivered,
                          .provider_id = {},
                          .detail = "said so",
                          .code = 0});
    }
    return receipts;
  }
  std::vector<Receipt> recover(std::span<const std::string> ids) override {
    recovering = true;
    return std::vector<Receipt>(ids.size(), {.outcome = recovered, .provider_id = {}, .detail = {}, .code = 0});
  }

  std::vector<channels::Outgoing> handed;
  Outcome recovered = Outcome::kNotSent;
  bool recovering = false;
};

class CollectedEvents final : public events::Publisher {
 public:
  Status publish(std::span<const events::Event> more) override {
    all.insert(all.end(), more.begin(), more.end());
    return {};
  }
  std::vector<std::string> types() const {
    std::vector<std::string> types;
    for (const auto& event : all) types.push_back(event.type);
    return types;
  }
  std::vector<events::Event> all;
};

class DirectTest : public ::testing::Test {
 protected:
  DirectTest() {
    for (const auto& some :
         {apps::migrations(), messages::migrations(), channels::migrations(), direct::migrations()}) {
      EXPECT_TRUE(sql::migrate(*database_, some));
    }
    EXPECT_TRUE(settings_.put("app", "sms", {{"Enabled", true}}, ""));
    EXPECT_TRUE(settings_.put("app", "email", {{"FromAddress", "news@example.com"}, {"Identity", "i"}}, ""));
  }

  void add(const std::string& id, json::object endpoint) { ASSERT_TRUE(endpoints_.update("app", id, endpoint)); }
  json::object send(const json::object& request) {
    auto answer = direct_.send("app", request, "r1");
    EXPECT_TRUE(answer) << answer.error().message;
    return answer.value_or(json::object());
  }
  static std::string status(const json::object& answer, std::string_view part, std::string_view name) {
    return std::string(json::view(answer.at(part).at(name).at("DeliveryStatus").get_string()));
  }
  static json::object sms(std::string_view body) { return {{"SMSMessage", json::object{{"Body", body}}}}; }
  static json::object to_address(std::string_view address, std::string_view channel) {
    return {{address, json::object{{"ChannelType", channel}}}};
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("test.db")).value();
  std::unique_ptr<records::Store> records_ = records::open_rocksdb(directory_.file("records")).value();
  audience::Endpoints endpoints_{*records_, clock_};
  messages::Templates templates_{*database_, clock_};
  messages::Recommenders recommenders_{*database_, clock_};
  messages::Recommendations recommendations_{
      recommenders_,
      {.items = [](std::string_view, std::string_view user, std::size_t) -> Result<std::vector<std::string>> {
        if (user == "broken") return fail(ErrorKind::kUnavailable, "The recommender is away");
        return std::vector<std::string>{"film of " + std::string(user)};
      }}};
  channels::Settings settings_{*database_, clock_};
  std::shared_ptr<RecordingProvider> provider_ = std::make_shared<RecordingProvider>();
  channels::Providers providers_{settings_, {{"email", provider_}, {"sms", provider_}, {"gcm", provider_}}};
  CollectedEvents events_;
  channels::Tracking tracking_{"", "secret"};
  Collaborators with_{.database = *database_,
                      .endpoints = endpoints_,
                      .templates = templates_,
                      .recommendations = recommendations_,
                      .channel_settings = settings_,
                      .providers = providers_,
                      .tracking = tracking_,
                      .events = events_,
                      .from_address = "no-reply@example.com",
                      .secret = "secret",
                      .clock = clock_};
  DirectMessages direct_{with_};
  OneTimePasswords passwords_{with_};
};

TEST_F(DirectTest, RecommendedItemsStandInMessages) {
  const std::string recommender =
      recommenders_
          .create({{"RecommendationProviderUri", "arn:aws:personalize:us-east-1:000000000000:campaign/films"},
                   {"RecommendationProviderRoleArn", "arn:aws:iam::000000000000:role/r"},
                   {"RecommendationProviderIdType", "PINPOINT_ENDPOINT_ID"},
                   {"RecommendationsDisplayName", "Films"}})
          ->id;
  ASSERT_TRUE(templates_.create({.name = "films", .type = messages::TemplateType::kSms},
                                {{"Body", "See {{RecommendationItems.[0]}}"}, {"RecommenderId", recommender}}, {}));
  add("e1", {{"ChannelType", "SMS"}, {"Address", "+12065550142"}});
  add("broken", {{"ChannelType", "SMS"}, {"Address", "+12065550143"}});
  const auto request = [](std::string_view endpoint) {
    return json::object{{"Endpoints", json::object{{endpoint, json::object()}}},
                        {"MessageConfiguration", json::object()},
                        {"TemplateConfiguration", json::object{{"SMSTemplate", json::object{{"Name", "films"}}}}}};
  };
  EXPECT_EQ(status(send(request("e1")), "EndpointResult", "e1"), "SUCCESSFUL");
  EXPECT_EQ(status(send(request("broken")), "EndpointResult", "broken"), "PERMANENT_FAILURE");
  ASSERT_EQ(provider_->handed.size(), 1U);
  EXPECT_EQ(std::get<messages::TextMessage>(provider_->handed[0].content).body, "See film of e1");
}

TEST_F(DirectTest, SendsToAddressesAndEndpoints) {
  add("e1", {{"ChannelType", "EMAIL"},
             {"Address", "ana@example.com"},
             {"User", json::object{{"UserId", "u"}, {"UserAttributes", json::object{{"Name", json::array{"Ana"}}}}}}});
  const json::object answer = send(
      {{"Addresses", to_address("+12065550142", "SMS")},
       {"Endpoints", json::object{{"e1", json::object{{"TitleOverride", "Mine"}}}}},
       {"Context", json::object{{"order", "7"}}},
       {"MessageConfiguration",
        json::object{
            {"SMSMessage", json::object{{"Body", "Hi {{Address}}"}, {"MessageType", "PROMOTIONAL"}}},
            {"EmailMessage",
             json::object{{"SimpleEmail",
                           json::object{{"Subject", json::object{{"Data", "s"}}},
                                        {"TextPart", json::object{{"Data", "Hi {{User.UserAttributes.Name}}"}}}}}}}}}});
  EXPECT_EQ(answer.at("ApplicationId"), "app");
  EXPECT_EQ(answer.at("RequestId"), "r1");
  const json::object& text = answer.at("Result").at("+12065550142").as_object();
  EXPECT_EQ(text.at("DeliveryStatus"), "SUCCESSFUL");
  EXPECT_EQ(text.at("StatusCode"), 200);
  EXPECT_EQ(json::string_or(text, "StatusMessage"), "MessageId: " + json::string_or(text, "MessageId"));
  EXPECT_EQ(answer.at("EndpointResult").at("e1").at("Address"), "ana@example.com");
  ASSERT_EQ(provider_->handed.size(), 2U);
  const auto& sms = std::get<messages::TextMessage>(provider_->handed[0].content);
  EXPECT_EQ(sms.body, "Hi +12065550142");
  const auto& email = std::get<messages::Email>(provider_->handed[1].content);
  EXPECT_EQ(email.from, "news@example.com");
  EXPECT_EQ(email.to, "ana@example.com");
  EXPECT_EQ(email.subject, "Mine");
  EXPECT_EQ(email.text, "Hi Ana");
  EXPECT_EQ(events_.types(),
            (std::vector<std::string>{"_SMS.BUFFERED", "_SMS.SUCCESS", "_email.send", "_email.delivered"}));
  EXPECT_EQ(events_.all[2].endpoint, "e1");
  EXPECT_EQ(events_.all[2].user, "u");
  EXPECT_TRUE(std::ranges::count(events_.all[0].attributes, std::pair<std::string, std::string>("order", "7")));
}

TEST_F(DirectTest, TellsWhatBecameOfEach) {
  add("out", {{"ChannelType", "SMS"}, {"Address", "+12065550001"}, {"OptOut", "ALL"}});
  add("off", {{"ChannelType", "SMS"}, {"Address", "+12065550002"}, {"EndpointStatus", "INACTIVE"}});
  add("push", {{"ChannelType", "GCM"}, {"Address", "token"}});
  add("twice", {{"ChannelType", "SMS"}, {"Address", "busy"}});
  const json::object configuration{{"ChannelType", "SMS"}};
  const json::object none;
  const json::object answer = send(
      {{"Addresses", json::object{{"later", configuration},
                                  {"busy", configuration},
                                  {"a@example.com", json::object{{"ChannelType", "EMAIL"}}},
                                  {"token2", json::object{{"ChannelType", "PUSH"}}}}},
       {"Endpoints", json::object{{"out", none}, {"off", none}, {"push", none}, {"twice", none}, {"nobody", none}}},
       {"MessageConfiguration", sms("hello")}});
  EXPECT_EQ(status(answer, "Result", "later"), "TEMPORARY_FAILURE");
  EXPECT_EQ(status(answer, "Result", "busy"), "THROTTLED");
  EXPECT_EQ(status(answer, "Result", "a@example.com"), "PERMANENT_FAILURE");
  EXPECT_EQ(status(answer, "Result", "token2"), "PERMANENT_FAILURE");
  EXPECT_EQ(status(answer, "EndpointResult", "out"), "OPT_OUT");
  EXPECT_EQ(status(answer, "EndpointResult", "off"), "PERMANENT_FAILURE");
  EXPECT_EQ(status(answer, "EndpointResult", "twice"), "DUPLICATE");
  EXPECT_EQ(status(answer, "EndpointResult", "nobody"), "PERMANENT_FAILURE");
  const json::object& push = answer.at("EndpointResult").at("push").as_object();
  EXPECT_EQ(push.at("StatusMessage"), "The GCM channel is not set up; set it up with UpdateGcmChannel");
}

TEST_F(DirectTest, RefusesARequestThatCannotBeMeant) {
  EXPECT_EQ(direct_.send("app", {{"MessageConfiguration", sms("x")}}, "r").error().field, "Addresses");
  EXPECT_EQ(direct_.send_to_users("app", {{"MessageConfiguration", sms("x")}}, "r").error().field, "Users");
  const json::object no_type{{"Addresses", json::object{{"a", json::object()}}}, {"MessageConfiguration", sms("x")}};
  EXPECT_EQ(direct_.send("app", no_type, "r").error().field, "Addresses.a.ChannelType");
  const json::object bad{{"Addresses", to_address("+1", "SMS")}, {"MessageConfiguration", sms("{{#if}}")}};
  EXPECT_EQ(direct_.send("app", bad, "r").error().kind, ErrorKind::kInvalid);
  json::object many;
  for (int i = 0; i <= 100; ++i) many[std::to_string(i)] = json::object{{"ChannelType", "SMS"}};
  EXPECT_EQ(direct_.send("app", {{"Addresses", many}, {"MessageConfiguration", sms("x")}}, "r").error().field,
            "Addresses");
  EXPECT_TRUE(provider_->handed.empty());
}

TEST_F(DirectTest, SendsToEveryActiveEndpointOfAUser) {
  const json::object user{{"UserId", "u"}};
  add("e1", {{"ChannelType", "SMS"}, {"Address", "+12065550001"}, {"User", user}});
  add("e2", {{"ChannelType", "SMS"}, {"Address", "+12065550002"}, {"User", user}});
  add("e3", {{"ChannelType", "SMS"}, {"Address", "+12065550003"}, {"User", user}, {"EndpointStatus", "INACTIVE"}});
  const json::object none;
  const auto answer = direct_.send_to_users(
      "app", {{"Users", json::object{{"u", none}, {"nobody", none}}}, {"MessageConfiguration", sms("hello")}}, "r");
  ASSERT_TRUE(answer);
  const json::object& result = answer->at("Result").as_object();
  EXPECT_EQ(result.at("u").as_object().size(), 2U);
  EXPECT_EQ(result.at("u").at("e2").at("DeliveryStatus"), "SUCCESSFUL");
  EXPECT_EQ(result.at("u").at("e2").at("Address"), "+12065550002");
  EXPECT_TRUE(result.at("nobody").as_object().empty());
}

TEST_F(DirectTest, ARepeatWithItsTraceIdSendsNothing) {
  json::object request{{"Addresses", to_address("+12065550142", "SMS")}, {"MessageConfiguration", sms("hello")}};
  request["TraceId"] = "t1";
  const json::object first = send(request);
  EXPECT_EQ(send(request), first);
  EXPECT_EQ(provider_->handed.size(), 1U);
  request["MessageConfiguration"] = sms("other");
  send(request);
  EXPECT_EQ(provider_->handed.size(), 2U);
  clock_.advance(kMicrosPerDay + 1);
  send(request);
  EXPECT_EQ(provider_->handed.size(), 3U);
  EXPECT_EQ(provider_->handed[1].id, provider_->handed[2].id);
  request.erase("TraceId");
  send(request);
  send(request);
  EXPECT_EQ(provider_->handed.size(), 5U);
}

TEST_F(DirectTest, SendsWhatWasInDoubtAgainWhenTheProviderCertainlyLacksIt) {
  const json::object request{{"Addresses", to_address("doubt", "SMS")}, {"MessageConfiguration", sms("hello")}};
  provider_->recovered = Outcome::kInDoubt;
  EXPECT_EQ(status(send(request), "Result", "doubt"), "UNKNOWN_FAILURE");
  provider_->recovering = false;
  provider_->recovered = Outcome::kNotSent;
  EXPECT_EQ(status(send(request), "Result", "doubt"), "SUCCESSFUL");
  ASSERT_EQ(provider_->handed.size(), 3U);
  EXPECT_EQ(provider_->handed[1].id, provider_->handed[2].id);
}

class PasswordTest : public DirectTest {
 protected:
  json::object request() const {
    return {{"BrandName", "ExampleCorp"},
            {"Channel", "SMS"},
            {"DestinationIdentity", "+12065550007"},
            {"OriginationIdentity", "+18555550142"},
            {"ReferenceId", "ref"}};
  }
  std::string code() {
    const std::string body = std::get<messages::TextMessage>(provider_->handed.back().content).body;
    constexpr std::string_view kBefore = "This is your One Time Password: ";
    EXPECT_TRUE(body.starts_with(kBefore) && body.ends_with(" from ExampleCorp")) << body;
    return body.substr(kBefore.size(), body.find(" from") - kBefore.size());
  }
  bool verify(const std::string& code, const std::string& reference = "ref") {
    return passwords_
        .verify("app", {{"DestinationIdentity", "+12065550007"}, {"Otp", code}, {"ReferenceId", reference}})
        .value();
  }
};

TEST_F(PasswordTest, AreGoodOnce) {
  const json::object answer = passwords_.send("app", request(), "r").value();
  EXPECT_EQ(status(answer, "Result", "+12065550007"), "SUCCESSFUL");
  const std::string sent = code();
  EXPECT_EQ(sent.size(), 6U);
  EXPECT_FALSE(verify(sent, "other"));
  EXPECT_TRUE(verify(sent));
  EXPECT_FALSE(verify(sent));
  const auto rows = database_->read("SELECT digest FROM one_time_passwords").value().rows;
  EXPECT_TRUE(rows.empty());
}

TEST_F(PasswordTest, ExpireAndAllowFewTries) {
  json::object few = request();
  few["AllowedAttempts"] = 2;
  few["ValidityPeriod"] = 5;
  few["CodeLength"] = 8;
  ASSERT_TRUE(passwords_.send("app", few, "r"));
  EXPECT_EQ(code().size(), 8U);
  EXPECT_FALSE(verify("wrong"));
  EXPECT_FALSE(verify("wrong"));
  EXPECT_FALSE(verify(code()));
  ASSERT_TRUE(passwords_.send("app", few, "r"));
  clock_.advance(5 * 60 * kMicrosPerSecond - 1);
  const std::string old = code();
  ASSERT_TRUE(passwords_.send("app", few, "r"));
  EXPECT_EQ(verify(old), old == code());  // replaced
  clock_.advance(5 * 60 * kMicrosPerSecond - 1);
  EXPECT_TRUE(verify(code()));
  ASSERT_TRUE(passwords_.send("app", few, "r"));
  clock_.advance(5 * 60 * kMicrosPerSecond);
  EXPECT_FALSE(verify(code()));
}

TEST_F(PasswordTest, RefuseWhatIsOutOfBounds) {
  const json::array cases{json::object{{"Channel", "EMAIL"}},
                          json::object{{"CodeLength", 4}},
                          json::object{{"CodeLength", 9}},
                          json::object{{"ValidityPeriod", 61}},
                          json::object{{"AllowedAttempts", 6}},
                          json::object{{"Language", "tlh"}},
                          json::object{{"BrandName", std::string(21, 'x')}},
                          json::object{{"ReferenceId", ""}},
                          json::object{{"DestinationIdentity", "2065550142"}}};
  for (const json::value& each : cases) {
    const auto& only = *each.get_object().begin();
    const std::string member(only.key());
    json::object bad = request();
    bad[member] = only.value();
    EXPECT_EQ(passwords_.send("app", bad, "r").error().field, member);
  }
  EXPECT_TRUE(provider_->handed.empty());
}

}  // namespace
}  // namespace rapport::direct
