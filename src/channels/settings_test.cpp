#include "channels/settings.h"

#include <gtest/gtest.h>

#include "testing/private_postgres.h"
#include "testing/temporary_directory.h"

namespace rapport::channels {
namespace {

enum class Engine { kSqlite, kPostgres };

class SettingsTest : public ::testing::TestWithParam<Engine> {
 protected:
  SettingsTest() : database_(open()), settings_(*database_, clock_) {
    EXPECT_TRUE(sql::migrate(*database_, migrations()));
  }

  std::unique_ptr<sql::Database> open() const {
    if (GetParam() == Engine::kPostgres) return sql::open_postgres(test::new_postgres_database()).value();
    return sql::open_sqlite(directory_.file("test.db")).value();
  }

  const json::object document_ = {{"FromAddress", "News <news@x.example>"}, {"Identity", "arn:x"}, {"Enabled", true}};
  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_;
  Settings settings_;
};

INSTANTIATE_TEST_SUITE_P(Engines, SettingsTest, ::testing::Values(Engine::kSqlite, Engine::kPostgres));

TEST_P(SettingsTest, CountsVersions) {
  const ChannelSettings first = settings_.put("app", "email", document_, "key").value();
  EXPECT_EQ(first.version, 1);
  EXPECT_EQ(first.created, clock_.now());
  clock_.advance(kMicrosPerSecond);
  const ChannelSettings second = settings_.put("app", "email", document_, "other").value();
  EXPECT_EQ(second.version, 2);
  EXPECT_EQ(second.created, first.created);
  EXPECT_EQ(second.modified, clock_.now());
  EXPECT_EQ(second.modified_by, "other");
  EXPECT_EQ(settings_.get("app", "email")->document, document_);
  EXPECT_EQ(settings_.list("app")->size(), 1u);
  EXPECT_EQ(settings_.list("other")->size(), 0u);
}

TEST_P(SettingsTest, ForgetsWhatIsRemoved) {
  EXPECT_EQ(settings_.get("app", "email").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(settings_.remove("app", "email").error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(settings_.put("app", "email", document_, ""));
  EXPECT_EQ(settings_.remove("app", "email")->document, document_);
  EXPECT_EQ(settings_.get("app", "email").error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(settings_.put("app", "email", document_, ""));
  ASSERT_TRUE(database_->write([](sql::Session& session) { return Settings::erase(session, "app"); }));
  EXPECT_TRUE(settings_.list("app")->empty());
}

TEST_P(SettingsTest, RefusesBadDocuments) {
  EXPECT_EQ(settings_.put("app", "email", {{"FromAddress", "nobody"}}, "").error().field, "FromAddress");
  EXPECT_EQ(settings_.put("app", "email", {}, "").error().field, "FromAddress");
  EXPECT_EQ(settings_.put("app", "pigeon", document_, "").error().kind, ErrorKind::kNotFound);
}

TEST_P(SettingsTest, TellsWhomMessagesAreFrom) {
  EXPECT_EQ(settings_.from_address("app").error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(settings_.put("app", "email", document_, ""));
  EXPECT_EQ(settings_.from_address("app"), "News <news@x.example>");
  ASSERT_TRUE(settings_.put("app", "email", {{"FromAddress", "news@x.example"}}, ""));
  EXPECT_EQ(settings_.from_address("app"), "news@x.example");
  ASSERT_TRUE(settings_.put("app", "email", {{"FromAddress", "news@x.example"}, {"Enabled", false}}, ""));
  EXPECT_EQ(settings_.from_address("app").error().kind, ErrorKind::kConflict);
}

}  // namespace
}  // namespace rapport::channels
