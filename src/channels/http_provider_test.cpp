#include "channels/http_provider.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "base/clock.h"
#include "http/peer_test.h"
#include "json/json.h"
#include "net/http_client.h"
#include "net/scripted_peer.h"

namespace rapport::channels {
namespace {

using http::answer_of;
using http::Request;
using http::Response;
using Values = std::map<std::string, std::string>;

Outgoing message(const std::string& id, const std::string& body = "hello") {
  Outgoing message;
  message.id = id;
  message.app_id = "app";
  message.channel = "SMS";
  message.to = "+12065550142";
  messages::TextMessage text;
  text.body = body;
  message.content = std::move(text);
  return message;
}

class HttpProviderTest : public ::testing::Test {
 protected:
  Receipt send(const Values& values, const Outgoing& outgoing = message("m1")) {
    return open_http_channel(values, clock_).value()->send({&outgoing, 1}).front();
  }
  Receipt send_to(const std::function<Response(const Request&)>& answer, Values values = {}) {
    http::PeerForTests peer(answer, clock_);
    values["url"] = peer.url() + "/send";
    const Receipt receipt = send(values);
    requests_ = peer.requests();
    return receipt;
  }
  static Receipt send_by(Channel& channel, const std::string& id) {
    const Outgoing outgoing = message(id);
    return channel.send({&outgoing, 1}).front();
  }
  std::string field(Values values) {
    const auto opened = open_http_channel(values, clock_);
    return opened ? "" : opened.error().field;
  }

