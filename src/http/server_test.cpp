#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <semaphore>
#include <thread>

#include "base/file.h"
#include "base/random.h"
#include "http/raw_client.h"
#include "testing/temporary_directory.h"

namespace rapport::http {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kGet = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

// An application that echoes: "<method> <target> <body>". Paths starting with /small take 10 bytes, /worker runs on a
// worker, /throw throws, /file tells whether the body came in a file.
class EchoServer {
 public:
  explicit EchoServer(ServerOptions options = {}) : options_(std::move(options)) {
    options_.port = 0;
    options_.temporary_directory = directory_.path();
    options_.worker_threads = 2;
  }

  ServerOptions& options() { return options_; }
  std::uint16_t start() {
    Application application{[](const RequestHead& head) { return policy_of(head); },
                            [this](Request request) { return handle(std::move(request)); },
                            [](int status, std::string_view message, const RequestHead* head) {
                              Response response;
                              response.status = status;
                              response.body = std::string(message) + (head ? " " + head->target : "");
                              return response;
                            }};
    server_ = *Server::start(options_, std::move(application), clock_);
    return server_->port();
  }
  void on(std::string path, std::function<Response(const Request&)> answer) {
    special_[std::move(path)] = std::move(answer);
  }
  Server& server() { return *server_; }
  bool directory_is_empty() const { return std::filesystem::is_empty(directory_.path()); }

 private:
  static Policy policy_of(const RequestHead& head) {
    Policy policy;
    policy.run = head.path().starts_with("/worker") ? Policy::Run::kWorker : Policy::Run::kInline;
    if (head.path().starts_with("/small")) policy.body_bytes_max = 10;
    return policy;
  }
  Response handle(Request request) const {
    const auto special = special_.find(std::string(request.head.path()));
    if (special != special_.end()) return special->second(request);
    if (request.head.path() == "/throw") throw std::runtime_error("as asked");
    Response response;
    response.headers.add("X-Remote", request.head.remote_address);
    const std::string body = request.body.in_file() ? *read_file(request.body.file()) : request.body.bytes();
    if (request.head.path() == "/file") {
      response.body = request.body.in_file() ? "file" : "memory";
    } else {
      response.body = request.head.method + " " + request.head.target + " " + body;
    }
    return response;
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  ServerOptions options_;
  std::map<std::string, std::function<Response(const Request&)>> special_;
  std::unique_ptr<Server> server_;
};

TEST(Server, AnswersManyRequestsOnOneConnection) {
  EchoServer echo;
  RawClient client(echo.start());
  for (int i = 0; i < 3; ++i) {
    const RawResponse response = client.ask("POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nxyz");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "POST /a?b xyz");
    EXPECT_THAT(response.head, HasSubstr("Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n"));
    EXPECT_THAT(response.head, HasSubstr("X-Remote: 127.0.0.1\r\n"));
  }
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  EchoServer echo;
  RawClient client(echo.start());
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += "POST /" + std::string(i % 2 ? "worker" : "inline") + std::to_string(i) +
           " HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n" + std::to_string(i % 10);
  }
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(client.receive().body, ::testing::EndsWith(std::to_string(i) + " " + std::to_string(i % 10)));
  }
}

