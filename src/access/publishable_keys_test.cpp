#include "access/publishable_keys.h"

#include <gtest/gtest.h>

#include "access/keys.h"
#include "testing/temporary_directory.h"

namespace rapport::access {
namespace {

class PublishableKeysTest : public ::testing::Test {
 protected:
  PublishableKeysTest() { EXPECT_TRUE(sql::migrate(*database_, migrations())); }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("test.db")).value();
  PublishableKeys keys_{*database_, clock_};
};

TEST_F(PublishableKeysTest, AreMadeFoundListedAndRevoked) {
  const PublishableKey made = keys_.create("app", "shop", {"https://shop.example", "http://localhost:5173"}).value();
  EXPECT_EQ(made.key.substr(0, 3), "pk_");
  EXPECT_EQ(made.key.size(), 35U);
  const auto found = keys_.find(made.key).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->app, "app");
  EXPECT_EQ(found->origins, made.origins);
  for (const auto* unknown : {"", "pk_", "pk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "\xff"})
    EXPECT_FALSE(keys_.find(unknown).value());
  EXPECT_EQ(keys_.list("app")->size(), 1U);
  EXPECT_TRUE(keys_.list("other")->empty());
  EXPECT_EQ(keys_.remove("other", made.key).error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(keys_.remove("app", made.key));
  EXPECT_FALSE(keys_.find(made.key).value());
}

TEST_F(PublishableKeysTest, WhatAnotherProcessRevokedEndsWithinASecond) {
  PublishableKeys other(*database_, clock_);
  const std::string key = keys_.create("app", "", {})->key;
  ASSERT_TRUE(keys_.find(key).value());
  ASSERT_TRUE(other.remove("app", key));
  clock_.advance(2 * kMicrosPerSecond);
  EXPECT_FALSE(keys_.find(key).value());
}

TEST_F(PublishableKeysTest, GoWithTheirApplication) {
  ASSERT_TRUE(keys_.create("app", "", {}));
  ASSERT_TRUE(
      database_->write([](sql::Session& session) { return PublishableKeys::erase_application(session, "app"); }));
  EXPECT_TRUE(keys_.list("app")->empty());
}

TEST_F(PublishableKeysTest, RefuseWhatIsNoOrigin) {
  for (const auto* wrong : {"", "shop.example", "https://", "https://a/b", "https://*.example", "https://a b"}) {
    const auto refused = keys_.create("app", "", {wrong});
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().field, "AllowedOrigins");
  }
}

TEST(AdmitsOrigin, OnlyTheListedOnesUnlessNoneIs) {
  const PublishableKey any{"pk", "app", "", {}, {}};
  EXPECT_TRUE(admits_origin(any, ""));
  EXPECT_TRUE(admits_origin(any, "https://anything"));
  const PublishableKey one{"pk", "app", "", {"https://Shop.example"}, {}};
  EXPECT_TRUE(admits_origin(one, "https://shop.example"));
  EXPECT_FALSE(admits_origin(one, "https://shop.example.evil"));
  EXPECT_FALSE(admits_origin(one, ""));
}

}  // namespace
}  // namespace rapport::access
