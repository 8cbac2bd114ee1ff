#pragma once

// The state machine of a campaign: what its treatments are at, by what their runs are at.

#include <span>
#include <string>
#include <string_view>

namespace rapport::campaigns {

inline constexpr std::string_view kScheduled = "SCHEDULED";
inline constexpr std::string_view kExecuting = "EXECUTING";
inline constexpr std::string_view kPendingNextRun = "PENDING_NEXT_RUN";
inline constexpr std::string_view kCompleted = "COMPLETED";
inline constexpr std::string_view kPaused = "PAUSED";
inline constexpr std::string_view kDeleted = "DELETED";
inline constexpr std::string_view kInvalid = "INVALID";

// How far a treatment is.
struct Progress {
  bool runs = false;    // a run is under way
  bool waits = false;   // a run is to come
  bool begun = false;   // a run has begun at some time
  bool paused = false;  // IsPaused: none is to come until that changes
  bool failed = false;  // the last run that ended did so without success
};

std::string_view status_of(const Progress& treatment);

// Of a campaign with treatments of these statuses.
std::string_view status_of(std::span<const std::string> treatments);

}  // namespace rapport::campaigns
