#include "event_stream/record.h"

#include <gtest/gtest.h>

#include "event_stream/fixture_test.h"
#include "json/json.h"

namespace rapport::event_stream {
namespace {

constexpr Timestamp kArrival{1'575'000'000'123'456};

TEST(EventStreamRecord, OfAnAppHasEveryPartOfTheEnvelope) {
  events::Event event = event_of("app", 7, kArrival);
  event.session_id = "s";
  event.session_start = Timestamp{1'574'999'000'000'000};
  event.context = R"({"application":{"title":"Shop","sdk":{"name":"js"}},"device":{"make":"Acme"},)"
                  R"("client_context":{"custom":{"endpoint":"{}"}}})";
  EXPECT_EQ(json::parse(record_of(event, "000000000000")).value(), json::parse(R"({
    "event_type": "goal", "event_timestamp": 1575000000123, "arrival_timestamp": 1575000000123, "event_version": "3.0",
    "application": {"app_id": "app", "sdk": {"name": "js"}, "title": "Shop"},
    "client": {"client_id": "endpoint-2"},
    "device": {"platform": {}, "make": "Acme"},
    "session": {"session_id": "s", "start_timestamp": 1574999000000},
    "attributes": {"number": "7"}, "metrics": {"minute": 7.0},
    "client_context": {"custom": {"endpoint": "{}"}},
    "awsAccountId": "000000000000"})")
                                                                       .value());
}

TEST(EventStreamRecord, SaysEmptyPartsAndTheVersionOfMessages) {
  events::Event event;
  event.app = "app";
  event.endpoint = "e";
  event.type = "_campaign.send";
  EXPECT_EQ(json::parse(record_of(event, "1")).value(), json::parse(R"({
    "event_type": "_campaign.send", "event_timestamp": 0, "arrival_timestamp": 0, "event_version": "3.1",
    "application": {"app_id": "app", "sdk": {}}, "client": {"client_id": "e"}, "device": {"platform": {}},
    "session": {}, "attributes": {}, "metrics": {}, "awsAccountId": "1"})")
                                                            .value());
}

TEST(EventStreamRecord, IsOneLineWhateverTheEventHolds) {
  events::Event event = event_of("app", 1, kArrival);
  event.attributes = {{"a\nb", "c\r\n\"d\"\\"}};
  event.context = "not JSON";
  const std::string record = record_of(event, "1");
  EXPECT_EQ(record.find('\n'), std::string::npos);
  EXPECT_EQ(json::parse(record).value().at("attributes").at("a\nb").as_string(), "c\r\n\"d\"\\");
}

}  // namespace
}  // namespace rapport::event_stream
