#include "net/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "base/digest.h"
#include "base/text.h"
#include "net/scripted_peer.h"
#include "signing/sign.h"

namespace rapport::net {
namespace {

using testing::HasSubstr;

// Answers every request on a connection with the same text and keeps what came.
struct Recorder {
  explicit Recorder(std::string answer)
      : peer([this, text = std::move(answer)](PeerConnection& connection, int) {
          for (;;) {
            const std::string head = connection.read_until("\r\n\r\n");
            if (head.empty()) return;
            heads.push_back(head);
            bodies.push_back(connection.read_bytes(length_of(head)));
            connection.write(text);
          }
        }) {}

  static std::size_t length_of(const std::string& head) {
    const std::size_t at = head.find("Content-Length: ");
    return at == std::string::npos ? 0 : static_cast<std::size_t>(std::atoi(head.c_str() + at + 16));
  }
  std::string url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(peer.port()) + std::string(path);
  }

  std::vector<std::string> heads;
  std::vector<std::string> bodies;
  ScriptedPeer peer;
};

TEST(HttpClient, SendsAndReceivesOnOneConnection) {
  Recorder server("HTTP/1.1 404 Not Found\r\nX-Thing:  a b \r\nContent-Length: 5\r\n\r\nhello");
  ManualClock clock;
  std::optional<HttpClient> client(clock);
  for (int i = 0; i < 3; ++i) {
    HttpRequest request{"POST", server.url("/a/../b?x=%20"), {{"Content-Type", "text/plain"}, {"X-Empty", ""}}, "body"};
    const auto response = client->send(request);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 404);
    EXPECT_EQ(response->header("x-thing"), "a b");
    EXPECT_EQ(response->header("absent"), "");
    EXPECT_EQ(response->body, "hello");
  }
  client.reset();
  server.peer.stop();
  EXPECT_EQ(server.peer.connections(), 1);
  ASSERT_EQ(server.heads.size(), 3U);
  EXPECT_THAT(server.heads[0], HasSubstr("POST /a/../b?x=%20 HTTP/1.1\r\n"));
  EXPECT_THAT(server.heads[0], HasSubstr("X-Empty:\r\n"));
  EXPECT_EQ(server.bodies[2], "body");
}

TEST(HttpClient, EachMethodHasItsOwnForm) {
  Recorder server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  ManualClock clock;
  std::optional<HttpClient> client(clock);
  for (const char* method : {"GET", "PUT", "DELETE", "HEAD", "GET"}) {
    HttpRequest request;
    request.method = method;
    request.url = server.url("/");
    ASSERT_TRUE(client->send(request));
  }
  client.reset();
  server.peer.stop();
  ASSERT_EQ(server.heads.size(), 5U);
  EXPECT_TRUE(server.heads[0].starts_with("GET / "));
  EXPECT_THAT(server.heads[1], HasSubstr("Content-Length: 0\r\n"));
  EXPECT_TRUE(server.heads[2].starts_with("DELETE / "));
  EXPECT_TRUE(server.heads[3].starts_with("HEAD / "));
  EXPECT_TRUE(server.heads[4].starts_with("GET / "));
  EXPECT_THAT(server.heads[4], testing::Not(HasSubstr("Content-Type")));
}

TEST(HttpClient, SignsWhatItSends) {
  Recorder server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  ManualClock clock;
  std::optional<HttpClient> client(clock);
  const SigningKeys keys{"AKIDEXAMPLE", "secret", "eu-west-1", "s3"};
  HttpRequest request{"PUT", server.url("/bucket/a%20b?partNumber=1&acl"), {{"X-Amz-Meta-A", "1"}}, "content"};
  request.sign = &keys;
  ASSERT_TRUE(client->send(request));
  client.reset();
  server.peer.stop();

  const signing::Outgoing expected{"PUT",
                                   "127.0.0.1:" + std::to_string(server.peer.port()),
                                   "/bucket/a%20b",
                                   "partNumber=1&acl",
                                   {{"X-Amz-Meta-A", "1"}},
                                   to_hex(sha256("content"))};
  for (const auto& [name, value] : signing::sign(expected, {"AKIDEXAMPLE", "secret", "eu-west-1", "s3"}, clock.now())) {
    EXPECT_THAT(server.heads.at(0), HasSubstr(name + ": " + value + "\r\n"));
  }
}

