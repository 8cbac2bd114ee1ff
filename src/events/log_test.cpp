#include "events/log.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "base/metrics.h"
#include "events/random_events_test.h"
#include "testing/temporary_directory.h"

namespace rapport::events {
namespace {

class LogTest : public testing::Test {
 protected:
  LogTest() { reopen(); }

  void reopen() {
    log_.reset();
    log_ = open_log(directory_.path(), options_, metrics_).value();
  }

  void publish(std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t begin = first; begin <= last; begin += 10) {
      std::vector<Event> events;
      for (std::uint64_t number = begin; number <= std::min(last, begin + 9); ++number) {
        events.push_back(numbered_event(number));
      }
      ASSERT_TRUE(log_->publish(events));
    }
  }

  Status publish_sheet(const Sheet& sheet) { return log_->publish_sheets({&sheet, 1}); }

  std::vector<std::uint64_t> numbers(Position from = 0) {
    std::vector<std::uint64_t> found;
    for (;;) {
      const auto entries = log_->read(from, 7).value();
      if (entries.empty()) return found;
      for (const auto& entry : entries) found.push_back(number_of(entry.event));
      from = entries.back().next;
    }
  }

  std::vector<std::filesystem::path> files() {
    std::set<std::filesystem::path> sorted;
    for (const auto& file : std::filesystem::directory_iterator(directory_.path())) sorted.insert(file.path());
    return {sorted.begin(), sorted.end()};
  }

  static std::vector<std::uint64_t> range(std::uint64_t first, std::uint64_t last) {
    std::vector<std::uint64_t> numbers;
    for (; first <= last; ++first) numbers.push_back(first);
    return numbers;
  }

  test::TemporaryDirectory directory_;
  LogOptions options_{.segment_bytes = 1'000, .kept_bytes = 0, .remembered_events = 1'000};
  Metrics metrics_;
  std::unique_ptr<Log> log_;
};

TEST_F(LogTest, EventsComeBackInOrderAlsoAfterARestart) {
  EXPECT_EQ(log_->end(), 0U);
  EXPECT_TRUE(log_->read(0, 10).value().empty());
  publish(1, 50);
  publish(51, 100);
  EXPECT_EQ(numbers(), range(1, 100));
  const Position end = log_->end();
  reopen();
  EXPECT_EQ(log_->end(), end);
  EXPECT_EQ(numbers(), range(1, 100));
  publish(101, 110);
  EXPECT_EQ(numbers(end), range(101, 110));
  EXPECT_GT(files().size(), 3U);
}

TEST_F(LogTest, WhatWasSentBeforeIsDroppedAlsoAfterARestart) {
  publish(1, 20);
  const Position end = log_->end();
  publish(10, 20);
  EXPECT_EQ(log_->end(), end);
  reopen();
  publish(1, 21);
  std::vector<Event> twice = {numbered_event(30), numbered_event(30)};
  ASSERT_TRUE(log_->publish(twice));
  auto expected = range(1, 21);
  expected.push_back(30);
  EXPECT_EQ(numbers(), expected);
  Event other = numbered_event(1);
  other.time = other.time + 1;
  ASSERT_TRUE(log_->publish(std::span(&other, 1)));
  EXPECT_EQ(numbers().size(), 23U);
}

TEST_F(LogTest, ATornTailIsCut) {
  constexpr std::uint64_t kSeed = 5;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Random random(kSeed);
  options_.segment_bytes = 1 << 20;
  reopen();
  std::uint64_t count = 0;
  for (int round = 0; round < 50; ++round) {
    publish(count + 1, count + 3);
    count += 2;  // the third is torn, and sent again in the next round
    log_.reset();
    const auto file = files().back();
    std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1 - random.below(60));
    if (round % 2 == 0) std::ofstream(file, std::ios::app) << random_text(random, 300);
    reopen();
    ASSERT_EQ(numbers(), range(1, count));
  }
}

Sheet sheet_of(std::uint64_t first, std::uint64_t last) {
  Sheet sheet;
  for (std::uint64_t number = first; number <= last; ++number) sheet.add(numbered_event(number));
  return sheet;
}

TEST_F(LogTest, ASheetIsThereAsAWholeOrNotAtAll) {
  options_.segment_bytes = 1 << 20;
  reopen();
  publish(1, 3);
  const Position before = log_->end();
  ASSERT_TRUE(publish_sheet(sheet_of(4, 20)));
  EXPECT_EQ(numbers(), range(1, 20));
  EXPECT_EQ(numbers(log_->read(before, 5).value().back().next), range(9, 20));
  log_.reset();
  const auto file = files().back();
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  reopen();
  EXPECT_EQ(log_->end(), before);
  EXPECT_EQ(numbers(), range(1, 3));
}

