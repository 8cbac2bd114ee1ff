#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "events/event.h"

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
  // full or broken: nothing was accepted.
  virtual Status publish(std::span<const Event> events) = 0;
};

// Reads the log in order. Thread-safe.
class Log : public Publisher {
 public:
  // Up to `limit` events from `from` on; empty when there are none yet. A place older than what is kept continues with
  // the oldest event kept.
  virtual Result<std::vector<Entry>> read(Position from, std::size_t limit) = 0;
  virtual Position end() const = 0;
  // Returns when the log has more than `from`, after `timeout_ms`, or when stopped.
  virtual void wait(Position from, std::int64_t timeout_ms, const std::stop_token& stop) = 0;
};

}  // namespace rapport::events
