#include "server/settings_document.h"

#include <gtest/gtest.h>

namespace rapport::server {
namespace {

TEST(SettingsDocument, TellsHowTheServerIsSetUpWithoutSecrets) {
  Config config;
  config.event_streams = {
      {"arn:aws:kinesis:us-east-1:0:stream/a", "nats://ana:secret-1@host:4222/topic?token=secret-2"}};
  config.hooks = {{"filter", "https://secret-3@example.org/hook"}};
  config.database_url = "postgresql://u:secret-4@db/rapport";
  config.smtp_password = "secret-5";
  config.s3_secret_key = "secret-6";
  config.s3_endpoint = "https://s3.example.org";
  config.tracking_url = "https://t.example.org";
  const json::object document = settings_document(config, Timestamp{});
  const std::string text = json::serialize(document);
  EXPECT_EQ(text.find("secret"), std::string::npos) << text;
  EXPECT_EQ(document.at("Database").as_string(), "PostgreSQL");
  EXPECT_EQ(document.at("ObjectStore").as_string(), "S3");
  EXPECT_TRUE(document.at("IsTracking").as_bool());
  EXPECT_EQ(document.at("Hooks").as_array().at(0).as_string(), "filter");
  const json::object& stream = document.at("EventStreams").as_array().at(0).as_object();
  EXPECT_EQ(json::string_or(stream, "Destination"), "nats://host:4222/topic");
}

TEST(SettingsDocument, TellsOfTheDefaults) {
  const json::object document = settings_document(Config{}, Timestamp{});
  EXPECT_EQ(document.at("Database").as_string(), "SQLite");
  EXPECT_EQ(document.at("StartTime").as_string(), "1970-01-01T00:00:00.000Z");
  EXPECT_FALSE(document.at("IsTracking").as_bool());
  EXPECT_FALSE(document.contains("TrackingUrl"));
}

}  // namespace
}  // namespace rapport::server
