#include <fmt/format.h>

#include "campaigns/monitors.h"
#include "campaigns/reasons.h"

namespace rapport::campaigns {
namespace {

void check_start(const MonitorRules& rules, const WatchedRun& run, Timestamp now, std::vector<BrokenRule>& broken) {
  if (!rules.late_start_seconds || (run.activity.ended && !run.activity.started)) return;
  const std::int64_t late = (run.activity.started.value_or(now) - run.activity.scheduled) / kMicrosPerSecond;
  if (late <= *rules.late_start_seconds) return;
  broken.push_back({kLateStart, fmt::format("Late by seconds: {}; allowed: {}", late, *rules.late_start_seconds)});
}

void check_audience(const MonitorRules& rules, const WatchedRun& run, std::vector<BrokenRule>& broken) {
  const bool is_known =
      run.activity.ended ? run.activity.started.has_value() : run.activity.state == "RUNNING" && !run.is_of_events;
  if (!rules.audience_min || !is_known) return;
  const std::int64_t audience = run.activity.count(std::string(kProduced));
  if (audience >= *rules.audience_min) return;
  broken.push_back({kSmallAudience, fmt::format("Endpoints: {}; expected: {}", audience, *rules.audience_min)});
}

void check_failures(const MonitorRules& rules, const WatchedRun& run, std::vector<BrokenRule>& broken) {
  const std::int64_t sent = run.activity.count("SENT");
  if (!rules.failure_percent_max || sent == 0) return;
  const std::int64_t failed = sent - run.activity.count("DELIVERED");
  if (failed * 100 <= *rules.failure_percent_max * sent) return;
  broken.push_back({kFailureRate, fmt::format("Failed of {} messages: {}; allowed of a hundred: {}", sent, failed,
                                              *rules.failure_percent_max)});
}

}  // namespace

MonitorRules MonitorRules::read(const json::object& document) {
  return {.late_start_seconds = json::find_integer(document, "LateStartSeconds"),
          .audience_min = json::find_integer(document, "AudienceMinimum"),
          .failure_percent_max = json::find_integer(document, "FailurePercentMaximum"),
          .stuck_seconds = json::find_integer(document, "StuckSeconds")};
}

std::vector<BrokenRule> broken_rules(const MonitorRules& rules, const WatchedRun& run, Timestamp now) {
  std::vector<BrokenRule> broken;
  check_start(rules, run, now, broken);
  check_audience(rules, run, broken);
  check_failures(rules, run, broken);
  if (rules.stuck_seconds && run.is_stuck) {
    broken.push_back({kStuck, fmt::format("Nothing was done for seconds: {}", *rules.stuck_seconds)});
  }
  if (!run.activity.failure.empty()) broken.push_back({kRunFailed, run.activity.failure});
  return broken;
}

}  // namespace rapport::campaigns
