#pragma once

// zones: what a wall clock shows somewhere at a moment, and back.

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace rapport::zones {

// What a wall clock shows: microseconds since it showed 1970-01-01 00:00, as if every day had 24 hours.
struct LocalTime {
  std::int64_t micros = 0;
  auto operator<=>(const LocalTime&) const = default;
};

// Of the day: 0 to 24 h.
std::int64_t micros_of_day(LocalTime time);

// A value; cheap to copy; thread-safe.
class TimeZone {
 public:
  TimeZone() = default;  // UTC

  // An IANA id: "Europe/Berlin". Nothing when there is no such zone.
  static std::optional<TimeZone> find(std::string_view id);
  // "UTC", "UTC+03:30", "UTC-02", "utc+1". Nothing for anything else, or beyond 18 hours.
  static std::optional<TimeZone> parse_offset(std::string_view text);

  LocalTime local(Timestamp at) const;
  // When the clock shows it. Where clocks go forward over it: the moment they do; where it comes twice: the first time.
  Timestamp instant(LocalTime local) const;

 private:
  std::int64_t offset_micros_ = 0;  // without a zone
  const void* zone_ = nullptr;      // lives as long as the process
};

// The clock that is ahead of every other, and how far: where a date begins first.
constexpr std::int64_t kEarliestZoneMicros = 14 * 3600 * kMicrosPerSecond;

}  // namespace rapport::zones
