#include "campaigns/calendar.h"

#include <algorithm>
#include <array>

#include "campaigns/rows.h"
#include "campaigns/schedule.h"
#include "campaigns/statements.h"
#include "campaigns/treatments.h"

namespace rapport::campaigns {
namespace {

#define RAPPORT_RUNS                                                                                                 \
  "SELECT a.app_id, a.campaign_id, a.campaign_version, a.id, a.state, a.result, a.failure, a.scheduled, a.started, " \
  "a.ended, '', a.created, a.treatment, a.run_time, c.name, v.request, a.chunks_total, a.chunks_done, t.first_time " \
  "FROM activities "                                                                                                 \
  "a JOIN campaigns c ON c.id = a.campaign_id JOIN campaign_versions v ON v.campaign_id = a.campaign_id AND "        \
  "v.version = a.campaign_version LEFT JOIN campaign_treatments t ON t.campaign_id = a.campaign_id AND "             \
  "t.number = a.treatment WHERE a.app_id = $1 "
constexpr std::string_view kRunsBetween =
    RAPPORT_RUNS "AND a.scheduled >= $2 AND a.scheduled < $3 AND a.state <> 'CANCELLED' ORDER BY a.scheduled LIMIT $4";
// Under way or to come at the moment, or over since, though they were scheduled before.
constexpr std::string_view kRunsSince =
    RAPPORT_RUNS "AND a.ended IS NULL AND a.scheduled < $2 ORDER BY a.scheduled LIMIT $3";
constexpr std::string_view kRunsOver =
    RAPPORT_RUNS "AND a.ended >= $2 AND a.scheduled < $2 AND a.state <> 'CANCELLED' ORDER BY a.scheduled LIMIT $3";
constexpr std::string_view kUnderWay =
    RAPPORT_RUNS "AND a.ended IS NULL AND a.state = $2 ORDER BY a.scheduled DESC, a.id DESC LIMIT $3";
constexpr std::string_view kToCome =
    RAPPORT_RUNS "AND a.ended IS NULL AND a.state = 'PENDING' ORDER BY a.scheduled, a.id LIMIT $2";
#undef RAPPORT_RUNS
constexpr std::size_t kNameColumn = 14;
constexpr std::size_t kRequestColumn = 15;
constexpr std::size_t kChunksColumn = 16;
constexpr std::size_t kFirstTimeColumn = 18;
constexpr std::string_view kCountAtWork =
    "SELECT state, COUNT(*) FROM activities WHERE app_id = $1 AND ended IS NULL GROUP BY state";
constexpr std::string_view kSumCounts =
    "SELECT a.treatment, n.name, CAST(SUM(n.value) AS BIGINT) FROM activities a JOIN activity_counts n "
    "ON n.activity_id = a.id WHERE a.app_id = $1 AND a.campaign_id = $2 AND a.scheduled >= $3 AND a.scheduled <= $4 "
    "GROUP BY a.treatment, n.name";

// A run with the schedule that made it.
struct Run {
  Activity activity;
  std::string campaign_name;
  json::object schedule_document;
  Schedule schedule;
  std::vector<std::string> channels;
  Timestamp first_time;  // of the schedule's run 0
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kChannelsOfMembers = {
    {{"EmailMessage", "EMAIL"},
     {"EmailTemplate", "EMAIL"},
     {"SMSMessage", "SMS"},
     {"SMSTemplate", "SMS"},
     {"APNSMessage", "APNS"},
     {"GCMMessage", "GCM"},
     {"ADMMessage", "ADM"},
     {"BaiduMessage", "BAIDU"}}};

std::vector<std::string> channels_of(const Treatment& treatment) {
  std::vector<std::string> channels;
  for (const auto& [member, channel] : kChannelsOfMembers) {
    const bool says = json::find_object(treatment.messages(), member) != nullptr ||
                      json::find_object(treatment.templates(), member) != nullptr;
    if (says && std::ranges::find(channels, channel) == channels.end()) channels.emplace_back(channel);
  }
  return channels;
}

Result<Run> run_of(const sql::Row& row) {
  Run run;
  run.activity = TRY(activity_from_row(row));
  run.campaign_name = row.text(kNameColumn);
  const auto treatments = TRY(read_treatments(TRY(object_from_text(row.text(kRequestColumn)))));
  const auto number = static_cast<std::size_t>(run.activity.treatment);
  if (number >= treatments.size()) return fail(ErrorKind::kInternal, "A run's treatment is gone: " + run.activity.id);
  run.schedule = treatments[number].schedule;
  run.channels = channels_of(treatments[number]);
  run.first_time = {row.integer(kFirstTimeColumn)};
  if (const auto* schedule = json::find_object(treatments[number].document, "Schedule")) {
    run.schedule_document = *schedule;
  }
  return run;
}

CalendarEntry entry_of(const Run& run) {
  const Schedule& schedule = run.schedule;
  CalendarEntry entry;
  entry.kind = schedule.is_of_events() ? CalendarKind::kEvents : CalendarKind::kRun;
  entry.campaign = run.activity.campaign;
  entry.campaign_name = run.campaign_name;
  entry.treatment = run.activity.treatment;
  entry.activity = run.activity.id;
  entry.state = run.activity.state;
  entry.start = run.activity.scheduled;
  entry.end = run.activity.ended;
  if (!entry.end && schedule.is_of_events()) entry.end = schedule.end;
  entry.frequency = json::string_or(run.schedule_document, "Frequency", "ONCE");
  entry.timezone = json::string_or(run.schedule_document, "Timezone", "UTC");
  if (schedule.is_local) entry.local = run.activity.run_time;
  return entry;
}

class CalendarMaker {
 public:
  CalendarMaker(sql::Session& session, Timestamp from, Timestamp to) : session_(session), from_(from), to_(to) {}

