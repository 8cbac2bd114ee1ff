#include "events/consumers.h"

#include <gtest/gtest.h>

#include <future>

#include "base/metrics.h"
#include "events/checkpoints.h"
#include "events/random_events_test.h"
#include "testing/temporary_directory.h"

namespace rapport::events {
namespace {

constexpr std::int64_t kPatienceMs = 60'000;

// A consumer whose place and effects outlive its runner.
struct Recorder {
  std::mutex mutex;
  Position place = 0;
  std::vector<std::uint64_t> handled;
  std::function<Status(std::span<const Entry>)> fault = [](std::span<const Entry>) { return Status(); };

  Consumer consumer(std::string name, std::size_t batch_max = 10) {
    return {.name = std::move(name),
            .position = [this]() -> Result<Position> { return place; },
            .handle = [this](std::span<const Entry> entries, Position through) -> Status {
              const std::scoped_lock lock(mutex);
              TRY(fault(entries));
              for (const auto& entry : entries) handled.push_back(number_of(entry.event));
              place = through;
              return {};
            },
            .batch_max = batch_max};
  }
};

class ConsumersTest : public testing::Test {
 protected:
  void publish(std::uint64_t first, std::uint64_t last) {
    std::vector<Event> events;
    for (std::uint64_t number = first; number <= last; ++number) events.push_back(numbered_event(number));
    ASSERT_TRUE(log_->publish(events));
  }
  static std::vector<std::uint64_t> range(std::uint64_t first, std::uint64_t last) {
    std::vector<std::uint64_t> numbers;
    for (; first <= last; ++first) numbers.push_back(first);
    return numbers;
  }

