#pragma once

#include <mutex>

namespace rapport::channels {

// Spreads starts evenly: at most `per_second` of them in any second. Thread-safe.
class RateLimit {
 public:
  // 0: no limit.
  explicit RateLimit(double per_second) : interval_(per_second > 0 ? 1 / per_second : 0) {}

  // Takes the next place in line; returns how many seconds after `now` (of a monotonic clock) it is.
  double reserve(double now) {
    if (interval_ == 0) return 0;
    const std::scoped_lock lock(mutex_);
    const double place = next_ > now ? next_ : now;
    next_ = place + interval_;
    return place - now;
  }

 private:
  const double interval_;
  std::mutex mutex_;
  double next_ = 0;
};

}  // namespace rapport::channels