  Result<Calendar> make(const std::string& app) {
    constexpr auto kMost = static_cast<std::int64_t>(kCalendarEntriesMax) + 1;
    for (const std::string_view statement : {kRunsSince, kRunsOver}) {
      for (const sql::Row& row : TRY(session_.execute(statement, {app, from_.micros, kMost})).rows) TRY(add(row));
    }
    for (const sql::Row& row : TRY(session_.execute(kRunsBetween, {app, from_.micros, to_.micros, kMost})).rows) {
      TRY(add(row));
    }
    auto& entries = calendar_.entries;
    std::ranges::stable_sort(entries, {}, &CalendarEntry::start);
    if (entries.size() > kCalendarEntriesMax) {
      entries.resize(kCalendarEntriesMax);
      calendar_.is_truncated = true;
    }
    for (CalendarEntry& entry : entries) {
      if (entry.kind == CalendarKind::kPlanned || entry.state == "PENDING") continue;
      for (const sql::Row& count : TRY(session_.execute(kGetCounts, {entry.activity})).rows) {
        if (count.text(0) == "SENT") entry.sent = count.integer(1);
      }
    }
    return std::move(calendar_);
  }

 private:
  Status add(const sql::Row& row) {
    const Run run = TRY(run_of(row));
    const CalendarEntry entry = entry_of(run);
    const bool lasts = entry.kind == CalendarKind::kEvents || entry.state != "PENDING";
    const bool reaches = lasts && (!entry.end || *entry.end >= from_);
    if (entry.start < to_ && (entry.start >= from_ || reaches)) calendar_.entries.push_back(entry);
    if (run.activity.state == "PENDING" && run.schedule.recurs()) add_later(run, entry);
    return {};
  }

  void add_later(const Run& run, CalendarEntry entry) {
    entry.kind = CalendarKind::kPlanned;
    Timestamp after = run.activity.scheduled;
    while (calendar_.entries.size() <= 2 * kCalendarEntriesMax) {
      const auto next = next_run(run.schedule, run.first_time, std::max(after + 1, from_));
      if (!next || next->begins >= to_) return;
      entry.start = next->begins;
      if (run.schedule.is_local) entry.local = next->time;
      calendar_.entries.push_back(entry);
      after = next->begins;
    }
  }

  sql::Session& session_;
  const Timestamp from_;
  const Timestamp to_;
  Calendar calendar_;
};

Result<RunAtWork> at_work(sql::Session& session, const sql::Row& row) {
  Run run = TRY(run_of(row));
  RunAtWork found{.activity = std::move(run.activity),
                  .campaign_name = std::move(run.campaign_name),
                  .is_of_events = run.schedule.is_of_events(),
                  .channels = std::move(run.channels),
                  .chunks = row.integer(kChunksColumn),
                  .chunks_done = row.integer(kChunksColumn + 1)};
  for (const sql::Row& count : TRY(session.execute(kGetCounts, {found.activity.id})).rows) {
    found.activity.counts[count.text(0)] = count.integer(1);
  }
  return found;
}

}  // namespace

Result<Calendar> Campaigns::calendar(const std::string& app, Timestamp from, Timestamp to) {
  Calendar calendar;
  TRY(with_.database.read([&](sql::Session& session) -> Status {
    calendar = TRY(CalendarMaker(session, from, to).make(app));
    return {};
  }));
  return calendar;
}

Result<RunsAtWork> Campaigns::runs_at_work(const std::string& app, std::size_t limit) {
  RunsAtWork runs;
  TRY(with_.database.read([&](sql::Session& session) -> Status {
    runs = {};
    const auto most = static_cast<std::int64_t>(limit);
    for (const char* state : {"RUNNING", "INITIALIZING"}) {
      for (const sql::Row& row : TRY(session.execute(kUnderWay, {app, state, most})).rows) {
        runs.under_way.push_back(TRY(at_work(session, row)));
      }
    }
    std::ranges::stable_sort(runs.under_way, std::ranges::greater(),
                             [](const RunAtWork& run) { return run.activity.scheduled; });
    runs.under_way.resize(std::min(runs.under_way.size(), limit));
    for (const sql::Row& row : TRY(session.execute(kToCome, {app, most})).rows) {
      runs.to_come.push_back(TRY(at_work(session, row)));
    }
    for (const sql::Row& row : TRY(session.execute(kCountAtWork, {app})).rows) {
      (row.text(0) == "PENDING" ? runs.to_come_count : runs.under_way_count) += row.integer(1);
    }
    return {};
  }));
  return runs;
}

Result<std::map<std::int64_t, std::map<std::string, std::int64_t>>> Campaigns::counts(const std::string& app,
                                                                                      const std::string& campaign,
                                                                                      Timestamp from, Timestamp to) {
  std::map<std::int64_t, std::map<std::string, std::int64_t>> counts;
  for (const sql::Row& row : TRY(with_.database.read(kSumCounts, {app, campaign, from.micros, to.micros})).rows) {
    counts[row.integer(0)][row.text(1)] = row.integer(2);
  }
  return counts;
}

}  // namespace rapport::campaigns
