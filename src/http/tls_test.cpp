#include <curl/curl.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>

#include "http/raw_client.h"
#include "http/server.h"
#include "testing/temporary_directory.h"

namespace rapport::http {
namespace {

struct CertificateFiles {
  std::string certificate;
  std::string key;
};

// A certificate for "localhost" that signs itself, valid for an hour.
CertificateFiles make_certificate(const test::TemporaryDirectory& directory) {
  const CertificateFiles files{directory.file("certificate.pem"), directory.file("key.pem")};
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3'600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
  X509_add_ext(certificate, names, -1);
  CHECK(X509_sign(certificate, key, EVP_sha256()) > 0);
  std::FILE* out = std::fopen(files.certificate.c_str(), "w");
  CHECK(PEM_write_X509(out, certificate) == 1);
  std::fclose(out);
  out = std::fopen(files.key.c_str(), "w");
  CHECK(PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  std::fclose(out);
  X509_EXTENSION_free(names);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return files;
}

std::size_t append(char* data, std::size_t, std::size_t size, void* target) {
  static_cast<std::string*>(target)->append(data, size);
  return size;
}

class Tls : public ::testing::Test {
 protected:
  Tls() : files_(make_certificate(directory_)) {
    options_.port = 0;
    options_.temporary_directory = directory_.path();
    options_.certificate_file = files_.certificate;
    options_.private_key_file = files_.key;
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
    curl_easy_setopt(easy_, CURLOPT_CAINFO, files_.certificate.c_str());
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
  CertificateFiles files_;
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
  options_.private_key_file = make_certificate(other).key;
  EXPECT_EQ(Server::start(options_, {}, clock_).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace rapport::http
