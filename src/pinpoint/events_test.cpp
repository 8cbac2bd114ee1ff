// PutEvents and the KPIs made of events.

#include <gmock/gmock.h>

#include "pinpoint/fixture_test.h"

namespace rapport::pinpoint {
namespace {

class EventsTest : public ServiceTest {
 protected:
  EventsTest() { app_ = applications_.create("app", {}).value().id; }

  json::object put(const std::string& batch_item) {
    return body({"PutEvents", "POST", "/v1/apps/" + app_ + "/events", "EventsResponse",
                 R"({"BatchItem":)" + batch_item + "}"},
                202)
        .at("Results")
        .as_object();
  }
  int refused(const std::string& body) {
    return static_cast<int>(send({"PutEvents", "POST", "/v1/apps/" + app_ + "/events", "EventsResponse", body}).status);
  }
  std::vector<events::Event> published() {
    std::vector<events::Event> events;
    for (auto& entry : log_->read(0, 1'000).value_or(std::vector<events::Entry>())) {
      events.push_back(std::move(entry.event));
    }
    return events;
  }
  // The message of the one event `members` makes.
  std::string message_of(const std::string& members) {
    const json::object results = put(R"({"e":{"Endpoint":{},"Events":{"x":{)" + members + "}}}}");
    const json::object& item = results.at("e").at("EventsItemResponse").at("x").as_object();
    EXPECT_EQ(item.at("StatusCode").as_int64(), item.at("Message") == "Accepted" ? 202 : 400);
    return std::string(json::view(item.at("Message").as_string()));
  }
  std::string app_;

  json::object endpoint(const std::string& id) { return audience_.endpoints().get(app_, id).value().document(); }
};

constexpr std::string_view kGoal = R"("EventType":"goal","Timestamp":"2023-11-14T22:00:00.500Z")";

TEST_F(EventsTest, EventsAreAcceptedWithEverythingTheySay) {
  const auto results = put(R"({"e1":{"Endpoint":{"Address":"a@x.org","ChannelType":"EMAIL","User":{"UserId":"u1"}},
      "Events":{"x1":{"EventType":"goal","Timestamp":"2023-11-14T22:00:00.500Z",
        "Attributes":{"team":"home","note":""},"Metrics":{"minute":12.5},"AppTitle":"Fan","SdkName":"js",
        "Session":{"Id":"s1","StartTimestamp":"2023-11-14T21:59:00Z","Duration":60000}}}},
    "e2":{"Endpoint":{},"Events":{"x2":{"EventType":"_session.start","Timestamp":"1700000000123"}}}})");
  EXPECT_EQ(results.at("e1").at("EndpointItemResponse").at("Message"), "Accepted");
  EXPECT_EQ(results.at("e1").at("EventsItemResponse").at("x1").at("StatusCode"), 202);
  EXPECT_EQ(results.at("e2").at("EventsItemResponse").at("x2").at("Message"), "Accepted");
  const auto events = published();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].app, app_);
  EXPECT_EQ(events[0].endpoint, "e1");
  EXPECT_EQ(events[0].user, "u1");
  EXPECT_EQ(events[0].id, "x1");
  EXPECT_EQ(format_iso8601(events[0].time), "2023-11-14T22:00:00.500Z");
  EXPECT_EQ(events[0].arrival, clock_.now());
  EXPECT_THAT(events[0].attributes, testing::ElementsAre(testing::Pair("team", "home"), testing::Pair("note", "")));
  EXPECT_THAT(events[0].metrics, testing::ElementsAre(testing::Pair("minute", 12.5)));
  EXPECT_EQ(events[0].session_id, "s1");
  EXPECT_EQ(*events[0].session_stop - *events[0].session_start, 60 * kMicrosPerSecond);
  EXPECT_EQ(events[0].context, R"({"application":{"title":"Fan","sdk":{"name":"js"}}})");
  EXPECT_EQ(events[1].time.micros, 1'700'000'000'123'000);
  EXPECT_EQ(endpoint("e1").at("Address"), "a@x.org");
  EXPECT_FALSE(audience_.endpoints().get(app_, "e2"));
}

