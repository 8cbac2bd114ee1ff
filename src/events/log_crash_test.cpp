// What the log acknowledged is there after kill -9, once each.

#include <gtest/gtest.h>

#include <set>

#include "base/check.h"
#include "base/metrics.h"
#include "events/log.h"
#include "events/random_events_test.h"
#include "testing/killed_process.h"
#include "testing/temporary_directory.h"

namespace rapport::events {
namespace {

constexpr std::uint64_t kRoundSpan = 1'000'000'000;
constexpr LogOptions kSmallFiles{.segment_bytes = 4'000, .kept_bytes = 0, .remembered_events = 100'000};

TEST(LogCrash, DISABLED_Writer) {
  Metrics metrics;
  const auto log = open_log(test::crash_directory(), kSmallFiles, metrics).value();
  test::write_until_killed([&](std::uint64_t number) {
    const std::vector<Event> events = {numbered_event(2 * number), numbered_event(2 * number + 1)};
    Sheet sheet;
    for (const Event& event : events) sheet.add(event);
    CHECK(number % 2 == 0 ? log->publish(events) : log->publish_sheets({&sheet, 1}));
  });
}

TEST(LogCrash, NothingAcknowledgedIsLostAndNothingIsThereTwice) {
  constexpr std::uint64_t kSeed = 42;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  const test::TemporaryDirectory directory;
  Random random(kSeed);
  std::set<std::uint64_t> acknowledged;
  for (std::uint64_t round = 0; round < 5; ++round) {
    const auto numbers = test::run_until_killed({.disabled_test = "LogCrash.DISABLED_Writer",
                                                 .directory = directory.file("log"),
                                                 .first = round * kRoundSpan,
                                                 .acknowledged = 1 + random.below(300)});
    acknowledged.insert(numbers.begin(), numbers.end());
    Metrics metrics;
    const auto log = open_log(directory.file("log"), kSmallFiles, metrics).value();
    for (const auto number : numbers) {  // as clients do that missed the answer
      const Event again = numbered_event(2 * number);
      CHECK(log->publish(std::span(&again, 1)));
    }
    std::set<std::uint64_t> kept;
    const auto entries = log->read(0, 10'000'000).value();
    for (const auto& entry : entries) {
      EXPECT_TRUE(kept.insert(number_of(entry.event)).second) << entry.event.id;
    }
    for (const auto number : acknowledged) {
      EXPECT_TRUE(kept.contains(2 * number) && kept.contains(2 * number + 1)) << number;
    }
  }
}

}  // namespace
}  // namespace rapport::events
