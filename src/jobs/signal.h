#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

#include "jobs/jobs.h"

namespace rapport::jobs {

// Tells idle workers that there may be something to claim. Thread-safe.
struct Queue::Signal {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::uint64_t generation = 0;

  void wake() {
    {
      const std::scoped_lock lock(mutex);
      ++generation;
    }
    changed.notify_all();
  }

  std::uint64_t current() {
    const std::scoped_lock lock(mutex);
    return generation;
  }

  // Returns when someone called wake() since `seen`, after `limit_ms`, or when stopped.
  void wait(std::uint64_t seen, std::int64_t limit_ms, const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, stop, std::chrono::milliseconds(limit_ms), [&] { return generation != seen; });
  }
};

}  // namespace rapport::jobs
