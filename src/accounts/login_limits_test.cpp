#include "accounts/login_limits.h"

#include <gtest/gtest.h>

#include "accounts/accounts.h"
#include "testing/temporary_directory.h"

namespace rapport::accounts {
namespace {

class LoginLimitsTest : public ::testing::Test {
 protected:
  LoginLimitsTest() { EXPECT_TRUE(sql::migrate(*database_, migrations())); }
  std::int64_t try_as(const std::string& user, const std::string& address = "10.0.0.1") {
    return limits_.begin({user, address}).value();
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("test.db")).value();
  LoginLimits limits_{*database_, clock_};
};

TEST_F(LoginLimitsTest, DoublesTheWaitAfterSomeFailuresWhateverTheCaseOfTheName) {
  for (int i = 0; i < 6; ++i) EXPECT_EQ(try_as(i % 2 == 0 ? "Ann" : "ANN"), 0) << i;
  for (const std::int64_t wait : {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
    EXPECT_EQ(try_as("ann"), wait);
    EXPECT_EQ(try_as("ann"), wait) << "a try that is too soon does not count";
    clock_.advance(wait * kMicrosPerSecond);
    EXPECT_EQ(try_as("ann"), 0);
  }
  EXPECT_EQ(try_as("bob"), 0) << "others go on";
}

TEST_F(LoginLimitsTest, SuccessForgetsTheUsersFailures) {
  for (int i = 0; i < 6; ++i) EXPECT_EQ(try_as("ann"), 0);
  EXPECT_GT(try_as("ann"), 0);
  clock_.advance(kMicrosPerSecond);
  EXPECT_EQ(try_as("ann"), 0);
  ASSERT_TRUE(limits_.succeeded({"ann", "10.0.0.1"}));
  for (int i = 0; i < 6; ++i) EXPECT_EQ(try_as("ann"), 0);
}

TEST_F(LoginLimitsTest, AnAddressThatTriesManyNamesIsSlowedDown) {
  std::int64_t wait = 0;
  int tries = 0;
  while (wait == 0 && tries < 100) wait = try_as("user" + std::to_string(tries++));
  EXPECT_EQ(tries, 32);
  EXPECT_GT(wait, 0);
  EXPECT_EQ(try_as("somebody", "10.0.0.2"), 0);
}

TEST_F(LoginLimitsTest, SuccessesFromOneAddressDoNotAddUp) {
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(try_as("ann"), 0) << i;
    ASSERT_TRUE(limits_.succeeded({"ann", "10.0.0.1"}));
  }
}

TEST_F(LoginLimitsTest, FailuresAreForgottenAfterAnHourAndKeptOverARestart) {
  for (int i = 0; i < 6; ++i) EXPECT_EQ(try_as("ann"), 0);
  LoginLimits restarted(*database_, clock_);
  EXPECT_GT(restarted.begin({"ann", "10.0.0.1"}).value(), 0);
  clock_.advance(3600 * kMicrosPerSecond);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(try_as("ann"), 0);
}

}  // namespace
}  // namespace rapport::accounts
