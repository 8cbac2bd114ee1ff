#include "campaigns/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace rapport::campaigns {
namespace {

constexpr std::int64_t kMicrosPerHour = 3600 * kMicrosPerSecond;

constexpr std::array<std::pair<std::string_view, Frequency>, 7> kFrequencies = {
    {{"ONCE", Frequency::kOnce},
     {"HOURLY", Frequency::kHourly},
     {"DAILY", Frequency::kDaily},
     {"WEEKLY", Frequency::kWeekly},
     {"MONTHLY", Frequency::kMonthly},
     {"EVENT", Frequency::kEvent},
     {"IN_APP_EVENT", Frequency::kInAppEvent}}};

std::unexpected<Error> invalid(std::string message, std::string_view member) {
  return fail(ErrorKind::kInvalid, std::move(message), fmt::format("Schedule.{}", member));
}

// Whether a date says its own distance from UTC: `...Z`, `...+02:00`.
bool has_zone(std::string_view text) {
  const std::size_t time = text.find('T');
  if (time == text.npos) return false;
  return text.find_first_of("Zz+-", time) != text.npos;
}

Result<Timestamp> parse_time(const json::object& document, std::string_view member, const Schedule& schedule) {
  const std::string text = json::string_or(document, member);
  const Result<Timestamp> read = parse_iso8601(text);
  if (!read) {
    return invalid(fmt::format("Schedule.{} must be {}an ISO 8601 date: '{}'", member,
                               member == "StartTime" ? "IMMEDIATE or " : "", text),
                   member);
  }
  if (schedule.is_local) return has_zone(text) ? Timestamp{schedule.zone.local(*read).micros} : *read;
  return has_zone(text) ? *read : schedule.zone.instant({read->micros});
}

Result<Frequency> parse_frequency(const json::object& document) {
  const std::string text = json::string_or(document, "Frequency", "ONCE");
  for (const auto& [name, frequency] : kFrequencies) {
    if (name == text) return frequency;
  }
  return invalid(fmt::format("Schedule.Frequency must be ONCE, HOURLY, DAILY, WEEKLY, MONTHLY, EVENT or IN_APP_EVENT: "
                             "'{}'",
                             text),
                 "Frequency");
}

Result<zones::TimeZone> parse_zone(const json::object& document) {
  const std::string text = json::string_or(document, "Timezone");
  if (text.empty()) return zones::TimeZone();
  const auto zone = zones::TimeZone::parse_offset(text);
  if (!zone)
    return invalid(fmt::format("Schedule.Timezone must be like UTC, UTC+05:30 or UTC-08: '{}'", text), "Timezone");
  return *zone;
}

Status check(const Schedule& schedule) {
  if (schedule.is_local && schedule.immediate) {
    return invalid("Schedule.StartTime cannot be IMMEDIATE with IsLocalTime; give a date", "StartTime");
  }
  if (schedule.is_local && schedule.is_of_events()) {
    return invalid("Schedule.IsLocalTime is not for campaigns of events; leave it out", "IsLocalTime");
  }
  if (schedule.end && !schedule.immediate && *schedule.end < schedule.start) {
    return invalid("Schedule.EndTime must be after StartTime", "EndTime");
  }
  if (schedule.is_of_events() && schedule.event_filter.empty()) {
    return invalid("Schedule.EventFilter is required with this Frequency", "EventFilter");
  }
  return {};
}

std::int64_t interval_of(Frequency frequency) {
  if (frequency == Frequency::kHourly) return kMicrosPerHour;
  return frequency == Frequency::kDaily ? kMicrosPerDay : 7 * kMicrosPerDay;
}

// So many months after the first, on the same day or the last of the month.
Timestamp add_months(zones::TimeZone zone, Timestamp first, std::int64_t months) {
  const zones::LocalTime local = zone.local(first);
  const std::int64_t of_day = zones::micros_of_day(local);
  const std::chrono::sys_days day{std::chrono::days((local.micros - of_day) / kMicrosPerDay)};
  const std::chrono::year_month_day date(day);
  const auto month = std::chrono::year_month(date.year(), date.month()) + std::chrono::months(months);
  const auto last = (month / std::chrono::last).day();
  const std::chrono::sys_days then(month / std::min(date.day(), last));
  return zone.instant({then.time_since_epoch().count() * kMicrosPerDay + of_day});
}

Timestamp time_of(const Schedule& schedule, Timestamp first, std::int64_t number) {
  if (number == 0) return first;
  if (schedule.frequency == Frequency::kMonthly) {
    return add_months(schedule.is_local ? zones::TimeZone() : schedule.zone, first, number);
  }
  return first + number * interval_of(schedule.frequency);
}

// The number of the last run whose time is not after this; -1 before the first.
std::int64_t last_number(const Schedule& schedule, Timestamp first, Timestamp time) {
  if (time < first) return -1;
  if (!schedule.recurs()) return 0;
  if (schedule.frequency != Frequency::kMonthly) return (time - first) / interval_of(schedule.frequency);
  std::int64_t number = (time - first) / (31 * kMicrosPerDay);
  while (time_of(schedule, first, number + 1) <= time) ++number;
  return number;
}

std::int64_t lead(const Schedule& schedule) { return schedule.is_local ? zones::kEarliestZoneMicros : 0; }

Occurrence run_of(const Schedule& schedule, Timestamp first, std::int64_t number) {
  const Timestamp time = time_of(schedule, first, number);
  return {number, time, time - lead(schedule)};
}

}  // namespace