  test::TemporaryDirectory directory_;
  Metrics metrics_;
  std::unique_ptr<Log> log_ = open_log(directory_.path() / "log",
                                       {.segment_bytes = 1'000, .kept_bytes = 0, .remembered_events = 1'000}, metrics_)
                                  .value();
  ConsumerOptions options_{.attempts_max = 3, .back_off_first_ms = 1, .back_off_max_ms = 2, .trim_every_ms = 1};
};

TEST_F(ConsumersTest, EveryConsumerGetsEverythingInOrderAndGoesOnWhereItStood) {
  Recorder fast;
  Recorder slow;
  publish(1, 30);
  {
    Consumers consumers(*log_, metrics_, options_);
    consumers.add(fast.consumer("fast"));
    consumers.add(slow.consumer("slow", 1));
    consumers.start();
    publish(31, 60);
    ASSERT_TRUE(consumers.wait_for("fast", log_->end(), kPatienceMs));
    ASSERT_TRUE(consumers.wait_for("slow", log_->end(), kPatienceMs));
    EXPECT_EQ(consumers.wait_for("nobody", 0, 0).error().kind, ErrorKind::kNotFound);
    EXPECT_EQ(consumers.wait_for("fast", log_->end() + 1, 0).error().kind, ErrorKind::kUnavailable);
  }
  publish(61, 70);
  Consumers consumers(*log_, metrics_, options_);
  consumers.add(fast.consumer("fast"));
  consumers.start();
  ASSERT_TRUE(consumers.wait_for("fast", log_->end(), kPatienceMs));
  consumers.stop();
  EXPECT_EQ(fast.handled, range(1, 70));
  EXPECT_EQ(slow.handled, range(1, 60));
  EXPECT_NE(metrics_.prometheus_text().find("rapport_consumer_lag_bytes{consumer=\"fast\"} 0"), std::string::npos);
  EXPECT_NE(metrics_.prometheus_text().find("rapport_consumer_lag_bytes{consumer=\"slow\"} 0"), std::string::npos)
      << "it is gone, its metric is not";
}

TEST_F(ConsumersTest, APoisonEventIsPassedOverAndStopsNobody) {
  Recorder hurt;
  hurt.fault = [](std::span<const Entry> entries) -> Status {
    for (const auto& entry : entries) {
      if (number_of(entry.event) == 5) return fail(ErrorKind::kInternal, "cannot");
      if (number_of(entry.event) == 7) throw std::runtime_error("broken");
    }
    return {};
  };
  Recorder healthy;
  Consumers consumers(*log_, metrics_, options_);
  consumers.add(hurt.consumer("hurt"));
  consumers.add(healthy.consumer("healthy"));
  consumers.start();
  publish(1, 20);
  ASSERT_TRUE(consumers.wait_for("healthy", log_->end(), kPatienceMs));
  ASSERT_TRUE(consumers.wait_for("hurt", log_->end(), kPatienceMs));
  consumers.stop();
  auto expected = range(1, 20);
  std::erase_if(expected, [](std::uint64_t number) { return number == 5 || number == 7; });
  EXPECT_EQ(hurt.handled, expected);
  EXPECT_EQ(healthy.handled, range(1, 20));
  EXPECT_NE(metrics_.prometheus_text().find("rapport_consumer_skipped_total{consumer=\"hurt\"} 2"), std::string::npos);
}

TEST_F(ConsumersTest, WhatIsAwayIsWaitedForAndNothingIsPassedOver) {
  Recorder recorder;
  int refusals = 3;
  recorder.fault = [&](std::span<const Entry>) -> Status {
    if (refusals-- > 0) return fail(ErrorKind::kUnavailable, "away");
    return {};
  };
  Consumers consumers(*log_, metrics_, options_);
  consumers.add(recorder.consumer("patient"));
  publish(1, 15);
  consumers.start();
  ASSERT_TRUE(consumers.wait_for("patient", log_->end(), kPatienceMs));
  consumers.stop();
  EXPECT_EQ(recorder.handled, range(1, 15));
}

TEST_F(ConsumersTest, AConsumerThatLingersHurriesWhenSomebodyWaits) {
  Recorder recorder;
  Consumer consumer = recorder.consumer("lazy");
  consumer.linger_ms = 1'000'000;
  Consumers consumers(*log_, metrics_, options_);
  consumers.add(std::move(consumer));
  consumers.start();
  publish(1, 5);
  ASSERT_TRUE(consumers.wait_for("lazy", log_->end(), kPatienceMs));
  publish(6, 9);
  ASSERT_TRUE(consumers.wait_for("lazy", log_->end(), kPatienceMs));
  consumers.stop();
  EXPECT_EQ(recorder.handled, range(1, 9));
}

TEST_F(ConsumersTest, AConsumerThatIsFarBehindDoesNotLinger) {
  Recorder recorder;
  std::size_t count = 0;
  std::promise<void> all;
  recorder.fault = [&](std::span<const Entry> entries) -> Status {
    EXPECT_EQ(entries.size(), 10U);
    count += entries.size();
    if (count == 30) all.set_value();
    return {};
  };
  Consumer consumer = recorder.consumer("lazy");
  consumer.linger_ms = 1'000'000;
  consumer.hurry_bytes = 0;
  Consumers consumers(*log_, metrics_, options_);
  publish(1, 30);
  consumers.add(std::move(consumer));
  consumers.start();
  EXPECT_EQ(all.get_future().wait_for(std::chrono::milliseconds(kPatienceMs)), std::future_status::ready);
  consumers.stop();
  EXPECT_EQ(recorder.handled, range(1, 30));
}

TEST_F(ConsumersTest, TheLogIsKeptForWhoNeedsItAndAPlaceOfALostLogBeginsAgain) {
  Recorder recorder;
  Recorder lost;
  lost.place = 1'000'000'000;
  Consumer needy = recorder.consumer("needy");
  needy.needs = [] { return Position{0}; };
  Consumers consumers(*log_, metrics_, options_);
  consumers.add(std::move(needy));
  consumers.add(lost.consumer("lost"));
  consumers.start();
  publish(1, 100);
  ASSERT_TRUE(consumers.wait_for("needy", log_->end(), kPatienceMs));
  ASSERT_TRUE(consumers.wait_for("lost", log_->end(), kPatienceMs));
  consumers.stop();
  EXPECT_EQ(log_->begin(), 0U);
  EXPECT_EQ(recorder.handled, range(1, 100));
  EXPECT_EQ(lost.handled, range(1, 100));
}

TEST_F(ConsumersTest, ACheckpointIsSavedWithItsEffect) {
  const auto database = sql::open_sqlite(directory_.file("test.db")).value();
  ASSERT_TRUE(sql::migrate(*database, migrations()));
  EXPECT_EQ(checkpoint_of(*database, "a").value(), 0U);
  for (const Position place : {Position{5}, Position{9}}) {
    ASSERT_TRUE(database->write([&](sql::Session& session) { return save_checkpoint(session, "a", place); }));
  }
  const Status failed = database->write([&](sql::Session& session) -> Status {
    TRY(save_checkpoint(session, "a", 20));
    return fail(ErrorKind::kInternal, "the effect failed");
  });
  EXPECT_FALSE(failed);
  EXPECT_EQ(checkpoint_of(*database, "a").value(), 9U);
  EXPECT_EQ(checkpoint_of(*database, "b").value(), 0U);
}

}  // namespace
}  // namespace rapport::events
