#include "campaigns/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/random.h"
#include "campaigns/request.h"
#include "campaigns/rows.h"
#include "campaigns/statements.h"
#include "campaigns/states.h"

namespace rapport::campaigns {
namespace {

Result<bool> has_begun(sql::Session& session, const std::string& campaign, std::int64_t treatment) {
  return !TRY(session.execute(kHasBegun, {campaign, treatment}))
  .rows.empty();
}

// The run to come, if any, when none of the treatment's runs waits.
std::optional<Occurrence> upcoming(const PlannedTreatment& planned, Timestamp from, bool begun) {
  const Schedule& schedule = planned.treatment.schedule;
  if (schedule.recurs()) return next_run(schedule, planned.first_time, from);
  if (schedule.is_of_events()) {
    if (is_over(schedule, from)) return std::nullopt;
    const Timestamp time = std::max(planned.first_time, from);
    return Occurrence{0, time, time};
  }
  if (begun || is_over(schedule, from)) return std::nullopt;
  return next_run(schedule, planned.first_time, {});
}

Result<std::map<std::int64_t, Progress>> read_progress(sql::Session& session, const std::string& campaign) {
  std::map<std::int64_t, Progress> all;
  for (const sql::Row& row : TRY(session.execute(kCountRuns, {campaign})).rows) {
    Progress& progress = all[row.integer(0)];
    const std::string& state = row.text(1);
    progress.waits |= state == "PENDING";
    progress.runs |= state == "INITIALIZING" || state == "RUNNING";
    progress.begun |= row.integer(3) > 0;
  }
  return all;
}

}  // namespace

std::string resource_path(const std::string& app, const std::string& campaign) {
  return fmt::format("apps/{}/campaigns/{}", app, campaign);
}

Result<Campaign> load_campaign(sql::Session& session, const std::string& app, const std::string& id) {
  const sql::Answer found = TRY(session.execute(kGetCampaign, {id, app}));
  if (found.rows.empty()) return fail(ErrorKind::kNotFound, "Campaign not found", "CampaignId");
  Campaign campaign = TRY(campaign_from_row(found.rows.front()));
  for (const sql::Row& row : TRY(session.execute(kGetTreatments, {id})).rows)
    campaign.treatments.push_back(row.text(1));
  return campaign;
}

Result<Activity> load_activity(sql::Session& session, const std::string& id) {
  const sql::Answer found = TRY(session.execute(kGetActivity, {id}));
  if (found.rows.empty()) return fail(ErrorKind::kNotFound, "The run went with its campaign: " + id);
  return activity_from_row(found.rows.front());
}

Result<Timestamp> load_first_time(sql::Session& session, const std::string& campaign, std::int64_t treatment) {
  for (const sql::Row& row : TRY(session.execute(kGetTreatments, {campaign})).rows) {
    if (row.integer(0) == treatment) return Timestamp{row.integer(2)};
  }
  return fail(ErrorKind::kNotFound, "The treatment is gone: " + std::to_string(treatment));
}

Status plan_next(const Collaborators& with, sql::Session& session, const Campaign& campaign,
                 const PlannedTreatment& planned, Timestamp from) {
  if (is_paused(campaign.request)) return {};
  const auto number = static_cast<std::int64_t>(planned.treatment.number);
  const bool begun = TRY(has_begun(session, campaign.id, number));
  const auto run = upcoming(planned, from, begun);
  if (!run) return {};
  const std::string activity = random_id();
  const jobs::Job job = TRY(with.queue.submit(
      session,
      {.kind = "campaign.run", .owner = campaign.app, .input = {{"ActivityId", activity}}, .not_before = run->begins}));
  TRY(session.execute(kInsertActivity, {activity, campaign.app, campaign.id, campaign.version, job.id,
                                        with.clock.now().micros, run->begins.micros, number, run->time.micros}));
  return {};
}

Status refresh_status(sql::Session& session, const std::string& id, Timestamp now) {
  const sql::Answer found = TRY(session.execute(kGetCurrent, {id}));
  if (found.rows.empty()) return {};
  const Campaign campaign = TRY(campaign_from_row(found.rows.front()));
  if (campaign.status == kDeleted) return {};
  const auto progress = TRY(read_progress(session, id));
  const bool paused = is_paused(campaign.request);
  const auto treatments = TRY(read_treatments(campaign.request));
  std::vector<std::string> statuses;
  for (const sql::Row& row : TRY(session.execute(kGetTreatments, {id})).rows) {
    const auto number = row.integer(0);
    if (number >= static_cast<std::int64_t>(treatments.size())) continue;
    const auto known = progress.find(number);
    Progress at = known == progress.end() ? Progress{} : known->second;
    const PlannedTreatment planned{treatments[static_cast<std::size_t>(number)], {row.integer(2)}};
    at.paused = paused && upcoming(planned, now, at.begun).has_value();
    const sql::Answer last = TRY(session.execute(kLastResult, {id, number}));
    at.failed = !last.rows.empty() && last.rows.front().text(0) == "FAIL";
    statuses.emplace_back(status_of(at));
    TRY(session.execute(kSetTreatmentStatus, {id, number, statuses.back()}));
  }
  TRY(session.execute(kSetStatus, {id, std::string(status_of(statuses))}));
  return {};
}

Status close_run(sql::Session& session, const Activity& activity, Timestamp now) {
  const sql::Answer closed = TRY(session.execute(kCloseActivity, {activity.id}));
  if (closed.rows.empty()) return {};
  const bool all_done = closed.rows.front().integer(0) >= closed.rows.front().integer(1);
  return all_done ? end_run(session, activity, nullptr, now) : Status{};
}

Status end_run(sql::Session& session, const Activity& activity, const Error* failure, Timestamp now) {
  const std::string state = failure == nullptr ? "COMPLETED" : "CANCELLED";
  const std::string result = failure == nullptr ? "SUCCESS" : "FAIL";
  TRY(session.execute(kEndActivity,
                      {activity.id, state, result, failure == nullptr ? "" : failure->message, now.micros}));
  if (failure != nullptr && failure->kind == ErrorKind::kNotFound) {
    return mark_deleted(session, activity.campaign, now);
  }
  return refresh_status(session, activity.campaign, now);
}

Status mark_deleted(sql::Session& session, const std::string& campaign, Timestamp now) {
  TRY(session.execute(kCancelPending, {campaign, now.micros}));
  TRY(session.execute(kSetAllTreatmentStatuses, {campaign, std::string(kDeleted)}));
  TRY(session.execute(kSetStatus, {campaign, std::string(kDeleted)}));
  return {};
}

Status end_event_runs(sql::Session& session, const std::string& campaign, Timestamp now) {
  for (const sql::Row& row : TRY(session.execute(kOpenEventRuns, {campaign})).rows) {
    TRY(close_run(session, TRY(load_activity(session, row.text(0))), now));
  }
  return {};
}

Status cancel_run(sql::Session& session, const Activity& activity, Timestamp now) {
  TRY(session.execute(kCancelActivity, {activity.id, now.micros}));
  return refresh_status(session, activity.campaign, now);
}

Status fail_run(sql::Session& session, const jobs::Job& job, Timestamp now) {
  const auto activity = load_activity(session, json::string_or(job.input, "ActivityId"));
  if (!activity) return {};  // it went with its application
  const Error failure{ErrorKind::kInternal, job.failure, {}};
  return end_run(session, *activity, &failure, now);
}

Status close_event_run(const Collaborators& with, jobs::Context& context) {
  const std::string id = json::string_or(context.job().input, "ActivityId");
  return with.database.write([&](sql::Session& session) -> Status {
    const auto activity = load_activity(session, id);
    if (!activity || activity->ended) return {};
    return close_run(session, *activity, with.clock.now());
  });
}

}  // namespace rapport::campaigns
