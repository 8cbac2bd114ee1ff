#pragma once

// CampaignLimits. 0: no such limit.

#include <cstdint>

#include "base/result.h"
#include "json/json.h"

namespace rapport::campaigns {

struct Limits {
  std::int64_t daily = 0;                // messages to an endpoint within any 24 hours
  std::int64_t total = 0;                // messages meant for an endpoint over all runs
  std::int64_t maximum_duration = 0;     // seconds for which a run sends
  std::int64_t messages_per_second = 0;  // of a run
  std::int64_t session = 0;              // of in-app messages; the client's to keep
};

// Of a request's `Limits`. kInvalid names the member.
Result<Limits> read_limits(const json::object& request);

}  // namespace rapport::campaigns
