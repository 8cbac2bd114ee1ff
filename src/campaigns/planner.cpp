#include "campaigns/planner.h"

#include <algorithm>

#include "campaigns/cutter.h"
#include "campaigns/request.h"
#include "campaigns/rows.h"
#include "campaigns/run_plan.h"
#include "campaigns/runs.h"
#include "campaigns/statements.h"

namespace rapport::campaigns {
namespace {

constexpr int kDeliverJobs = 4;  // while one waits for its commit another renders

// PENDING -> INITIALIZING, with the run that comes after it; or CANCELLED when its time is over. False when there is
// nothing to do.
class Beginning {
 public:
  Beginning(const Collaborators& with, const Activity& activity) : with_(with), activity_(activity) {}

  Result<bool> begin() {
    Campaign campaign;
    TRY(with_.database.read([&](sql::Session& session) -> Status {
      campaign = TRY(load_campaign(session, activity_.app, activity_.campaign));
      return {};
    }));
    if (campaign.version != activity_.campaign_version) return false;  // the update cancelled it
    const auto treatments = TRY(read_treatments(campaign.request));
    const Treatment& treatment = treatments.at(static_cast<std::size_t>(activity_.treatment));
    const json::object content = TRY(fix_content(with_, activity_.app, treatment));
    bool begun = false;
    TRY(with_.database.write([&](sql::Session& session) -> Status {
      begun = TRY(begin(session, campaign, treatment, content));
      return {};
    }));
    return begun;
  }

 private:
  Result<bool> begin(sql::Session& session, const Campaign& campaign, const Treatment& treatment,
                     const json::object& content) {
    const Timestamp now = with_.clock.now();
    const Schedule& schedule = treatment.schedule;
    if (is_over(schedule, now)) {
      TRY(cancel_run(session, activity_, now));
      return false;
    }
    const Timestamp first = TRY(load_first_time(session, campaign.id, activity_.treatment));
    Occurrence run{0, activity_.run_time, activity_.scheduled};
    if (schedule.recurs()) run = run_due(schedule, first, now).value_or(run);
    const sql::Answer changed = TRY(session.execute(
        kBeginActivity, {activity_.id, json::serialize(content), now.micros, run.begins.micros, run.time.micros}));
    if (changed.changed == 0) return false;
    if (schedule.recurs()) {
      TRY(plan_next(with_, session, campaign, {treatment, first}, std::max(now, run.begins) + 1));
    }
    TRY(refresh_status(session, campaign.id, now));
    return true;
  }

  const Collaborators& with_;
  const Activity& activity_;
};

// INITIALIZING -> RUNNING with the jobs that deliver; a run without chunks is over at once.
Status release(const Collaborators& with, const Activity& activity) {
  TRY(with.database.write([&](sql::Session& session) -> Status {
    if (TRY(session.execute(kRunActivity, {activity.id})).changed == 0) return {};
    for (int i = 0; i < kDeliverJobs; ++i) TRY(submit_delivery(with, session, activity));
    return close_run(session, activity, with.clock.now());
  }));
  with.queue.wake();
  return {};
}

// A run that reacts to events goes on until its end.
Status open_to_events(const Collaborators& with, const RunPlan& plan) {
  TRY(with.database.write([&](sql::Session& session) -> Status {
    if (TRY(session.execute(kRunActivity, {plan.activity.id})).changed == 0) return {};
    if (!plan.treatment.schedule.end) return {};
    TRY(with.queue.submit(session, {.kind = "campaign.close",
                                    .owner = plan.activity.app,
                                    .input = {{"ActivityId", plan.activity.id}},
                                    .not_before = *plan.treatment.schedule.end + 1}));
    return {};
  }));
  with.queue.wake();
  return {};
}

}  // namespace

Status plan_run(const Collaborators& with, jobs::Context& context) {
  const std::string id = json::string_or(context.job().input, "ActivityId");
  Activity activity;
  const Status loaded = with.database.read([&](sql::Session& session) -> Status {
    activity = TRY(load_activity(session, id));
    return {};
  });
  if (!loaded && loaded.error().kind == ErrorKind::kNotFound) return {};  // it went with its campaign
  TRY(loaded);
  if (activity.state == "PENDING") {
    if (!TRY(Beginning(with, activity).begin())) return {};
    with.queue.wake();
  } else if (activity.state != "INITIALIZING") {
    return {};
  }
  const auto plan = TRY(load_plan(with, id));
  if (plan->treatment.schedule.is_of_events()) return open_to_events(with, *plan);
  const Status cut = cut_segment(with, context, *plan);
  if (!cut && cut.error().kind == ErrorKind::kNotFound) {
    return with.database.write(
        [&](sql::Session& session) { return end_run(session, activity, &cut.error(), with.clock.now()); });
  }
  TRY(cut);
  return release(with, activity);
}

}  // namespace rapport::campaigns
