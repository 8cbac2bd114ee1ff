#include "channels/providers.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "channels/provider.h"
#include "channels/settings.h"
#include "testing/temporary_directory.h"

namespace rapport::channels {
namespace {

class ProvidersTest : public ::testing::Test {
 protected:
  ProvidersTest() { EXPECT_TRUE(sql::migrate(*database_, migrations())); }

  Result<std::unique_ptr<Providers>> open(const std::map<std::string, std::string>& configuration) {
    return Providers::open({.data = directory_.path(), .clock = clock_, .settings = settings_}, configuration);
  }
  std::string failure(const std::map<std::string, std::string>& configuration) {
    const auto opened = open(configuration);
    return opened ? "" : opened.error().message;
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("test.db")).value();
  Settings settings_{*database_, clock_};
};

TEST_F(ProvidersTest, SendEverythingToTheOutboxUnlessTold) {
  const auto providers = open({{"sms.provider", "null"}, {"voice.provider", "none"}}).value();
  EXPECT_EQ(providers->of_kind("gcm")->name(), "outbox");
  EXPECT_EQ(providers->of_kind("gcm"), providers->of_kind("email"));
  EXPECT_EQ(providers->of_kind("sms")->name(), "null");
  EXPECT_EQ(providers->of_kind("voice"), nullptr);
  EXPECT_EQ(providers->of_kind("pigeon"), nullptr);
}

TEST_F(ProvidersTest, RefuseAConfigurationThatCannotWork) {
  EXPECT_NE(failure({{"pigeon.provider", "null"}}).find("channels.pigeon.provider"), std::string::npos);
  EXPECT_NE(failure({{"sms", "null"}}).find("channels.sms"), std::string::npos);
  EXPECT_NE(failure({{"sms.provider", "smtp"}}).find("outbox, none: smtp"),
            std::string::npos);  // smtp sends e-mail only
  EXPECT_NE(failure({{"email.provider", "none"}}).find("null, outbox, smtp: none"), std::string::npos);
  EXPECT_NE(failure({{"email.provider", "smtp"}}).find("channels.email.url"), std::string::npos);
}

TEST_F(ProvidersTest, SayWhatIsMissing) {
  const auto providers = open({{"gcm.provider", "none"}}).value();
  EXPECT_EQ(providers->find("app", "EMAIL").value()->name(), "outbox");
  EXPECT_EQ(providers->find("app", "CUSTOM").value()->name(), "outbox");
  const auto missing = providers->find("app", "SMS").error();
  EXPECT_EQ(missing.kind, ErrorKind::kConflict);
  EXPECT_EQ(missing.message, "The SMS channel is not set up; set it up with UpdateSmsChannel");
  ASSERT_TRUE(settings_.put("app", "email", {{"FromAddress", "a@example.com"}, {"Enabled", false}}, ""));
  const auto disabled = providers->find("app", "EMAIL").error();
  EXPECT_EQ(disabled.kind, ErrorKind::kConflict);
  EXPECT_NE(disabled.message.find("disabled"), std::string::npos);
  EXPECT_EQ(providers->find("app", "IN_APP").error().kind, ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace rapport::channels