TEST_F(EventsTest, ARetryIsAcceptedAndChangesNothing) {
  const std::string batch = R"({"e":{"Endpoint":{},"Events":{"x":{)" + std::string(kGoal) + "}}}}";
  put(batch);
  EXPECT_EQ(put(batch).at("e").at("EventsItemResponse").at("x").at("Message"), "Accepted");
  EXPECT_EQ(published().size(), 1U);
}

TEST_F(EventsTest, ABadEventIsRefusedByItselfAndNamesItsMember) {
  const std::string goal(kGoal);
  const std::string keys = [] {
    std::string text;
    for (int i = 0; i < 41; ++i) text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":\"v\"";
    return text;
  }();
  EXPECT_THAT(message_of(R"("EventType":"goal")"), testing::StartsWith("Timestamp: Missing"));
  EXPECT_THAT(message_of(R"("EventType":"goal","Timestamp":"yesterday")"), testing::StartsWith("Timestamp: Must be"));
  EXPECT_THAT(message_of(R"("Timestamp":"2023-11-14")"), testing::StartsWith("EventType: "));
  EXPECT_THAT(message_of(R"("EventType":"","Timestamp":"2023-11-14")"), testing::StartsWith("EventType: "));
  EXPECT_THAT(message_of(goal + R"(,"Attributes":{")" + std::string(51, 'k') + R"(":"v"})"),
              testing::StartsWith("Attributes: "));
  EXPECT_THAT(message_of(goal + R"(,"Attributes":{"k":")" + std::string(201, 'v') + R"("})"),
              testing::StartsWith("Attributes.k: "));
  EXPECT_THAT(message_of(goal + R"(,"Attributes":{)" + keys + "}"), testing::StartsWith("Attributes: At most 40"));
  EXPECT_THAT(message_of(goal + R"(,"Metrics":{"":1})"), testing::StartsWith("Metrics: "));
  EXPECT_THAT(message_of(goal + R"(,"Session":{"StartTimestamp":"2023-11-14"})"), testing::StartsWith("Session.Id: "));
  EXPECT_THAT(message_of(goal + R"(,"Session":{"Id":"s"})"), testing::StartsWith("Session.StartTimestamp: "));
  EXPECT_THAT(message_of(goal + R"(,"Session":{"Id":"s","StartTimestamp":"2023-11-14","StopTimestamp":"x"})"),
              testing::StartsWith("Session.StopTimestamp: "));
  EXPECT_TRUE(published().empty());
  EXPECT_EQ(message_of(goal + R"(,"Attributes":{"k":")" + std::string(200, 'v') + R"("})"), "Accepted");
  std::string letters;
  for (int i = 0; i < 200; ++i) letters += "ü";
  EXPECT_EQ(message_of(R"("EventType":"other","Timestamp":"2023-11-14","Attributes":{"k":")" + letters + R"("})"),
            "Accepted");
  EXPECT_EQ(published().size(), 2U);
}

TEST_F(EventsTest, ABadEndpointIsRefusedAndItsEventsStillHappened) {
  const std::string events = R"("Events":{"x":{)" + std::string(kGoal) + "}}";
  const auto results = put(R"({"e":{"Endpoint":{"ChannelType":"EMAIL","EffectiveDate":"never"},)" + events +
                           R"(},"f":{"Endpoint":{"Address":"f@x.org","ChannelType":"EMAIL"},)" + events + "}}");
  const auto& refused_item = results.at("e").at("EndpointItemResponse").as_object();
  EXPECT_EQ(refused_item.at("StatusCode"), 400);
  EXPECT_THAT(std::string(json::view(refused_item.at("Message").as_string())), testing::StartsWith("EffectiveDate: "));
  EXPECT_EQ(results.at("e").at("EventsItemResponse").at("x").at("StatusCode"), 202);
  EXPECT_EQ(results.at("f").at("EndpointItemResponse").at("StatusCode"), 202);
  EXPECT_EQ(endpoint("f").at("Address"), "f@x.org");
  EXPECT_EQ(published().size(), 2U);
  const auto impossible = put(R"({"a${b}":{"Endpoint":{},)" + events + "}}");
  EXPECT_EQ(impossible.at("a${b}").at("EndpointItemResponse").at("StatusCode"), 400);
  EXPECT_EQ(impossible.at("a${b}").at("EventsItemResponse").at("x").at("StatusCode"), 400);
  EXPECT_EQ(published().size(), 2U);
}

