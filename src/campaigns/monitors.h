#pragma once

// Run monitors: rules on the runs of a campaign; a broken one raises an alarm, once for each run.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "campaigns/campaigns.h"

namespace rapport::campaigns {

inline constexpr std::string_view kLateStart = "LATE_START";
inline constexpr std::string_view kSmallAudience = "SMALL_AUDIENCE";
inline constexpr std::string_view kFailureRate = "FAILURE_RATE";
inline constexpr std::string_view kStuck = "STUCK";
inline constexpr std::string_view kRunFailed = "RUN_FAILED";  // no rule asks for it: every monitor does

// What a monitor's document (the wire's MonitorRequest) says. A rule it does not name is not held.
struct MonitorRules {
  static MonitorRules read(const json::object& document);

  std::optional<std::int64_t> late_start_seconds = {};
  std::optional<std::int64_t> audience_min = {};
  std::optional<std::int64_t> failure_percent_max = {};  // of the messages handed over
  std::optional<std::int64_t> stuck_seconds = {};        // without anything done, though there is something to do
};

struct WatchedRun {
  Activity activity;
  bool is_of_events = false;  // its audience is known when it is over
  bool is_stuck = false;
};

struct BrokenRule {
  std::string_view rule;
  std::string detail;
};

// Pure.
std::vector<BrokenRule> broken_rules(const MonitorRules& rules, const WatchedRun& run, Timestamp now);

// Runs a job `campaign.watch`: holds the runs of one campaign against its monitor, acts on alarms, and submits the job
// that looks next.
Status watch_runs(Campaigns& campaigns, const Collaborators& with, jobs::Context& context);

}  // namespace rapport::campaigns
