#include <curl/curl.h>
#include <gtest/gtest.h>

#include <memory>

#include "http/raw_client.h"
#include "http/server.h"
#include "testing/self_signed_certificate.h"

namespace rapport::http {
namespace {

std::size_t append(char* data, std::size_t, std::size_t size, void* target) {
  static_cast<std::string*>(target)->append(data, size);
  return size;
}

class Tls : public ::testing::Test {
 protected:
  Tls() : certificate_(directory_) {
    options_.port = 0;
    options_.temporary_directory = directory_.path();
    options_.certificate_file = certificate_.certificate_file;
    options_.private_key_file = certificate_.key_file;
  }
  ~Tls() override { curl_easy_cleanup(easy_); }

  void start() {
    Application application{[](const RequestHead&) { return Policy{}; },
                            [](Request request) {
                              Response response;
                              response.headers.add("X-Secure", request.head.secure ? "yes" : "no");
                              response.body = std::to_string(request.body.size());
                              return response;
                            },
                            [](int status, std::string_view message, const RequestHead*) {
                              return Response{status, {}, std::string(message), {}, 0};
                            }};
    server_ = *Server::start(options_, std::move(application), clock_);
  }

  CURLcode post(const std::string& body) {
    curl_easy_reset(easy_);
    answer_.clear();
    const std::string url = "https://localhost:" + std::to_string(server_->port()) + "/";
    curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy_, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy_, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(easy_, CURLOPT_CAINFO, certificate_.certificate_file.c_str());
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(easy_, CURLOPT_HEADER, 1L);
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &append);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, &answer_);
    return curl_easy_perform(easy_);
  }
  long new_connections() {
    long count = 0;
    curl_easy_getinfo(easy_, CURLINFO_NUM_CONNECTS, &count);
    return count;
  }

  test::TemporaryDirectory directory_;
  const test::SelfSignedCertificate certificate_;
  SystemClock clock_;
  ServerOptions options_;
  std::unique_ptr<Server> server_;
  CURL* easy_ = curl_easy_init();
  std::string answer_;
};

TEST_F(Tls, ServesCurlOnOneConnection) {
  start();
  ASSERT_EQ(post("small"), CURLE_OK);
  EXPECT_NE(answer_.find("X-Secure: yes\r\n"), std::string::npos);
  EXPECT_TRUE(answer_.ends_with("\r\n\r\n5"));
  ASSERT_EQ(post(std::string(3'000'000, 'b')), CURLE_OK);  // with Expect: 100-continue, spooled
  EXPECT_TRUE(answer_.ends_with("\r\n\r\n3000000"));
  EXPECT_EQ(new_connections(), 0);
}

TEST_F(Tls, PlainTextIsNotServed) {
  start();
  RawClient plain(server_->port());
  EXPECT_EQ(plain.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status, 0);
  ASSERT_EQ(post("after"), CURLE_OK);
}

TEST_F(Tls, SilentHandshakeTimesOut) {
  options_.request_timeout_ms = 20;
  start();
  EXPECT_TRUE(RawClient(server_->port()).at_end());
}

TEST_F(Tls, StopClosesIdleConnections) {
  start();
  ASSERT_EQ(post("one"), CURLE_OK);
  server_->stop();
  EXPECT_EQ(post("two"), CURLE_COULDNT_CONNECT);
}

TEST_F(Tls, KeyMustBelongToTheCertificate) {
  const test::TemporaryDirectory other;
  options_.private_key_file = test::SelfSignedCertificate(other).key_file;
  EXPECT_EQ(Server::start(options_, {}, clock_).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace rapport::http