TEST_F(EventsTest, ASessionRefreshesTheActivityOfAKnownEndpoint) {
  put(R"({"e":{"Endpoint":{"Address":"a","ChannelType":"EMAIL"},"Events":{}},
          "f":{"Endpoint":{"Address":"b","ChannelType":"EMAIL","EndpointStatus":"INACTIVE"},"Events":{}}})");
  const auto before = endpoint("e").at("EffectiveDate");
  clock_.advance(10 * 60 * kMicrosPerSecond);
  const std::string events = R"("Events":{"x":{"EventType":"_session.start","Timestamp":"2023-11-14"}})";
  put(R"({"e":{"Endpoint":{},"Events":{"y":{)" + std::string(kGoal) + "}}}}");
  EXPECT_EQ(endpoint("e").at("EffectiveDate"), before);
  put(R"({"e":{"Endpoint":{},)" + events + R"(},"f":{"Endpoint":{},)" + events + R"(},"g":{"Endpoint":{},)" + events +
      "}}");
  EXPECT_EQ(endpoint("e").at("EffectiveDate").as_string(), format_iso8601(clock_.now()));
  EXPECT_EQ(endpoint("f").at("EffectiveDate").as_string(), format_iso8601(clock_.now()));
  EXPECT_EQ(endpoint("f").at("EndpointStatus"), "INACTIVE");
  EXPECT_FALSE(audience_.endpoints().get(app_, "g"));
}

TEST_F(EventsTest, ABadRequestIsRefusedWhole) {
  std::string many;
  for (int i = 0; i < 101; ++i) {
    many += (i == 0 ? "\"x" : ",\"x") + std::to_string(i) + "\":{" + std::string(kGoal) + "}";
  }
  EXPECT_EQ(refused(R"({"BatchItem":{"e":{"Endpoint":{},"Events":{)" + many + "}}}}"), 400);
  EXPECT_EQ(refused("{}"), 400);
  EXPECT_EQ(refused(R"({"BatchItem":[]})"), 400);
  EXPECT_EQ(refused(R"({"BatchItem":{"e":{"Events":{"x":{"Metrics":{"m":"much"}}}}}})"), 400);
  EXPECT_EQ(refused("{"), 400);
  EXPECT_TRUE(published().empty());
  app_ = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(refused(R"({"BatchItem":{}})"), 404);
}

TEST_F(EventsTest, ApplicationKpis) {
  events::Event sent;
  sent.app = app_;
  sent.endpoint = "e1";
  sent.type = "_email.send";
  sent.time = clock_.now() - kMicrosPerDay;
  event_store_.events.push_back(sent);
  const auto ask = [&](const std::string& name, const std::string& query = "") {
    const auto answer =
        send({"GetApplicationDateRangeKpi", "GET", "/v1/apps/" + app_ + "/kpis/daterange/" + name + query,
              "ApplicationDateRangeKpiResponse"});
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body).value().as_object();
  };
  const auto kpi = ask("txn-emails-sent-grouped-by-date");
  EXPECT_EQ(kpi.at("KpiName"), "txn-emails-sent-grouped-by-date");
  const auto& row = kpi.at("KpiResult").at("Rows").as_array().at(0).as_object();
  EXPECT_EQ(json::serialize(row), R"({"GroupedBys":[{"Key":"Date","Type":"String","Value":")" + format_date(sent.time) +
                                      R"("}],"Values":[{"Key":"TxnEmailsSent","Type":"Double","Value":"1.0"}]})");
  EXPECT_TRUE(ask("txn-emails-sent", "?start-time=2020-01-01T00:00:00Z&end-time=2020-02-01T00:00:00Z")
                  .at("KpiResult")
                  .at("Rows")
                  .as_array()
                  .empty());
  EXPECT_EQ(send({"GetApplicationDateRangeKpi", "GET", "/v1/apps/" + app_ + "/kpis/daterange/none",
                  "ApplicationDateRangeKpiResponse"})
                .status,
            400);
}

}  // namespace
}  // namespace rapport::pinpoint
