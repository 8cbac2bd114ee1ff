// The log against a plain list of events: publishing with repeats, singly and in sheets, reading from anywhere,
// restarts and trimming.

#include <gtest/gtest.h>

#include <set>

#include "base/metrics.h"
#include "events/log.h"
#include "events/random_events_test.h"
#include "testing/temporary_directory.h"

namespace rapport::events {
namespace {

class LogPropertyTest : public testing::Test {
 protected:
  struct Kept {
    Position next;
    std::uint64_t number;
  };

  void reopen() {
    log_.reset();
    log_ = open_log(directory_.path(), {.segment_bytes = 3'000, .kept_bytes = 5'000}, metrics_).value();
    ASSERT_EQ(log_->end(), model_.empty() ? 0 : model_.back().next);
  }

  void publish() {
    std::vector<Event> events;
    std::vector<std::uint64_t> fresh;
    for (std::uint64_t i = 1 + random_.below(8); i > 0; --i) {
      const bool is_repeat = random_.below(3) == 0 && next_number_ > 0;
      // What was trimmed may be forgotten after a restart; the newest are kept.
      const std::uint64_t number =
          is_repeat ? next_number_ - 1 - random_.below(std::min<std::uint64_t>(next_number_, 20)) : next_number_++;
      if (!is_repeat) fresh.push_back(number);
      events.push_back(numbered_event(number));
    }
    const Position before = log_->end();
    if (random_.below(2) == 0) {
      ASSERT_TRUE(log_->publish(events));
    } else {
      Sheet sheet;
      for (const Event& event : events) sheet.add(event);
      ASSERT_TRUE(log_->publish_sheets({&sheet, 1}));
    }
    Position from = before;
    const auto entries = log_->read(from, 100).value();
    ASSERT_EQ(entries.size(), fresh.size());
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      EXPECT_EQ(number_of(entries[i].event), fresh[i]);
      EXPECT_GT(entries[i].next, from);
      from = entries[i].next;
      model_.push_back({entries[i].next, fresh[i]});
    }
    EXPECT_EQ(log_->end(), from);
  }

  void read_from_anywhere() {
    if (model_.empty()) return;
    const std::size_t at = random_.below(model_.size());
    const std::size_t limit = 1 + random_.below(30);
    const auto entries = log_->read(model_[at].next, limit).value();
    // Older events may be gone; what is read is a run of the model, and begins right behind when nothing was trimmed.
    std::size_t expected = at + 1;
    if (model_[at].next < log_->begin()) {
      while (expected < model_.size() && model_[expected].next <= log_->begin()) ++expected;
    }
    ASSERT_EQ(entries.size(), std::min(limit, model_.size() - expected));
    for (const auto& entry : entries) {
      EXPECT_EQ(entry.next, model_[expected].next);
      EXPECT_EQ(number_of(entry.event), model_[expected++].number);
    }
  }

  void trim() {
    if (model_.empty()) return;
    const Position before = model_[random_.below(model_.size())].next;
    const Position begin = log_->begin();
    ASSERT_TRUE(log_->trim(before));
    EXPECT_LE(log_->begin(), std::max(before, begin));
  }

  static constexpr std::uint64_t kSeed = 9;
  Random random_{kSeed};
  test::TemporaryDirectory directory_;
  Metrics metrics_;
  std::unique_ptr<Log> log_;
  std::vector<Kept> model_;
  std::uint64_t next_number_ = 0;
};

TEST_F(LogPropertyTest, IsAListWithoutRepeats) {
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  reopen();
  for (int step = 0; step < 600 && !HasFatalFailure(); ++step) {
    switch (random_.below(12)) {
      case 0: reopen(); break;
      case 1: trim(); break;
      case 2:
      case 3:
      case 4:
      case 5: publish(); break;
      default: read_from_anywhere();
    }
  }
  EXPECT_GT(log_->begin(), 0U);
}

}  // namespace
}  // namespace rapport::events
