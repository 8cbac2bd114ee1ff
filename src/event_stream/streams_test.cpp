#include "event_stream/streams.h"

#include <gtest/gtest.h>

#include <thread>

#include "event_stream/fixture_test.h"
#include "sql/database.h"
#include "testing/temporary_directory.h"

namespace rapport::event_stream {
namespace {

constexpr const char* kArn = "arn:aws:kinesis:us-east-1:123456789012:stream/taps";
constexpr const char* kOtherArn = "arn:aws:firehose:us-east-1:123456789012:deliverystream/pipes";
constexpr const char* kRole = "arn:aws:iam::123456789012:role/any";

class EventStreams : public testing::Test {
 protected:
  void SetUp() override {
    for (const sql::Migration& migration : migrations()) ASSERT_TRUE(sql::migrate(*database_, {&migration, 1}));
  }
  Streams::Collaborators with() {
    return {*database_,
            log_,
            "n1",
            {*objects_, clock_, "000000000000", directory_.path().string(), 1},
            {{"pipes", "s3://elsewhere/p"}}};
  }
  void publish(const std::string& app, int first, int count) {
    std::vector<events::Event> events;
    for (int i = first; i < first + count; ++i) events.push_back(event_of(app, i, clock_.now()));
    ASSERT_TRUE(log_.publish(events));
  }
  std::size_t files_in(const std::string& bucket) {
    std::size_t count = 0;
    if (!objects_->has_bucket(bucket).value_or(false)) return 0;
    EXPECT_TRUE(
        objects::for_each_object(*objects_, bucket, "", [&](const objects::ObjectInfo&) { return ++count > 0; }));
    return count;
  }
  // Runs the couriers until the place of every stream is `place`.
  void run_until_place(Streams& streams, events::Position place) {
    std::jthread thread([&](const std::stop_token& stop) { streams.run(stop); });
    const double end = monotonic_seconds() + 60;
    while (streams.oldest() != place) {
      ASSERT_LT(monotonic_seconds(), end);
      clock_.advance(100'000);
      std::this_thread::yield();
    }
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  MemoryLog log_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("s.db")).value();
  std::unique_ptr<objects::Store> objects_ = objects::open_directory(directory_.file("objects"), clock_).value();
};

TEST_F(EventStreams, AreConfiguredReadAndRemoved) {
  Streams streams(with());
  EXPECT_EQ(streams.get("a").error().message, "Resource not found");
  ASSERT_TRUE(streams.put("a", kArn, kRole, "me"));
  const Stream stream = streams.get("a").value();
  EXPECT_EQ(stream.arn, kArn);
  EXPECT_EQ(stream.role, kRole);
  EXPECT_EQ(stream.modified_by, "me");
  EXPECT_EQ(streams.remove("a").value().arn, kArn);
  EXPECT_EQ(streams.remove("a").error().kind, ErrorKind::kNotFound);
  for (const char* arn : {"", "taps", "arn:aws:sqs:us-east-1:1:stream/x", "arn:aws:kinesis:us-east-1:1:stream/"}) {
    EXPECT_EQ(streams.put("a", arn, kRole, "me").error().field, "DestinationStreamArn") << arn;
  }
}

TEST_F(EventStreams, HandOnWhatComesAfterTheyWereMade) {
  Streams streams(with());
  publish("a", 0, 10);
  ASSERT_TRUE(streams.put("a", kArn, kRole, "me"));
  publish("a", 10, 20);
  publish("b", 0, 5);
  run_until_place(streams, log_.end());
  EXPECT_EQ(files_in("rapport-event-streams"), 1U);
}

TEST_F(EventStreams, CarryOnWhereTheyWereAlsoToAnotherDestination) {
  {
    Streams streams(with());
    ASSERT_TRUE(streams.put("a", kArn, kRole, "me"));
    publish("a", 0, 10);
    run_until_place(streams, log_.end());
    ASSERT_TRUE(streams.put("a", kOtherArn, kRole, "me"));
  }
  publish("a", 10, 10);
  Streams streams(with());
  run_until_place(streams, log_.end());
  EXPECT_EQ(files_in("rapport-event-streams"), 1U);
  EXPECT_EQ(files_in("elsewhere"), 1U);
}

}  // namespace
}  // namespace rapport::event_stream
