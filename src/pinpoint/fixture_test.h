#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "apps/applications.h"
#include "audience/audience.h"
#include "base/metrics.h"
#include "campaigns/campaigns.h"
#include "channels/providers.h"
#include "channels/settings.h"
#include "direct/direct.h"
#include "event_store/naive_store_test.h"
#include "event_stream/streams.h"
#include "events/log.h"
#include "json/json.h"
#include "messages/recommenders.h"
#include "messages/recommendations.h"
#include "messages/templates.h"
#include "pinpoint/service.h"
#include "testing/temporary_directory.h"
#include "transfers/transfers.h"

namespace rapport::pinpoint {

// The service over real engines; requests go in and come out as on the wire.
class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest()
      : database_(sql::open_sqlite(directory_.file("rapport.db")).value()),
        store_(records::open_rocksdb(directory_.file("records"), audience::patch_rules()).value()),
        objects_(objects::open_directory(directory_.file("objects"), clock_).value()),
        queue_(*database_, clock_),
        applications_(*database_, clock_),
        audience_({*database_, *store_, applications_, clock_}),
        transfers_({*database_, *objects_, queue_, applications_, audience_, {}}),
        templates_(*database_, clock_),
        recommenders_(*database_, clock_),
        channel_settings_(*database_, clock_, &box_) {
    EXPECT_TRUE(audience_.open(1));
    EXPECT_TRUE(sql::migrate(*database_, apps::migrations()));
    EXPECT_TRUE(sql::migrate(*database_, jobs::migrations()));
    EXPECT_TRUE(sql::migrate(*database_, audience::migrations()));
    EXPECT_TRUE(sql::migrate(*database_, messages::migrations()));
    EXPECT_TRUE(sql::migrate(*database_, channels::migrations()));
    EXPECT_TRUE(sql::migrate(*database_, campaigns::migrations()));
    EXPECT_TRUE(sql::migrate(*database_, event_stream::migrations()));
    EXPECT_TRUE(sql::migrate(*database_, direct::migrations()));
    applications_.on_delete(channels::Settings::erase);
    EXPECT_TRUE(objects_->create_bucket("bucket"));
    applications_.on_delete(campaigns::Campaigns::erase_application);
    implement(contract_,
              {*database_, applications_, audience_, transfers_, templates_, recommenders_, channel_settings_,
               campaigns_, event_streams_, *log_, event_store_, direct_messages_, one_time_passwords_, clock_});
  }

  // What an operation is asked, and the output member its body is.
  struct Ask {
    std::string_view operation;
    std::string method;
    std::string target;
    std::string_view payload;
    std::string body = {};
  };

  http::Response send(const Ask& ask) {
    http::Request request;
    request.head.method = ask.method;
    request.head.target = ask.target;
    request.body = http::Body(ask.body);
    contract::Caller caller;
    caller.account = "111122223333";
    return contract_.dispatch(request, caller, "request-1");
  }

  // The body of a successful answer, which keeps to the contract.
  json::object body(const Ask& ask, int status = 200) {
    const auto response = send(ask);
    EXPECT_EQ(response.status, status) << ask.operation << ": " << response.body;
    const auto parsed = json::parse(response.body);
    if (!parsed || !parsed->is_object()) return {};
    const json::object output{{ask.payload, *parsed}};
    for (const auto& violation : contract::violations("pinpoint", ask.operation, output)) ADD_FAILURE() << violation;
    return parsed->get_object();
  }

  void expect_error(const Ask& ask, int status, std::string_view message) {
    const auto response = send(ask);
    EXPECT_EQ(response.status, status) << ask.operation;
    EXPECT_EQ(json::string_or(json::parse(response.body).value().as_object(), "Message"), message);
  }

  std::string create_app() {
    return std::string(
        body({"CreateApp", "POST", "/v1/apps", "ApplicationResponse", R"({"Name":"films","tags":{"team":"a"}})"}, 201)
            .at("Id")
            .as_string());
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<records::Store> store_;
  std::unique_ptr<objects::Store> objects_;
  jobs::Queue queue_;
  apps::Applications applications_;
  audience::Audience audience_;
  transfers::Transfers transfers_;
  messages::Templates templates_;
  messages::Recommenders recommenders_;
  messages::Recommendations recommendations_{recommenders_, {}};
  access::SecretBox box_ = access::SecretBox::open(directory_.file("secret.key")).value();
  channels::Settings channel_settings_;
  std::shared_ptr<channels::Channel> provider_ = channels::make_null_channel();
  channels::Providers providers_{channel_settings_, {{"email", provider_}, {"sms", provider_}}};
  Metrics metrics_;
  std::unique_ptr<events::Log> log_ = *events::open_log(directory_.file("log"), {}, metrics_);
  event_stream::Streams event_streams_{
      {*database_, *log_, "node", {*objects_, clock_, "000000000000", directory_.path().string()}, {}}};
  campaigns::Campaigns campaigns_{{.database = *database_,
                                   .queue = queue_,
                                   .applications = applications_,
                                   .records = *store_,
                                   .events = *log_,
                                   .endpoints = audience_.endpoints(),
                                   .segments = audience_.segments(),
                                   .templates = templates_,
                                   .recommendations = recommendations_,
                                   .channel_settings = channel_settings_,
                                   .providers = providers_,
                                   .hook = {},
                                   .from_address = "no-reply@example.com",
                                   .clock = clock_}};
  event_store::NaiveStore event_store_;
  channels::Tracking tracking_{"", "secret"};
  direct::Collaborators direct_{.database = *database_,
                                .endpoints = audience_.endpoints(),
                                .templates = templates_,
                                .recommendations = recommendations_,
                                .channel_settings = channel_settings_,
                                .providers = providers_,
                                .tracking = tracking_,
                                .events = *log_,
                                .from_address = "no-reply@example.com",
                                .secret = "secret",
                                .clock = clock_};
  direct::DirectMessages direct_messages_{direct_};
  direct::OneTimePasswords one_time_passwords_{direct_};
  contract::Contract contract_;
};

}  // namespace rapport::pinpoint
