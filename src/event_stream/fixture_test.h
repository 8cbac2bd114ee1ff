#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "events/log.h"

namespace rapport::event_stream {

// A log in memory whose places are not dense, as those of a file are not.
class MemoryLog final : public events::Log {
 public:
  Status publish(std::span<const events::Event> events) override {
    const std::lock_guard lock(mutex_);
    for (const events::Event& event : events) entries_.push_back({(entries_.size() + 1) * 7, event});
    grown_.notify_all();
    return {};
  }
  Result<std::vector<events::Entry>> read(events::Position from, std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<events::Entry> found;
    for (std::size_t i = from / 7; i < entries_.size() && found.size() < limit; ++i) found.push_back(entries_[i]);
    return found;
  }
  events::Position begin() const override { return 0; }
  Status trim(events::Position /*before*/) override { return {}; }
  events::Position end() const override {
    const std::lock_guard lock(mutex_);
    return entries_.size() * 7;
  }
  void wait(events::Position from, std::int64_t timeout_ms, const std::stop_token& stop) override {
    std::unique_lock lock(mutex_);
    grown_.wait_for(lock, stop, std::chrono::milliseconds(timeout_ms), [&] { return entries_.size() * 7 > from; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any grown_;
  std::vector<events::Entry> entries_;
};

inline events::Event event_of(const std::string& app, int number, Timestamp arrival) {
  events::Event event;
  event.app = app;
  event.endpoint = "endpoint-" + std::to_string(number % 5);
  event.id = "event-" + std::to_string(number);
  event.type = "goal";
  event.time = arrival;
  event.arrival = arrival;
  event.attributes = {{"number", std::to_string(number)}};
  event.metrics = {{"minute", number}};
  return event;
}

inline std::vector<events::Entry> entries_of(int first, int count, Timestamp arrival) {
  std::vector<events::Entry> entries;
  for (int i = first; i < first + count; ++i) {
    entries.push_back({static_cast<events::Position>(i + 1), event_of("app", i, arrival)});
  }
  return entries;
}

}  // namespace rapport::event_stream
