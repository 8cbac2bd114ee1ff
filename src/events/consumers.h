#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "events/log.h"

namespace rapport {
class Counter;
}

namespace rapport::events {

// Whoever acts on events, in the order of the log, each at least once.
struct Consumer {
  std::string name;  // [a-z_]+
  // Where it stands. Asked once, at the start, on its own thread.
  std::function<Result<Position>()> position;
  // Acts on the events and stores `through` as its place, best in one transaction: what has not been stored is handed
  // over again after a crash. Without events only the place is to be stored. kUnavailable is tried again for ever;
  // after another error the events come one by one, and one that keeps failing is logged, counted and passed over.
  std::function<Status(std::span<const Entry>, Position through)> handle;
  // The oldest place it may still ask for; its place when this is empty.
  std::function<Position()> needs = {};
  std::size_t batch_max = 1000;
  // Waits this long before each batch: batches are larger, and a burst of events leaves the processors to whoever makes
  // it. Not when somebody waits for it, nor when more than `hurry_bytes` of the log lie before it.
  std::int64_t linger_ms = 0;
  Position hurry_bytes = Position{256} << 20;
};

struct ConsumerOptions {
  int attempts_max = 5;  // of a single event
  std::int64_t back_off_first_ms = 100;
  std::int64_t back_off_max_ms = 10'000;
  std::int64_t trim_every_ms = 60'000;  // how often the log is told what nobody needs any more
};

// The consumers of a log, one thread each: none waits for another. Thread-safe. The log and what the consumers use must
// outlive it.
class Consumers {
 public:
  Consumers(Log& log, Metrics& metrics, const ConsumerOptions& options = {});
  ~Consumers();  // stops

  void add(Consumer consumer);  // REQUIRES that it has not started
  void start();
  // Lets every handler in progress return.
  void stop();

  // Returns once the consumer has acted on everything before `place`, which makes it hurry. kUnavailable when that
  // takes longer than `timeout_ms`; kNotFound for an unknown name.
  Status wait_for(std::string_view name, Position place, std::int64_t timeout_ms);

 private:
  class Runner;
  void trim(const std::stop_token& stop);

  Log& log_;
  Metrics& metrics_;
  const ConsumerOptions options_;
  std::vector<std::unique_ptr<Runner>> runners_;
  std::jthread trimmer_;
};

}  // namespace rapport::events
