#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>

#include "channels/channel.h"

namespace rapport::channels {

// A token bucket: starts are spread evenly, `per_second` of them a second, and up to `burst` may come at once after a
// rest. One instance is shared by everybody who counts towards the same limit. Thread-safe. Times are seconds of any
// clock that never goes back.
class RateLimit {
 public:
  // `per_second` 0: no limit.
  explicit RateLimit(double per_second, double burst = 1)
      : interval_(per_second > 0 ? 1 / per_second : 0), slack_(interval_ * (std::max(burst, 1.0) - 1)) {}

  // Takes the next place in line; returns how many seconds after `now` it is.
  double reserve(double now) {
    if (interval_ == 0) return 0;
    const std::scoped_lock lock(mutex_);
    const double place = std::max(next_, now);
    next_ = place + interval_;
    return std::max(0.0, place - slack_ - now);
  }

  // Takes as many of `wanted` places as there are at once; perhaps none.
  std::size_t take(std::size_t wanted, double now) {
    if (interval_ == 0) return wanted;
    const std::scoped_lock lock(mutex_);
    const double place = std::max(next_, now);
    const double room = std::floor((now + slack_ - place) / interval_ + 1 + kRounding);
    const std::size_t taken = std::min(wanted, static_cast<std::size_t>(std::max(room, 0.0)));
    next_ = place + interval_ * static_cast<double>(taken);
    return taken;
  }

  // Seconds until `take` gives one.
  double wait(double now) {
    if (interval_ == 0) return 0;
    const std::scoped_lock lock(mutex_);
    return std::max(0.0, next_ - slack_ - now);
  }

 private:
  static constexpr double kRounding = 1e-6;
  const double interval_;
  const double slack_;
  std::mutex mutex_;
  double next_ = 0;
};

// How a limited channel sees time pass.
struct Pace {
  std::function<double()> now;           // seconds
  std::function<void(double)> wait_for;  // seconds
};
Pace real_pace();

// Sends by `channel` as fast as `limit` lets it. What would have to wait longer than `patience_seconds` is not handed
// over: kThrottled, with when to come again.
std::unique_ptr<Channel> make_limited(std::shared_ptr<Channel> channel, std::shared_ptr<RateLimit> limit,
                                      double patience_seconds, Pace pace);

}  // namespace rapport::channels
