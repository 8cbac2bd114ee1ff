#pragma once

#include <compare>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rapport {

// A point in time: microseconds since 1970-01-01T00:00:00Z. Stored as BIGINT in every database.
struct Timestamp {
  std::int64_t micros = 0;

  static constexpr Timestamp from_seconds(double seconds) {
    return {static_cast<std::int64_t>(seconds * 1e6 + (seconds < 0 ? -0.5 : 0.5))};
  }
  constexpr double seconds() const { return static_cast<double>(micros) / 1e6; }
  auto operator<=>(const Timestamp&) const = default;
};

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

constexpr Timestamp operator+(Timestamp time, std::int64_t micros) { return {time.micros + micros}; }
constexpr Timestamp operator-(Timestamp time, std::int64_t micros) { return {time.micros - micros}; }
constexpr std::int64_t operator-(Timestamp later, Timestamp earlier) { return later.micros - earlier.micros; }

// `2019-10-08T18:40:49.031Z`: UTC, milliseconds, the form of every date in a response body.
std::string format_iso8601(Timestamp time);
// `20191008T184049Z`, the form of SigV4's X-Amz-Date.
std::string format_basic_iso8601(Timestamp time);
// `2019-10-08`.
std::string format_date(Timestamp time);
// `Tue, 08 Oct 2019 18:40:49 GMT` (RFC 9110 IMF-fixdate).
std::string format_http_date(Timestamp time);

// Reads dates as clients write them: `2019-10-08`, `2019-10-08T18:40[:49[.031]][Z|+hh[:]mm]`, and the basic form
// `20191008T184049Z`. Without a zone it is UTC. Anything else is kInvalid.
Result<Timestamp> parse_iso8601(std::string_view text);

// The source of time. Every module takes one; nothing else calls the system clock.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
};

// Time that moves only when told to. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start = {1'700'000'000 * kMicrosPerSecond}) : now_(start) {}
  Timestamp now() const override;
  void advance(std::int64_t micros);

 private:
  mutable std::mutex mutex_;
  Timestamp now_;
};

// Seconds from a fixed, arbitrary origin that never goes back: for measuring how long something took.
double monotonic_seconds();

}  // namespace rapport
