#pragma once

// The hours in which an endpoint is left alone.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"
#include "zones/time_zone.h"

namespace rapport::campaigns {

// From the start to the end, both included, by the endpoint's clock; over midnight when the start is later.
struct QuietTime {
  int start_minute = 0;  // of the day
  int end_minute = 0;

  bool holds(zones::LocalTime time) const;
  friend bool operator==(const QuietTime&, const QuietTime&) = default;
};

// {"Start": "22:00", "End": "06:30"}. Nothing when the object says nothing; kInvalid names the member.
Result<std::optional<QuietTime>> parse_quiet_time(const json::object& document);

}  // namespace rapport::campaigns