Result<Schedule> parse_schedule(const json::object& document) {
  Schedule schedule;
  schedule.frequency = TRY(parse_frequency(document));
  schedule.zone = TRY(parse_zone(document));
  schedule.is_local = json::find_bool(document, "IsLocalTime").value_or(false);
  schedule.immediate = json::string_or(document, "StartTime") == "IMMEDIATE";
  if (!schedule.immediate) schedule.start = TRY(parse_time(document, "StartTime", schedule));
  if (!json::string_or(document, "EndTime").empty()) schedule.end = TRY(parse_time(document, "EndTime", schedule));
  if (const auto* quiet = json::find_object(document, "QuietTime")) {
    const auto read = parse_quiet_time(*quiet);
    if (!read) return fail(ErrorKind::kInvalid, read.error().message, "Schedule." + read.error().field);
    schedule.quiet_time = *read;
  }
  if (const auto* filter = json::find_object(document, "EventFilter"); filter != nullptr && schedule.is_of_events()) {
    schedule.event_filter = *filter;
  }
  TRY(check(schedule));
  return schedule;
}

Timestamp first_time(const Schedule& schedule, Timestamp now) {
  if (schedule.immediate) return now;
  const bool waits = schedule.recurs() || schedule.is_local;
  return waits ? schedule.start : std::max(schedule.start, now);
}

std::optional<Occurrence> next_run(const Schedule& schedule, Timestamp first, Timestamp from) {
  const std::int64_t number = last_number(schedule, first, from + lead(schedule) - 1) + 1;
  if (number > 0 && !schedule.recurs()) return std::nullopt;
  const Occurrence run = run_of(schedule, first, number);
  if (schedule.end && run.time > *schedule.end) return std::nullopt;
  return run;
}

std::optional<Occurrence> run_due(const Schedule& schedule, Timestamp first, Timestamp now) {
  const std::int64_t number = last_number(schedule, first, now + lead(schedule));
  if (number < 0) return std::nullopt;
  const Occurrence run = run_of(schedule, first, number);
  if (!schedule.end || run.time <= *schedule.end) return run;
  const std::int64_t last = last_number(schedule, first, *schedule.end);
  return last < 0 ? std::nullopt : std::optional(run_of(schedule, first, last));
}

bool is_over(const Schedule& schedule, Timestamp now) {
  constexpr std::int64_t kLatestZoneMicros = 12 * kMicrosPerHour;
  return schedule.end && now - (schedule.is_local ? kLatestZoneMicros : 0) > *schedule.end;
}

}  // namespace rapport::campaigns