TEST(Server, RequestMayArriveByteByByte) {
  EchoServer echo;
  RawClient client(echo.start());
  for (const char c : std::string("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")) client.send({&c, 1});
  EXPECT_EQ(client.receive().body, "PUT /a body");
  for (const char c : std::string("PUT /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                                  "chunked\r\n\r\n2\r\nbo\r\n2;e=1\r\ndy\r\n0\r\nT: 1\r\n\r\n")) {
    client.send({&c, 1});
  }
  EXPECT_EQ(client.receive().body, "PUT /b body");
}

TEST(Server, BodyBeyondMemoryComesInAFileAndLeavesNone) {
  EchoServer echo({.body_memory_bytes_max = 100});
  RawClient client(echo.start());
  const std::string body(300'000, 'b');
  const std::string length = "Content-Length: 300000\r\n\r\n";
  EXPECT_EQ(client.ask("PUT /file HTTP/1.1\r\nHost: x\r\n" + length + body).body, "file");
  EXPECT_EQ(client.ask("PUT /a HTTP/1.1\r\nHost: x\r\n" + length + body).body, "PUT /a " + body);
  EXPECT_EQ(
      client
          .ask("PUT /file HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n493E0\r\n" + body + "\r\n0\r\n\r\n")
          .body,
      "file");
  EXPECT_EQ(client.ask("PUT /file HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n" + body.substr(0, 100)).body,
            "memory");
  echo.server().stop();
  EXPECT_TRUE(echo.directory_is_empty());
}

TEST(Server, BodyLimitOfThePolicyIs413AndClose) {
  EchoServer echo;
  const std::uint16_t port = echo.start();
  RawClient exact(port);
  EXPECT_EQ(exact.ask("PUT /small HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789").status, 200);
  RawClient declared(port);
  const RawResponse response = declared.ask("PUT /small HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n");
  EXPECT_EQ(response.status, 413);
  EXPECT_THAT(response.body, HasSubstr("/small"));
  EXPECT_THAT(response.head, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(declared.at_end());
  RawClient chunked(port);
  EXPECT_EQ(
      chunked.ask("PUT /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n6\r\n678901\r\n")
          .status,
      413);
  EXPECT_TRUE(chunked.at_end());
}

TEST(Server, ExpectContinueIsAnsweredOnlyWhenTheBodyIsWanted) {
  EchoServer echo;
  const std::uint16_t port = echo.start();
  RawClient client(port);
  client.send("PUT /small HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  EXPECT_EQ(client.ask("body").body, "PUT /small body");
  RawClient refused(port);
  EXPECT_EQ(refused.ask("PUT /small HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 40\r\n\r\n").status,
            413);
}

TEST(Server, HeaderBeyondItsLimitIs431) {
  EchoServer echo({.header_bytes_max = 1024});
  const std::uint16_t port = echo.start();
  const std::string filler(2000, 'a');
  for (const std::string& head :
       {"GET /hello HTTP/1.1\r\nHost: x\r\nX-A: " + filler + "\r\n\r\n",
        "GET /" + filler + " HTTP/1.1\r\nHost: x\r\n\r\n", "GET /hello HTTP/1.1\r\nX-A: " + filler}) {
    RawClient client(port);
    EXPECT_EQ(client.ask(head).status, 431);
    EXPECT_TRUE(client.at_end());
  }
}

class Malformed : public ::testing::TestWithParam<std::string> {};

TEST_P(Malformed, IsAnswered400AndClosed) {
  EchoServer echo;
  RawClient client(echo.start());
  ASSERT_EQ(client.ask(GetParam()).status, 400) << GetParam();
  EXPECT_TRUE(client.at_end());
}

std::string put_with(const std::string& headers, const std::string& body = "") {
  return "PUT /a HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body;
}

INSTANTIATE_TEST_SUITE_P(
    Requests, Malformed,
    ::testing::Values(
        "\x16\x03\x01\x02\x00\x01\r\n\r\n", "garbage\r\n\r\n", "GET /a\r\n\r\n", "GET a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a HTTP/2.0\r\nHost: x\r\n\r\n", "GET /a HTTP/1.1\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "GET /a HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost : x\r\n\r\n", "GET /a\x01 HTTP/1.1\r\nHost: x\r\n\r\n",
        put_with("Content-Length: -1\r\n"), put_with("Content-Length: 1x\r\n"),
        put_with("Content-Length: 99999999999999999999\r\n"),
        put_with("Content-Length: 1\r\nContent-Length: 1\r\n", "a"),
        put_with("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"), put_with("Content-Length: 1, 1\r\n", "a"),
        put_with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        put_with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
        put_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        put_with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), put_with("Transfer-Encoding: identity\r\n"),
        put_with("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), put_with("Transfer-Encoding: chunked\r\n", "xyz\r\n"),
        put_with("Transfer-Encoding: chunked\r\n", "-1\r\n\r\n"),
        put_with("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n"),
        put_with("Transfer-Encoding: chunked\r\n", "1\r\nabc\r\n"),
        "PUT /a HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));

TEST(Server, RandomBytesNeverStopIt) {
  constexpr std::uint64_t kSeed = 20'240'607;
  SCOPED_TRACE(kSeed);
  Random random(kSeed);
  EchoServer echo;
  const std::uint16_t port = echo.start();
  const std::string valid =
      put_with("Transfer-Encoding: chunked\r\nX-A: b\r\n", "3\r\nabc\r\n0\r\n\r\n") + std::string(kGet);
  for (int round = 0; round < 300; ++round) {
    std::string bytes = valid;
    for (std::uint64_t i = 0; i <= random.below(6); ++i)
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    bytes.resize(random.below(bytes.size() + 1));
    RawClient client(port);
    client.send(bytes);
  }
  EXPECT_EQ(RawClient(port).ask(kGet).status, 200);
}

TEST(Server, HeadHasTheLengthButNoBody) {
  EchoServer echo;
  RawClient client(echo.start());
  client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.receive(false).head, HasSubstr("Content-Length: 12\r\n"));
  EXPECT_EQ(client.ask(kGet).body, "GET /hello ");
}

TEST(Server, OldAndClosingClients) {
  EchoServer echo;
  const std::uint16_t port = echo.start();
  RawClient old(port);
  EXPECT_THAT(old.ask("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").head,
              HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_THAT(old.ask("GET /a HTTP/1.0\r\n\r\n").head, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(old.at_end());
  RawClient closing(port);
  EXPECT_EQ(closing.ask("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").status, 200);
  EXPECT_TRUE(closing.at_end());
}

TEST(Server, ThrowingHandlerIs500AndTheConnectionGoesOn) {
  EchoServer echo;
  RawClient client(echo.start());
  EXPECT_EQ(client.ask("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n").status, 500);
  EXPECT_EQ(client.ask(kGet).status, 200);
}

TEST(Server, StreamsBodiesFromEitherThread) {
  EchoServer echo;
  const auto stream = [](const Request&) {
    Response response;
    response.stream_size = 300'000;
    response.stream = [left = 300'000]() mutable -> Result<std::string> {
      const int size = std::min(left, 70'000);
      left -= size;
      return std::string(static_cast<std::size_t>(size), 's');
    };
    return response;
  };
  echo.on("/stream", stream);
  echo.on("/worker/stream", stream);
  RawClient client(echo.start());
  for (const char* path : {"/stream", "/worker/stream"}) {
    EXPECT_EQ(client.ask("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n").body, std::string(300'000, 's'));
    client.send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client.receive(false).head, HasSubstr("Content-Length: 300000\r\n"));
  }
}

TEST(Server, BrokenStreamClosesTheConnection) {
  EchoServer echo;
  const auto broken = [](Result<std::string> second) {
    return [second = std::move(second)](const Request&) {
      Response response;
      response.stream_size = 10;
      response.stream = [second, calls = 0]() mutable -> Result<std::string> {
        return calls++ == 0 ? Result<std::string>("12345") : second;
      };
      return response;
    };
  };
  echo.on("/short", broken(std::string()));
  echo.on("/long", broken(std::string("678901")));
  echo.on("/worker/failing", broken(fail(ErrorKind::kInternal, "disk")));
  const std::uint16_t port = echo.start();
  for (const char* path : {"/short", "/long", "/worker/failing"}) {
    RawClient client(port);
    EXPECT_EQ(client.ask("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n").body, "12345");
    EXPECT_TRUE(client.at_end());
  }
}

TEST(Server, TimeOutsCloseIdleAndAnswerHalfRequests) {
  EchoServer echo({.idle_timeout_ms = 20, .request_timeout_ms = 20});
  const std::uint16_t port = echo.start();
  EXPECT_TRUE(RawClient(port).at_end());
  RawClient after_one(port);
  EXPECT_EQ(after_one.ask(kGet).status, 200);
  EXPECT_TRUE(after_one.at_end());
  RawClient half_head(port);
  EXPECT_EQ(half_head.ask("GET /hello HT").status, 408);
  EXPECT_TRUE(half_head.at_end());
  RawClient half_body(port);
  EXPECT_EQ(half_body.ask("PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab").status, 408);
  EXPECT_TRUE(half_body.at_end());
}

TEST(Server, FullQueueIs503) {
  EchoServer echo({.queue_requests_max = 1});
  std::counting_semaphore<2> entered(0);
  std::latch release(1);
  echo.on("/worker/block", [&](const Request&) {
    entered.release();
    release.wait();
    return Response{};
  });
  const std::uint16_t port = echo.start();  // two workers, one waiting place
  const std::string block = "GET /worker/block HTTP/1.1\r\nHost: x\r\n\r\n";
  RawClient first(port);
  RawClient second(port);
  first.send(block);
  entered.acquire();
  second.send(block);
  entered.acquire();
  // One of the next two takes the last place; the other is refused at once and may go on with its connection.
  RawClient third(port);
  RawClient fourth(port);
  std::atomic<int> refused{0};
  const auto ask = [&](RawClient& client) {
    const int status = client.ask("GET /worker/a HTTP/1.1\r\nHost: x\r\n\r\n").status;
    if (status == 503 && refused++ == 0) release.count_down();
    EXPECT_EQ(client.ask(kGet).status, 200);
  };
  {
    const std::jthread one([&] { ask(third); });
    const std::jthread other([&] { ask(fourth); });
  }
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(first.receive().status, 200);
  EXPECT_EQ(second.receive().status, 200);
}

TEST(Server, StopFinishesWhatRunsAndClosesWhatIdles) {
  EchoServer echo({.io_threads = 2});
  std::latch entered(1);
  std::latch release(1);
  echo.on("/worker/block", [&](const Request&) {
    entered.count_down();
    release.wait();
    Response response;
    response.body = "finished";
    return response;
  });
  const std::uint16_t port = echo.start();
  RawClient idle(port);
  EXPECT_EQ(idle.ask(kGet).status, 200);
  RawClient busy(port);
  busy.send("GET /worker/block HTTP/1.1\r\nHost: x\r\n\r\n");
  entered.wait();
  std::thread stopper([&] { echo.server().stop(); });
  EXPECT_TRUE(idle.at_end());
  release.count_down();
  const RawResponse response = busy.receive();
  EXPECT_EQ(response.body, "finished");
  EXPECT_THAT(response.head, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(busy.at_end());
  stopper.join();
  echo.server().stop();  // again is fine
}

TEST(Server, ConnectionsBeyondTheMaximumAreClosed) {
  EchoServer echo({.connections_max = 2});
  const std::uint16_t port = echo.start();
  RawClient first(port);
  RawClient second(port);
  EXPECT_EQ(first.ask(kGet).status, 200);
  EXPECT_EQ(second.ask(kGet).status, 200);
  EXPECT_TRUE(RawClient(port).at_end());
}

TEST(Server, ManyClientsOnManyThreads) {
  EchoServer echo({.io_threads = 3});
  const std::uint16_t port = echo.start();
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        RawClient client(port);
        for (int i = 0; i < 100; ++i) {
          const std::string path = (i % 2 ? "/worker/" : "/") + std::to_string(t * 1000 + i);
          right += client.ask("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").body == "GET " + path + " ";
        }
      });
    }
  }
  EXPECT_EQ(right, 800);
}

TEST(Server, RefusesToStartOnWhatItCannotUse) {
  ManualClock clock;
  EchoServer taken;
  ServerOptions options;
  options.port = taken.start();
  EXPECT_EQ(Server::start(options, {}, clock).error().kind, ErrorKind::kUnavailable);
  options.port = 0;
  options.host = "no such host";
  EXPECT_EQ(Server::start(options, {}, clock).error().kind, ErrorKind::kInvalid);
  options.host = "127.0.0.1";
  options.certificate_file = "/nowhere.pem";
  EXPECT_EQ(Server::start(options, {}, clock).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace rapport::http