  ManualClock clock_;
  std::vector<Request> requests_;
};

TEST_F(HttpProviderTest, FillsInWhatTheConfigurationSays) {
  http::PeerForTests peer([](const Request&) { return answer_of(201, R"({"messages":[{"id":"p7"}]})"); }, clock_);
  const std::string body = "Größe \"now\"\nand {curly} \\";
  const Receipt receipt = send({{"url", peer.url() + "/apps/{{ApplicationId}}?to={{Address}}"},
                                {"method", "PUT"},
                                {"headers.Authorization", "Bearer token"},
                                {"body", R"({"text": "{{Message.Body}}", "id": "{{Id}}"})"},
                                {"id_path", "messages.0.id"}},
                               message("m1", body));
  EXPECT_EQ(receipt.outcome, Outcome::kDelivered);
  EXPECT_EQ(receipt.provider_id, "p7");
  const Request request = peer.requests().at(0);
  EXPECT_EQ(request.head.method, "PUT");
  EXPECT_EQ(request.head.target, "/apps/app?to=%2B12065550142");
  EXPECT_EQ(request.head.headers.get("Authorization"), "Bearer token");
  EXPECT_EQ(request.head.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(request.head.headers.get("Idempotency-Key"), "m1");
  EXPECT_EQ(json::parse(request.body.bytes()).value(), (json::value{{"text", body}, {"id", "m1"}}));
}

TEST_F(HttpProviderTest, WritesFormsAndWholeDocuments) {
  const auto fine = [](const Request&) { return answer_of(200, ""); };
  send_to(fine, {{"format", "form"}, {"body", "To={{Address}}&Body={{Message.Body}}"}});
  EXPECT_EQ(requests_.at(0).body.bytes(), "To=%2B12065550142&Body=hello");
  EXPECT_EQ(requests_.at(0).head.headers.get("Content-Type"), "application/x-www-form-urlencoded");
  send_to(fine, {{"idempotency_header", ""}});
  EXPECT_EQ(json::parse(requests_.at(0).body.bytes()).value().at("Message").at("Body"), "hello");
  EXPECT_FALSE(requests_.at(0).head.headers.find("Idempotency-Key"));
}

TEST_F(HttpProviderTest, TellsRefusalsApart) {
  const auto with = [](int status) {
    return [status](const Request&) {
      Response response = answer_of(status, "why");
      response.headers.add("Retry-After", "7");
      return response;
    };
  };
  EXPECT_EQ(send_to(with(500)).outcome, Outcome::kTemporaryFailure);
  const Receipt busy = send_to(with(429));
  EXPECT_EQ(busy.outcome, Outcome::kTemporaryFailure);
  EXPECT_EQ(busy.retry_after_ms, 7'000);
  EXPECT_EQ(busy.code, 429);
  EXPECT_EQ(busy.detail, "why");
  EXPECT_EQ(send_to(with(400)).outcome, Outcome::kPermanentFailure);
  EXPECT_EQ(send_to(with(302)).outcome, Outcome::kPermanentFailure);
  EXPECT_EQ(send_to(with(202), {{"success.status", "200"}}).outcome, Outcome::kPermanentFailure);
  EXPECT_EQ(requests_.size(), 1U);
}

TEST_F(HttpProviderTest, LooksIntoTheAnswer) {
  const Values rule = {{"success.path", "ok"}};
  const auto say = [](std::string body) { return [body](const Request&) { return answer_of(200, body); }; };
  EXPECT_EQ(send_to(say(R"({"ok":true})"), rule).outcome, Outcome::kDelivered);
  const Receipt refused = send_to(say(R"({"ok":false})"), rule);
  EXPECT_EQ(refused.outcome, Outcome::kPermanentFailure);
  EXPECT_EQ(refused.detail, R"({"ok":false})");
  EXPECT_EQ(send_to(say("{}"), rule).outcome, Outcome::kPermanentFailure);
  EXPECT_EQ(send_to(say("not json"), rule).outcome, Outcome::kInDoubt);
  EXPECT_EQ(send_to(say("not json"), {{"id_path", "id"}}).outcome, Outcome::kDelivered);
}

TEST_F(HttpProviderTest, IsInDoubtOnceTheRequestWasSent) {
  EXPECT_EQ(send({{"url", "http://127.0.0.1:1/"}}).outcome, Outcome::kTemporaryFailure);
  // Answers only when the test is over: the peer that is slow.
  std::atomic<bool> over = false;
  http::PeerForTests slow(
      [&](const Request&) {
        over.wait(false);
        return answer_of(200, "");
      },
      clock_);
  EXPECT_EQ(send({{"url", slow.url()}, {"timeout_ms", "100"}}).outcome, Outcome::kInDoubt);
  EXPECT_EQ(slow.requests().size(), 1U);
  EXPECT_EQ(send({{"url", slow.url()}, {"timeout_ms", "100"}, {"idempotent", "true"}}).outcome, Outcome::kInDoubt);
  EXPECT_EQ(slow.requests().size(), 4U);
  over = true;
  over.notify_all();
}

// What a peer does after it has read a whole request: "" is to hang up.
struct Misbehaviour {
  std::string_view name;
  std::string_view answer;
  Outcome outcome;
};
constexpr Misbehaviour kMisbehaviours[] = {
    {"no answer", "", Outcome::kInDoubt},
    {"half a status line", "HTTP/1.1 20", Outcome::kInDoubt},
    {"a status and half a head", "HTTP/1.1 200 OK\r\nContent-Le", Outcome::kDelivered},
    {"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":", Outcome::kInDoubt},
    {"half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{\"id", Outcome::kInDoubt},
    {"half a refusal", "HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\nwrong", Outcome::kInDoubt},
    {"no HTTP", "220 mail.example ESMTP ready\r\n\r\n", Outcome::kInDoubt},
    {"bytes", std::string_view("\0\xff\x01\r\n\r\n", 7), Outcome::kInDoubt},
    {"a lost provider behind a gateway", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", Outcome::kInDoubt},
    {"a slow provider behind a gateway", "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n",
     Outcome::kInDoubt},
    {"a refusal", "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", Outcome::kTemporaryFailure},
    {"an answer", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", Outcome::kDelivered},
};

// Answers the first `fine` requests, then misbehaves and hangs up; keeps the bodies.
struct RawPeer {
  RawPeer(int fine, std::string_view then)
      : peer([this, fine, then](net::PeerConnection& connection, int) {
          for (;;) {
            const std::string head = connection.read_until("\r\n\r\n");
            const std::size_t length = head.find("Content-Length: ");
            if (length == std::string::npos) return;
            bodies.push_back(connection.read_bytes(std::stoul(head.substr(length + 16))));
            if (std::ssize(bodies) > fine) return connection.write(then);
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
          }
        }) {}
  std::string url() const { return "http://127.0.0.1:" + std::to_string(peer.port()) + "/"; }

  std::vector<std::string> bodies;
  net::ScriptedPeer peer;
};

TEST_F(HttpProviderTest, MessagesNobodyTwiceWhateverThePeerDoes) {
  for (const Misbehaviour& wrong : kMisbehaviours) {
    for (const int fine : {0, 1}) {  // on a new connection, and on a kept one
      SCOPED_TRACE(std::string(wrong.name) + " after " + std::to_string(fine));
      RawPeer peer(fine, wrong.answer);
      auto channel = open_http_channel({{"url", peer.url()}, {"connections", "1"}, {"body", "{{Id}}"}}, clock_).value();
      for (int i = 0; i < fine; ++i) EXPECT_EQ(send_by(*channel, "fine").outcome, Outcome::kDelivered);
      EXPECT_EQ(send_by(*channel, "m1").outcome, wrong.outcome);
      channel.reset();
      peer.peer.stop();
      EXPECT_EQ(std::ranges::count(peer.bodies, "m1"), 1);
    }
  }
}

TEST_F(HttpProviderTest, SendsSideBySideInOrder) {
  http::PeerForTests peer(
      [](const Request& request) {
        const auto document = json::parse(request.body.bytes()).value();
        return answer_of(200,
                         json::serialize(json::object{{"id", "p-" + json::string_or(document.as_object(), "Id")}}));
      },
      clock_);
  const auto channel = open_http_channel({{"url", peer.url()}, {"id_path", "id"}}, clock_).value();
  std::vector<Outgoing> batch;
  for (int i = 0; i < 100; ++i) batch.push_back(message("m" + std::to_string(i)));
  batch[50].to = "";
  const auto receipts = channel->send(batch);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (i == 50) {
      EXPECT_EQ(receipts[i].outcome, Outcome::kPermanentFailure);
    } else {
      EXPECT_EQ(receipts[i].provider_id, "p-m" + std::to_string(i));
    }
  }
  const std::string id = "m1";
  EXPECT_EQ(channel->recover({&id, 1})[0].outcome, Outcome::kInDoubt);
}

TEST_F(HttpProviderTest, RefusesAConfigurationThatCannotWork) {
  const std::string url = "https://api.example/send";
  EXPECT_EQ(field({}), "url");
  EXPECT_EQ(field({{"url", "ftp://x"}}), "url");
  EXPECT_EQ(field({{"url", url}, {"format", "xml"}}), "format");
  EXPECT_EQ(field({{"url", url}, {"format", "form"}}), "body");
  EXPECT_EQ(field({{"url", url}, {"body", "{{#if}}"}}), "body");
  EXPECT_EQ(field({{"url", url}, {"success.status", "ok"}}), "success.status");
  EXPECT_EQ(field({{"url", url}, {"timeout_ms", "soon"}}), "timeout_ms");
  EXPECT_EQ(field({{"url", url}, {"colour", "red"}}), "colour");
  EXPECT_EQ(field({{"url", url}}), "");
}

}  // namespace
}  // namespace rapport::channels