TEST(HttpClient, RefusesWhatIsMalformed) {
  ManualClock clock;
  HttpClient client(clock);
  for (const char* url : {"", "http://", "http://a b/", "file:///etc/passwd", "gopher://127.0.0.1/"}) {
    HttpRequest request;
    request.url = url;
    const auto response = client.send(request);
    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().kind, ErrorKind::kInvalid) << url << ": " << response.error().message;
  }
  HttpRequest request{"GET", "http://127.0.0.1:9/", {{"X-A", "1\r\nX-B: 2"}}, ""};
  EXPECT_EQ(client.send(request).error().kind, ErrorKind::kInvalid);
}

TEST(HttpClient, NoAnswerIsUnavailable) {
  std::uint16_t closed_port = 0;
  {
    closed_port = ScriptedPeer([](PeerConnection&, int) {}).port();
  }
  ManualClock clock;
  std::optional<HttpClient> client(clock);
  HttpRequest request;
  request.url = "http://127.0.0.1:" + std::to_string(closed_port) + "/";
  EXPECT_EQ(client->send(request).error().kind, ErrorKind::kUnavailable);

  ScriptedPeer silent([](PeerConnection& connection, int) { connection.read_until("never"); });
  request.url = "http://127.0.0.1:" + std::to_string(silent.port()) + "/";
  request.timeout_ms = 20;
  EXPECT_EQ(client->send(request).error().kind, ErrorKind::kUnavailable);
  client.reset();
}

// Answers the first request of each connection; counts the others, reads them whole and hangs up.
struct Breaking {
  Breaking()
      : peer([this](PeerConnection& connection, int) {
          for (bool first = true;; first = false) {
            const std::string head = connection.read_until("\r\n\r\n");
            if (head.empty()) return;
            connection.read_bytes(Recorder::length_of(head));
            methods.push_back(head.substr(0, head.find(' ')));
            if (!first) return;
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
          }
        }) {}
  HttpRequest request(const std::string& method) const {
    HttpRequest request;
    request.method = method;
    request.url = "http://127.0.0.1:" + std::to_string(peer.port()) + "/";
    if (method != "GET") request.body = "x";
    return request;
  }

  std::vector<std::string> methods;
  ScriptedPeer peer;
};

TEST(HttpClient, SendsAgainOnlyWhatIsSafeToRepeatWhenAKeptConnectionBreaks) {
  Breaking breaking;
  ManualClock clock;
  std::optional<HttpClient> client(clock);
  EXPECT_TRUE(client->send(breaking.request("POST")));
  EXPECT_EQ(client->send(breaking.request("POST")).error().kind, ErrorKind::kUnavailable);
  EXPECT_TRUE(client->send(breaking.request("GET")));
  EXPECT_TRUE(client->send(breaking.request("PUT"))) << "lost on the kept connection, answered on the next";
  client.reset();
  breaking.peer.stop();
  EXPECT_THAT(breaking.methods, testing::ElementsAre("POST", "POST", "GET", "PUT", "PUT"));
}

TEST(ParallelHttp, NeverSendsTwice) {
  for (const std::string method : {"GET", "POST", "PUT"}) {
    Breaking breaking;
    ManualClock clock;
    std::optional<ParallelHttp> http(std::in_place, clock, 1);
    const std::vector requests(3, breaking.request(method));
    const auto exchanges = http->send(requests);
    EXPECT_TRUE(exchanges[0].response);
    EXPECT_FALSE(exchanges[1].response);
    EXPECT_TRUE(exchanges[1].was_sent);
    EXPECT_TRUE(exchanges[2].response);
    http.reset();
    breaking.peer.stop();
    EXPECT_EQ(breaking.methods.size(), 3U) << method;
  }
}

TEST(HttpClient, TooLargeAnswerIsRefused) {
  Recorder server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  ManualClock clock;
  std::optional<HttpClient> client(clock);
  HttpRequest request;
  request.url = server.url("/");
  request.response_bytes_max = 4;
  EXPECT_EQ(client->send(request).error().kind, ErrorKind::kTooLarge);
  request.response_bytes_max = 5;
  EXPECT_TRUE(client->send(request));
  client.reset();
}

}  // namespace
}  // namespace rapport::net
