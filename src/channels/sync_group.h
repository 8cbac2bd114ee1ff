#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

#include "base/result.h"

namespace rapport::channels {

// Lets threads that need the same expensive sync share one: a sync serves everyone who asked before it began.
// Thread-safe.
class SyncGroup {
 public:
  explicit SyncGroup(std::function<Status()> sync) : sync_(std::move(sync)) {}

  // Returns the result of a sync that began after the call.
  Status wait();

 private:
  const std::function<Status()> sync_;
  std::mutex mutex_;
  std::condition_variable finished_;
  std::uint64_t asked_ = 0;   // calls so far
  std::uint64_t served_ = 0;  // calls up to this one have their result
  bool running_ = false;
  Status last_;  // of the sync that served up to served_
};

}  // namespace rapport::channels
