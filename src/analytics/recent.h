#pragma once

// What happens, minute by minute.

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "event_store/store.h"

namespace rapport::analytics {

// What became of a message counts in the minute its event bears: of an e-mail the one in which it was sent.
struct MinuteCounts {
  Timestamp minute;  // its begin
  std::int64_t events = 0;
  std::int64_t sent = 0;  // handed to a provider, by campaigns or directly
  std::int64_t delivered = 0;
  std::int64_t failed = 0;
  std::int64_t opened = 0;
  std::int64_t clicked = 0;
};

// `minutes` of them, oldest first, up to the one that `now` is in; also those in which nothing happened. kUnavailable
// when the store is behind.
Result<std::vector<MinuteCounts>> recent_minutes(event_store::Store& store, const std::string& app, Timestamp now,
                                                 std::int64_t minutes);

}  // namespace rapport::analytics