TEST_F(LogTest, SheetsAreTakenTogetherOrNotAtAll) {
  const std::vector<Sheet> sheets{sheet_of(1, 6), Sheet(), sheet_of(5, 9)};
  ASSERT_TRUE(log_->publish_sheets(sheets));
  EXPECT_EQ(numbers(), range(1, 9));
  std::vector<Sheet> with_one_too_large{sheet_of(10, 12)};
  Event event = numbered_event(13);
  event.context.assign(kEventBytesMax, 'x');
  with_one_too_large.emplace_back().add(event);
  EXPECT_EQ(log_->publish_sheets(with_one_too_large).error().kind, ErrorKind::kTooLarge);
  EXPECT_EQ(numbers(), range(1, 9));
}

TEST_F(LogTest, WhatIsKnownOfASheetIsDropped) {
  publish(3, 4);
  ASSERT_TRUE(publish_sheet(sheet_of(1, 6)));
  auto expected = std::vector<std::uint64_t>{3, 4, 1, 2, 5, 6};
  EXPECT_EQ(numbers(), expected);
  const Position end = log_->end();
  reopen();
  ASSERT_TRUE(publish_sheet(sheet_of(1, 6)));
  publish(5, 6);
  EXPECT_EQ(log_->end(), end);
  Sheet twice = sheet_of(7, 9);
  twice.add(numbered_event(8));
  ASSERT_TRUE(publish_sheet(twice));
  for (const std::uint64_t number : {7, 8, 9}) expected.push_back(number);
  EXPECT_EQ(numbers(), expected);
}

TEST_F(LogTest, ReadingGoesOnInsideASheetAfterARestart) {
  ASSERT_TRUE(publish_sheet(sheet_of(1, 50)));
  ASSERT_TRUE(publish_sheet(sheet_of(51, 90)));
  const Position inside = log_->read(0, 30).value().back().next;
  publish(91, 100);
  ASSERT_GT(files().size(), 1U);
  reopen();
  EXPECT_EQ(numbers(inside), range(31, 100));
  ASSERT_TRUE(log_->trim(log_->end()));
  EXPECT_EQ(numbers(inside).back(), 100U);
}

TEST_F(LogTest, ASheetMayBeLargerThanAFrame) {
  Sheet sheet;
  for (std::uint64_t number = 1; number <= 3; ++number) {
    Event event = numbered_event(number);
    event.context.assign(kEventBytesMax / 2, static_cast<char>('a' + number));
    sheet.add(event);
  }
  ASSERT_TRUE(publish_sheet(sheet));
  EXPECT_EQ(numbers(), range(1, 3));
  Event event = numbered_event(4);
  event.context.assign(kEventBytesMax, 'x');
  sheet.add(event);
  EXPECT_EQ(publish_sheet(sheet).error().kind, ErrorKind::kTooLarge);
  EXPECT_EQ(numbers(), range(1, 3));
}

TEST_F(LogTest, AnEventOfASheetThatIsTooLargeIsRefused) {
  Event form = numbered_event(1);
  form.context = Sheet::blank(0) + Sheet::blank(0) + Sheet::json_blank(0);
  Sheet sheet;
  const std::string small(1'000, 'x');
  const std::string large(kEventBytesMax / 2, 'x');
  const std::size_t kind = sheet.add_kind({&form, 1}, 1);
  sheet.add_row(kind, std::array<std::string_view, 1>{large});
  EXPECT_EQ(publish_sheet(sheet).error().kind, ErrorKind::kTooLarge);
  Sheet other;
  other.add_kind({&form, 1}, 1);
  other.add_row(kind, std::array<std::string_view, 1>{small});
  EXPECT_TRUE(publish_sheet(other));
  EXPECT_EQ(numbers(), range(1, 1));
}

TEST_F(LogTest, DamageLosesOnlyWhatItHit) {
  constexpr std::uint64_t kSeed = 6;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Random random(kSeed);
  publish(1, 100);
  for (const auto& file : files()) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(100 + random.below(600)));
    stream.put('\x7f');
    stream.put('\x80');
  }
  const std::size_t damages = files().size();
  for (int round = 0; round < 2; ++round) {
    const auto found = numbers();
    EXPECT_TRUE(std::ranges::is_sorted(found));
    EXPECT_GE(found.size(), 100 - 2 * damages);
    EXPECT_LT(found.size(), 100U);
    reopen();
  }
  const auto before = numbers();
  publish(101, 105);
  EXPECT_EQ(numbers().size(), before.size() + 5);
}

