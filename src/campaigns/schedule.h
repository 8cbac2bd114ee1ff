#pragma once

// When a campaign (or one of its treatments) runs: a Schedule read once, and its runs as a pure function of it.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "campaigns/quiet_time.h"
#include "json/json.h"
#include "zones/time_zone.h"

namespace rapport::campaigns {

enum class Frequency { kOnce, kHourly, kDaily, kWeekly, kMonthly, kEvent, kInAppEvent };

// A Schedule's members. Texts without a zone of their own are read in `Timezone`, which is UTC when absent.
// With IsLocalTime, StartTime and EndTime are what each endpoint's own clock shows: such times are kept as if they were
// UTC, here and in `Occurrence::time`.
struct Schedule {
  Frequency frequency = Frequency::kOnce;
  bool immediate = false;  // StartTime is IMMEDIATE
  Timestamp start;         // unless it is immediate
  std::optional<Timestamp> end;
  bool is_local = false;
  zones::TimeZone zone;
  std::optional<QuietTime> quiet_time;
  json::object event_filter;  // of events; else empty

  // Runs while it lasts and reacts to events, instead of reaching the whole segment once.
  bool is_of_events() const { return frequency == Frequency::kEvent || frequency == Frequency::kInAppEvent; }
  bool recurs() const { return frequency != Frequency::kOnce && !is_of_events(); }
};

// kInvalid names the member, as `Schedule.StartTime`.
Result<Schedule> parse_schedule(const json::object& document);

struct Occurrence {
  std::int64_t number = 0;  // from 0
  Timestamp time;           // when; of a local schedule what clocks show, as if it were UTC
  Timestamp begins;         // the same, but of a local schedule the moment the first clock on earth shows `time`
  friend bool operator==(const Occurrence&, const Occurrence&) = default;
};

// The time of run 0: StartTime, or the moment `now` when it is immediate or (of ONCE and events) past.
Timestamp first_time(const Schedule& schedule, Timestamp now);

// Run n of an hourly, daily or weekly schedule is n intervals after the first; of a monthly one it is n months after
// it, at the same time of the same day in `zone`, or on the last day of a month that has no such day (the 31st, the
// 28th or 29th, the 31st...). `first` is what first_time gave when the schedule was set.

// The first run that begins at `from` or later. Nothing when it would be after EndTime.
std::optional<Occurrence> next_run(const Schedule& schedule, Timestamp first, Timestamp from);
// The latest run that begins at `now` or before, whether or not EndTime has passed since; nothing before the first.
std::optional<Occurrence> run_due(const Schedule& schedule, Timestamp first, Timestamp now);
// Whether nothing of the schedule may start any more: EndTime is past (of a local schedule, on every clock).
bool is_over(const Schedule& schedule, Timestamp now);

}  // namespace rapport::campaigns
