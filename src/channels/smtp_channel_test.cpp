#include "channels/smtp_channel.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "testing/mail_peers.h"

namespace rapport::channels {
namespace {

using ::testing::HasSubstr;

Outgoing message(const std::string& id, const std::string& to) {
  return {.id = id,
          .app_id = "app",
          .channel = "EMAIL",
          .endpoint_id = "endpoint",
          .to = to,
          .content = messages::Email{.from = "Bingewatch <news@bingewatch.example>",
                                     .to = to,
                                     .subject = "Größe " + id,
                                     .text = "Hello\n.leading dot\n",
                                     .html = {},
                                     .headers = {},
                                     .message_id = id + "@bingewatch.example",
                                     .date = {1'700'000'000 * kMicrosPerSecond}}};
}

SmtpChannelOptions options_for(std::uint16_t port) {
  SmtpChannelOptions options;
  options.server.host = "127.0.0.1";
  options.server.port = port;
  options.server.security = net::SmtpOptions::Security::kNone;
  options.first_pause_ms = 1;
  return options;
}

// One server for all its tests: each has message ids of its own.
class PostfixTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (test::can_run_postfix()) postfix_ = std::make_unique<test::PrivatePostfix>();
  }
  static void TearDownTestSuite() { postfix_.reset(); }
  void SetUp() override {
    if (!postfix_) GTEST_SKIP() << "Postfix can only be started by root, and must be installed";
  }

  static std::size_t copies(const std::vector<std::string>& delivered, const std::string& id) {
    return static_cast<std::size_t>(std::ranges::count_if(
        delivered, [&](const std::string& mail) { return mail.contains("<" + id + "@bingewatch.example>"); }));
  }

  static inline std::unique_ptr<test::PrivatePostfix> postfix_;
  static inline std::size_t sent_ = 0;  // to this server, by all tests
};

TEST_F(PostfixTest, TellsAcceptedRefusedAndTemporaryApart) {
  const auto channel = make_smtp_channel(options_for(postfix_->port()));
  std::vector<Outgoing> batch = {message("m1", "ana@example.com"), message("m2", "nobody@example.com"),
                                 message("m3", "busy@example.com"), message("m4", "ana@elsewhere.example"),
                                 message("m5", "not an address")};
  const auto receipts = channel->send(batch);
  EXPECT_EQ(receipts[0].outcome, Outcome::kDelivered) << receipts[0].detail << postfix_->log();
  EXPECT_EQ(receipts[0].code, 250);
  EXPECT_FALSE(receipts[0].provider_id.empty()) << receipts[0].detail;
  EXPECT_EQ(receipts[1].outcome, Outcome::kPermanentFailure);
  EXPECT_EQ(receipts[1].code, 550);
  EXPECT_EQ(receipts[2].outcome, Outcome::kTemporaryFailure);
  EXPECT_EQ(receipts[2].code, 450);
  EXPECT_THAT(receipts[2].detail, HasSubstr("try again later"));
  EXPECT_EQ(receipts[3].outcome, Outcome::kPermanentFailure);
  EXPECT_EQ(receipts[4].outcome, Outcome::kPermanentFailure);
  const std::vector<std::string> delivered = postfix_->delivered(sent_ += 1);
  ASSERT_EQ(delivered.size(), sent_);
  EXPECT_EQ(copies(delivered, "m1"), 1u);
  EXPECT_THAT(delivered, ::testing::Each(HasSubstr("\n\nHello\n.leading dot\n")));
  EXPECT_THAT(delivered, ::testing::Each(HasSubstr("Return-Path: <news@bingewatch.example>")));
}

TEST_F(PostfixTest, DeliversEveryMessageOfManyThreadsOnce) {
  const auto channel = make_smtp_channel(options_for(postfix_->port()));
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      std::vector<Outgoing> batch;
      for (int i = 0; i < 20; ++i) {
        batch.push_back(message(fmt::format("t{}-{}", t, i), fmt::format("user{}@example.com", i)));
      }
      for (const Receipt& receipt : channel->send(batch)) EXPECT_EQ(receipt.outcome, Outcome::kDelivered);
    });
  }
  threads.clear();
  const std::vector<std::string> delivered = postfix_->delivered(sent_ += 60);
  EXPECT_EQ(delivered.size(), sent_);
  for (int t = 0; t < 3; ++t) {
    for (int i = 0; i < 20; ++i) EXPECT_EQ(copies(delivered, fmt::format("t{}-{}", t, i)), 1u) << t << " " << i;
  }
}

