#include "hooks/hooks.h"

#include <gtest/gtest.h>

#include <atomic>

#include "http/peer_test.h"

namespace rapport::hooks {
namespace {

using http::answer_of;
using http::Request;
using http::Response;

json::object body_of(const Request& request) { return json::parse(request.body.bytes()).value().get_object(); }

json::object endpoints_of(int count) {
  json::object endpoints;
  for (int i = 0; i < count; ++i) endpoints["e/" + std::to_string(i)] = json::object{{"Address", std::to_string(i)}};
  return endpoints;
}

Options options_of(std::map<std::string, std::string> urls) {
  Options options;
  options.urls = std::move(urls);
  options.secret = "secret";
  options.timeout_ms = 300;
  return options;
}

TEST(Hooks, AskAboutFiftyEndpointsAtATimeAndSign) {
  const ManualClock clock;
  http::PeerForTests peer(
      [](const Request& request) {
        json::object answer = *json::find_object(body_of(request), "Endpoints");
        answer.erase("e/3");
        answer["stranger"] = json::object();
        return answer_of(200, json::serialize(answer));
      },
      clock);
  Hooks hooks(options_of({{"filter", peer.url() + "/f"}}), clock);
  const std::string arn = "arn:aws:lambda:us-east-1:111122223333:function:filter";
  const Answer answer = hooks.call(arn, {{"ApplicationId", "app"}}, endpoints_of(120)).value();
  EXPECT_EQ(answer.endpoints.size(), 119U);
  EXPECT_FALSE(answer.endpoints.contains("e/3"));
  EXPECT_FALSE(answer.endpoints.contains("stranger"));
  EXPECT_TRUE(answer.failed.empty());
  const auto requests = peer.requests();
  ASSERT_EQ(requests.size(), 3U);
  std::size_t endpoints = 0;
  for (const Request& request : requests) {
    EXPECT_EQ(request.head.target, "/f");
    const json::object body = body_of(request);
    EXPECT_EQ(json::string_or(body, "ApplicationId"), "app");
    EXPECT_LE(json::find_object(body, "Endpoints")->size(), 50U);
    endpoints += json::find_object(body, "Endpoints")->size();
    EXPECT_EQ(request.head.headers.get("X-Rapport-Signature"),
              Hooks::signature("secret", clock.now().micros / kMicrosPerSecond, request.body.bytes()));
  }
  EXPECT_EQ(endpoints, 120U);
}

TEST(Hooks, TryAgainWhatMayPassAndNothingElse) {
  const ManualClock clock;
  std::atomic<int> asked = 0;
  http::PeerForTests later(
      [&](const Request& request) {
        if (++asked < 3) return answer_of(asked == 1 ? 503 : 429, "");
        return answer_of(200, json::serialize(*json::find_object(body_of(request), "Endpoints")));
      },
      clock);
  Hooks hooks(options_of({}), clock);
  EXPECT_EQ(hooks.call(later.url(), {}, endpoints_of(2))->endpoints.size(), 2U);
  const auto requests = later.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[0].head.headers.get("Idempotency-Key"), requests[2].head.headers.get("Idempotency-Key"));

  http::PeerForTests refusing([](const Request&) { return answer_of(403, "no"); }, clock);
  const Answer refused = hooks.call(refusing.url(), {}, endpoints_of(2)).value();
  EXPECT_EQ(refused.failed, (std::vector<std::string>{"e/0", "e/1"}));
  EXPECT_NE(refused.failure.find("403"), std::string::npos);
  EXPECT_EQ(refusing.requests().size(), 1U);
}

TEST(Hooks, CannotUseAnAnswerThatIsNone) {
  const ManualClock clock;
  for (const std::string bad : {"not json", "[1]", ""}) {
    http::PeerForTests peer([&](const Request&) { return answer_of(200, bad); }, clock);
    Hooks hooks(options_of({}), clock);
    EXPECT_EQ(hooks.call(peer.url(), {}, endpoints_of(1))->failed.size(), 1U) << bad;
  }
  http::PeerForTests failing([](const Request&) { return answer_of(500, ""); }, clock);
  Hooks hooks(options_of({}), clock);
  EXPECT_EQ(hooks.call(failing.url(), {}, endpoints_of(1))->failed.size(), 1U);
  EXPECT_EQ(failing.requests().size(), 3U);
  EXPECT_EQ(hooks.call("http://127.0.0.1:1/", {}, endpoints_of(1))->failed.size(), 1U);
}

TEST(Hooks, PostWhatTheyAreGiven) {
  const ManualClock clock;
  http::PeerForTests peer([](const Request& request) { return answer_of(200, request.body.bytes()); }, clock);
  Options options = options_of({{"f", peer.url()}});
  options.bytes_max = 100;
  Hooks hooks(options, clock);
  EXPECT_EQ(hooks.post("f", {{"a", 1}}).value(), (json::object{{"a", 1}}));
  EXPECT_EQ(hooks.post("g", {{"a", 1}}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(hooks.post("f", {{"a", std::string(200, 'x')}}).error().kind, ErrorKind::kTooLarge);
}

TEST(Hooks, KeepToTheirLimits) {
  const ManualClock clock;
  http::PeerForTests peer(
      [](const Request& request) {
        return answer_of(200, json::serialize(*json::find_object(body_of(request), "Endpoints")));
      },
      clock);
  Options options = options_of({});
  options.bytes_max = 300;
  Hooks hooks(options, clock);
  json::object endpoints = endpoints_of(20);
  endpoints["large"] = std::string(400, 'x');
  const Answer answer = hooks.call(peer.url(), {}, endpoints).value();
  EXPECT_EQ(answer.endpoints.size(), 20U);
  EXPECT_EQ(answer.failed, std::vector<std::string>{"large"});
  for (const Request& request : peer.requests()) EXPECT_LE(request.body.size(), 300U);
}

TEST(Hooks, SayWhatToConfigure) {
  const ManualClock clock;
  Hooks hooks(options_of({{"arn:aws:lambda:x:1:function:whole", "https://whole.example"}}), clock);
  EXPECT_EQ(hooks.resolve("arn:aws:lambda:x:1:function:whole").value(), "https://whole.example");
  EXPECT_EQ(hooks.resolve("https://a.example/x").value(), "https://a.example/x");
  const auto unknown = hooks.call("arn:aws:lambda:x:1:function:other", {}, endpoints_of(1)).error();
  EXPECT_EQ(unknown.kind, ErrorKind::kInvalid);
  EXPECT_NE(unknown.message.find("[hooks]"), std::string::npos);
}

}  // namespace
}  // namespace rapport::hooks
