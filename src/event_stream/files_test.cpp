#include <duckdb.h>
#include <gtest/gtest.h>

#include "event_stream/destination.h"
#include "event_stream/fixture_test.h"
#include "formats/gzip.h"
#include "json/json.h"
#include "testing/temporary_directory.h"

namespace rapport::event_stream {
namespace {

constexpr Timestamp kArrival{1'575'000'000'000'000};  // 2019-11-29T04:00:00Z

class EventStreamFiles : public testing::Test {
 protected:
  std::vector<std::string> keys() {
    std::vector<std::string> found;
    EXPECT_TRUE(objects::for_each_object(*objects_, "lake", "", [&](const objects::ObjectInfo& object) {
      found.push_back(object.key);
      return true;
    }));
    return found;
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_{kArrival};
  std::unique_ptr<objects::Store> objects_ = objects::open_directory(directory_.file("objects"), clock_).value();
  const DestinationTools tools_{*objects_, clock_, "000000000000", directory_.path().string(), 60};
};

std::string gunzipped(std::string bytes) {
  bool given = false;
  auto source = formats::gunzip([&](char* into, std::size_t size) -> Result<std::size_t> {
    if (given) return 0;
    given = true;
    EXPECT_GE(size, bytes.size());
    bytes.copy(into, bytes.size());
    return bytes.size();
  });
  std::string text(1 << 20, '\0');
  std::size_t size = 0;
  while (const std::size_t read = source(text.data() + size, text.size() - size).value()) size += read;
  text.resize(size);
  return text;
}

TEST_F(EventStreamFiles, AreLinesOfJsonByDateAndHour) {
  const auto files = open_destination("s3://lake/events", tools_).value();
  ASSERT_TRUE(files->deliver({"app", "n1", entries_of(0, 3, kArrival)}));
  const std::string key = "events/app=app/date=2019-11-29/hour=04/n1-00000000000000000001.json.gz";
  ASSERT_EQ(keys(), std::vector{key});
  const std::string text = gunzipped(objects::read_object(*objects_, {"lake", key}).value());
  EXPECT_EQ(std::ranges::count(text, '\n'), 3);
  EXPECT_EQ(json::parse(text.substr(0, text.find('\n'))).value().at("event_type").as_string(), "goal");
}

TEST_F(EventStreamFiles, TakeThePlaceOfWhatACrashLeft) {
  const auto files = open_destination("s3://lake/events", tools_).value();
  ASSERT_TRUE(files->deliver({"app", "n1", entries_of(0, 3, kArrival)}));
  ASSERT_TRUE(files->deliver({"app", "n1", entries_of(0, 9, kArrival)}));
  ASSERT_EQ(keys().size(), 1U);
  EXPECT_EQ(std::ranges::count(gunzipped(objects::read_object(*objects_, {"lake", keys().front()}).value()), '\n'), 9);
}

TEST_F(EventStreamFiles, AreParquetThatOthersRead) {
  const auto files = open_destination("s3://lake?format=parquet", tools_).value();
  ASSERT_TRUE(files->deliver({"app", "n1", entries_of(0, 4, kArrival)}));
  ASSERT_EQ(keys().size(), 1U);
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  duckdb_result result;
  ASSERT_EQ(duckdb_open(nullptr, &database), DuckDBSuccess);
  ASSERT_EQ(duckdb_connect(database, &connection), DuckDBSuccess);
  const std::string query =
      "SELECT count(*) || ' ' || sum(metrics['minute']) || ' ' || max(attributes['number'][1]) || ' ' || "
      "any_value(date) || ' ' || any_value(app) FROM read_parquet('" +
      directory_.file("objects") + "/lake/**/*.parquet', hive_partitioning = true)";
  ASSERT_EQ(duckdb_query(connection, query.c_str(), &result), DuckDBSuccess) << duckdb_result_error(&result);
  char* text = duckdb_value_varchar(&result, 0, 0);
  EXPECT_STREQ(text, "4 6.0 3 2019-11-29 app");
  duckdb_free(text);
  duckdb_destroy_result(&result);
  duckdb_disconnect(&connection);
  duckdb_close(&database);
}

TEST_F(EventStreamFiles, SayWhatIsWrongWithADestination) {
  for (const char* url : {"ftp://host/x", "s3://", "s3://UPPER/x", "s3://lake/x?format=avro", "kafka://host",
                          "kafka:///t", "nats://host:1", "nats://host:1/", ""}) {
    const auto opened = open_destination(url, tools_);
    ASSERT_FALSE(opened) << url;
    EXPECT_EQ(opened.error().kind, ErrorKind::kInvalid) << url;
  }
}

}  // namespace
}  // namespace rapport::event_stream