TEST_F(PostfixTest, EncryptsAndChecksTheCertificate) {
  SmtpChannelOptions options = options_for(postfix_->port());
  options.server.security = net::SmtpOptions::Security::kStartTls;
  const std::vector<Outgoing> batch = {message("encrypted", "ana@example.com")};
  EXPECT_EQ(make_smtp_channel(options)->send(batch)[0].outcome, Outcome::kTemporaryFailure);
  options.server.authority_file = postfix_->certificate();
  EXPECT_EQ(make_smtp_channel(options)->send(batch)[0].outcome, Outcome::kDelivered);
  EXPECT_THAT(postfix_->delivered(sent_ += 1), ::testing::Contains(HasSubstr("with ESMTPS id")));
}

TEST(SmtpChannel, DoesNotSendInTheClearWhenTlsIsRequired) {
  const test::SmtpSink sink;
  SmtpChannelOptions options = options_for(sink.port());
  options.server.security = net::SmtpOptions::Security::kStartTls;
  const std::vector<Outgoing> batch = {message("m1", "ana@example.com")};
  EXPECT_EQ(make_smtp_channel(options)->send(batch)[0].outcome, Outcome::kTemporaryFailure);
}

TEST(SmtpChannel, IsInDoubtWhenTheConnectionIsLostAfterTheMessage) {
  const test::SmtpSink sink({"-q", "."});
  const auto channel = make_smtp_channel(options_for(sink.port()));
  const std::vector<Outgoing> batch = {message("m1", "ana@example.com"), message("m2", "ana@example.com")};
  for (const Receipt& receipt : channel->send(batch)) EXPECT_EQ(receipt.outcome, Outcome::kInDoubt) << receipt.detail;
  const std::vector<std::string> ids = {"m1"};
  EXPECT_EQ(channel->recover(ids)[0].outcome, Outcome::kInDoubt);
}

TEST(SmtpChannel, TriesAgainWhenTheConnectionIsLostBeforeTheMessage) {
  const test::SmtpSink sink({"-q", "MAIL"});
  const auto channel = make_smtp_channel(options_for(sink.port()));
  const std::vector<Outgoing> batch = {message("m1", "ana@example.com")};
  EXPECT_EQ(channel->send(batch)[0].outcome, Outcome::kTemporaryFailure);
}

TEST(SmtpChannel, TellsSoftFromHardRefusals) {
  const test::SmtpSink soft({"-r", "RCPT"});
  const test::SmtpSink hard({"-f", "RCPT"});
  const std::vector<Outgoing> batch = {message("m1", "ana@example.com")};
  EXPECT_EQ(make_smtp_channel(options_for(soft.port()))->send(batch)[0].outcome, Outcome::kTemporaryFailure);
  EXPECT_EQ(make_smtp_channel(options_for(hard.port()))->send(batch)[0].outcome, Outcome::kPermanentFailure);
}

TEST(SmtpChannel, GivesTheBatchBackWhenThereIsNoServer) {
  std::uint16_t port = 0;
  {
    const test::SmtpSink gone;
    port = gone.port();
  }
  const auto channel = make_smtp_channel(options_for(port));
  std::vector<Outgoing> batch;
  for (int i = 0; i < 100; ++i) batch.push_back(message(fmt::format("m{}", i), "ana@example.com"));
  for (const Receipt& receipt : channel->send(batch)) {
    EXPECT_EQ(receipt.outcome, Outcome::kTemporaryFailure);
    EXPECT_FALSE(receipt.detail.empty());
  }
}

TEST(SmtpChannel, GivesTheBatchBackWhenTheServerWillNotServe) {
  const test::SmtpSink sink({"-f", "EHLO,HELO"});
  const auto channel = make_smtp_channel(options_for(sink.port()));
  std::vector<Outgoing> batch;
  for (int i = 0; i < 100; ++i) batch.push_back(message(fmt::format("m{}", i), "ana@example.com"));
  for (const Receipt& receipt : channel->send(batch)) {
    EXPECT_EQ(receipt.outcome, Outcome::kTemporaryFailure);
    EXPECT_GE(receipt.code, 500);
  }
}

TEST(SmtpChannel, SendsNothingOfAnEmptyBatch) {
  const auto channel = make_smtp_channel(options_for(1));
  EXPECT_TRUE(channel->send({}).empty());
}

}  // namespace
}  // namespace rapport::channels
