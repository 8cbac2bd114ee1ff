#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "events/event.h"
#include "events/sheet.h"

namespace rapport {
class Metrics;
}

namespace rapport::events {

// A place in the log; 0 is its beginning. Rises with every event.
using Position = std::uint64_t;

struct Entry {
  Position next = 0;  // the place behind this event
  Event event;
};

// Whoever has events to tell. Thread-safe.
class Publisher {
 public:
  virtual ~Publisher() = default;
  // Durable when it returns; concurrent calls share the sync. An event that was published before (same application,
  // endpoint, id, type and time, within the log's window of memory) is dropped silently. kUnavailable when the disk is
  // full or broken: nothing was accepted. kTooLarge when an event is larger than kEventBytesMax: nothing was accepted.
  virtual Status publish(std::span<const Event> events) = 0;
  // The same for the events of sheets, in order: all or none are accepted.
  virtual Status publish_sheets(std::span<const Sheet> sheets) {
    std::vector<Event> all;
    for (const Sheet& sheet : sheets) std::ranges::move(sheet.events(), std::back_inserter(all));
    return publish(all);
  }
};

constexpr std::size_t kEventBytesMax = std::size_t{4} << 20;  // of an event as it is stored

// Reads the log in order. Thread-safe.
class Log : public Publisher {
 public:
  // Up to `limit` events from `from` on (fewer when they are large); empty when there are none yet. A place older than
  // what is kept continues with the oldest event kept. What is damaged on the disk is passed over, and logged.
  virtual Result<std::vector<Entry>> read(Position from, std::size_t limit) = 0;
  virtual Position begin() const = 0;  // of the oldest event kept
  virtual Position end() const = 0;    // behind the newest durable event
  // Returns when the log has more than `from`, after `timeout_ms`, or when stopped.
  virtual void wait(Position from, std::int64_t timeout_ms, const std::stop_token& stop) = 0;
  // Nobody needs events before this place any more: old segments go, but for Options::kept_bytes.
  virtual Status trim(Position before) = 0;
};

struct LogOptions {
  std::uint64_t segment_bytes = std::uint64_t{64} << 20;
  std::uint64_t kept_bytes = std::uint64_t{1} << 30;  // kept although nobody needs them
  std::size_t remembered_events = 10'000'000;         // at least half as many are known when they are sent again
};

// The log of a directory, which is made when there is none: files of `segment_bytes`, each named by its first place.
// What a crash left half written at the end is cut off. REQUIRES that nobody else has the directory open.
Result<std::unique_ptr<Log>> open_log(const std::filesystem::path& directory, const LogOptions& options,
                                      Metrics& metrics);

}  // namespace rapport::events