TEST_F(LogTest, AFileWhoseMakingWasCutShortIsMadeAgain) {
  publish(1, 5);
  const Position end = log_->end();
  log_.reset();
  std::ofstream(directory_.path() / fmt::format("{:020}.events", end)) << "RAPP";
  reopen();
  EXPECT_EQ(log_->end(), end);
  publish(6, 8);
  reopen();
  EXPECT_EQ(numbers(), range(1, 8));
}

TEST_F(LogTest, OldFilesGoWhenNobodyNeedsThem) {
  publish(1, 30);
  const Position middle = log_->end();
  publish(31, 60);
  publish(61, 100);
  ASSERT_TRUE(log_->trim(middle));
  EXPECT_GT(log_->begin(), 0U);
  EXPECT_LE(log_->begin(), middle);
  EXPECT_EQ(numbers(middle), range(31, 100));
  const auto kept = numbers();
  reopen();
  EXPECT_EQ(numbers(), kept);
  EXPECT_EQ(numbers(0), kept);
  ASSERT_TRUE(log_->trim(log_->end()));
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(LogTest, BytesThatAreToBeKeptStay) {
  options_.kept_bytes = 1 << 20;
  reopen();
  publish(1, 100);
  ASSERT_TRUE(log_->trim(log_->end()));
  EXPECT_EQ(numbers(), range(1, 100));
}

TEST_F(LogTest, AFullDiskRefusesWholeAndRecovers) {
  options_.segment_bytes = 1 << 20;
  reopen();
  publish(1, 10);
  const auto ignored = ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit full{log_->end() + 100, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  const std::vector<Event> events = {numbered_event(11), numbered_event(12)};
  const Status refused = log_->publish(events);
  const Status again = log_->publish(events);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, ignored);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_TRUE(again);  // in a file of its own, which was small enough
  EXPECT_EQ(numbers(), range(1, 12));
  publish(13, 15);
  reopen();
  EXPECT_EQ(numbers(), range(1, 15));
}

TEST_F(LogTest, AnEventThatIsTooLargeIsRefused) {
  Event event = numbered_event(1);
  event.context.assign(kEventBytesMax, 'x');
  const Status refused = log_->publish(std::span(&event, 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kTooLarge);
  EXPECT_EQ(log_->end(), 0U);
}

TEST_F(LogTest, ADirectoryThatCannotBeMadeIsAnError) {
  std::ofstream(directory_.file("file")) << "x";
  const auto opened = open_log(directory_.path() / "file", options_, metrics_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::kUnavailable);
}

TEST_F(LogTest, ManyPublishersAndReadersAtOnce) {
  constexpr std::uint64_t kThreads = 4;
  constexpr std::uint64_t kEach = 300;
  std::vector<std::uint64_t> read;
  std::jthread reader([&](const std::stop_token& stop) {
    Position from = 0;
    while (read.size() < kThreads * kEach && !stop.stop_requested()) {
      log_->wait(from, 10'000, stop);
      const auto entries = log_->read(from, 50).value();
      for (const auto& entry : entries) {
        read.push_back(number_of(entry.event));
        from = entry.next;
      }
    }
  });
  {
    std::vector<std::jthread> publishers;
    for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
      publishers.emplace_back([this, thread] {
        for (std::uint64_t i = 0; i < kEach; i += 3) {
          const std::uint64_t first = thread * kEach + i;
          std::vector<Event> events;
          for (std::uint64_t number = first; number < first + 3; ++number) events.push_back(numbered_event(number));
          EXPECT_TRUE(log_->publish(events));
          EXPECT_TRUE(log_->publish(events));  // all duplicates
        }
      });
    }
  }
  reader.join();
  EXPECT_EQ(std::set<std::uint64_t>(read.begin(), read.end()).size(), kThreads * kEach);
  EXPECT_EQ(read.size(), kThreads * kEach);
  EXPECT_EQ(numbers(), read);
}

TEST_F(LogTest, WaitingEndsWithTheTimeOrTheStop) {
  std::stop_source stop;
  log_->wait(0, 1, stop.get_token());
  stop.request_stop();
  log_->wait(0, 1'000'000, stop.get_token());
  publish(1, 1);
  log_->wait(0, 1'000'000, std::stop_token());
  EXPECT_GT(log_->end(), 0U);
}

}  // namespace
}  // namespace rapport::events
