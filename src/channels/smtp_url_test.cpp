#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "channels/rate_limit.h"
#include "channels/smtp_channel.h"

namespace rapport::channels {
namespace {

using Security = net::SmtpOptions::Security;

TEST(SmtpUrl, IsReadWithItsDefaults) {
  const auto relay = parse_smtp_url("smtp://mail.example.com").value();
  EXPECT_EQ(relay.server.host, "mail.example.com");
  EXPECT_EQ(relay.server.port, 25);
  EXPECT_EQ(relay.server.security, Security::kStartTlsIfOffered);
  EXPECT_EQ(relay.server.certificate, net::SmtpOptions::Certificate::kVerify);
  const auto submission = parse_smtp_url("smtp://ana%40x:p%3Aw@mail.example.com/").value();
  EXPECT_EQ(submission.server.user, "ana@x");
  EXPECT_EQ(submission.server.password, "p:w");
  EXPECT_EQ(submission.server.port, 587);
  EXPECT_EQ(submission.server.security, Security::kStartTls);
  EXPECT_EQ(parse_smtp_url("smtps://mail.example.com?tls=none")->server.security, Security::kImplicitTls);
  EXPECT_EQ(parse_smtp_url("smtps://mail.example.com")->server.port, 465);
  EXPECT_EQ(parse_smtp_url("smtp://[::1]:2525")->server.host, "[::1]");
  EXPECT_EQ(parse_smtp_url("smtp://[::1]:2525")->server.port, 2525);
}

TEST(SmtpUrl, ReadsParameters) {
  const auto options = parse_smtp_url("smtp://a:1?tls=required&verify=no&connections=9&rate=2.5&hello=me").value();
  EXPECT_EQ(options.server.security, Security::kStartTls);
  EXPECT_EQ(options.server.certificate, net::SmtpOptions::Certificate::kAcceptAny);
  EXPECT_EQ(options.connections, 9u);
  EXPECT_EQ(options.messages_per_second, 2.5);
  EXPECT_EQ(options.server.hello_name, "me");
}

TEST(SmtpUrl, RefusesOthersWithoutTellingThePassword) {
  for (const char* url : {"", "http://a", "smtp://", "smtp://:25", "smtp://a:0", "smtp://a:99999", "smtp://a:x",
                          "smtp://user:secret@a?tls=maybe", "smtp://a?rate=-1", "smtp://a?rate=x",
                          "smtp://a?connections=0", "smtp://a?what=1", "smtp://user:%zz@a", "smtp://[::1"}) {
    const auto options = parse_smtp_url(url);
    ASSERT_FALSE(options) << url;
    EXPECT_EQ(options.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(options.error().message, ::testing::Not(::testing::HasSubstr("secret")));
  }
}

TEST(RateLimit, SpreadsPlacesEvenly) {
  RateLimit limit(10);
  EXPECT_EQ(limit.reserve(100), 0);
  EXPECT_NEAR(limit.reserve(100), 0.1, 1e-9);
  EXPECT_NEAR(limit.reserve(100.05), 0.15, 1e-9);
  EXPECT_EQ(limit.reserve(200), 0);
  RateLimit unlimited(0);
  EXPECT_EQ(unlimited.reserve(1), 0);
  EXPECT_EQ(unlimited.reserve(1), 0);
}

}  // namespace
}  // namespace rapport::channels
