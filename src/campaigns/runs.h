#pragma once

// The life of runs (activities) in the database: planned, begun, ended, and what that makes of their campaign.
// Everything but the jobs works in the caller's transaction.

#include <string>

#include "campaigns/campaigns.h"
#include "campaigns/treatments.h"

namespace rapport::campaigns {

// The treatments of this version of the campaign and, for each, the time of its schedule's run 0.
struct PlannedTreatment {
  Treatment treatment;
  Timestamp first_time;
};

// Inserts the next run of the treatment that begins at `from` or later, with its job; nothing when there is none or the
// campaign is paused.
Status plan_next(const Collaborators& with, sql::Session& session, const Campaign& campaign,
                 const PlannedTreatment& planned, Timestamp from);

// Writes what the campaign and its treatments are at now, by their runs (states.h). Leaves a campaign that is gone or
// DELETED alone.
Status refresh_status(sql::Session& session, const std::string& campaign, Timestamp now);

std::string resource_path(const std::string& app, const std::string& campaign);  // what follows the account in its ARN

// The campaign's current version. kNotFound when it is gone.
Result<Campaign> load_campaign(sql::Session& session, const std::string& app, const std::string& id);
Result<Activity> load_activity(sql::Session& session, const std::string& id);  // kNotFound likewise
Result<Timestamp> load_first_time(sql::Session& session, const std::string& campaign, std::int64_t treatment);

// No more chunks will come; ends the run when all are done.
Status close_run(sql::Session& session, const Activity& activity, Timestamp now);
// The run is over. With a failure it is CANCELLED; when its segment is gone, so is the campaign (DELETED).
Status end_run(sql::Session& session, const Activity& activity, const Error* failure, Timestamp now);
// Its segment is gone, and with it what it would do. Runs under way finish.
Status mark_deleted(sql::Session& session, const std::string& campaign, Timestamp now);
// Its runs that react to events do so no more.
Status end_event_runs(sql::Session& session, const std::string& campaign, Timestamp now);
// A run that never began will not.
Status cancel_run(sql::Session& session, const Activity& activity, Timestamp now);
// Records that a run cannot go on, in the transaction that fails its job.
Status fail_run(sql::Session& session, const jobs::Job& job, Timestamp now);

// Runs a job `campaign.close`: the end of a run that reacts to events.
Status close_event_run(const Collaborators& with, jobs::Context& context);

}  // namespace rapport::campaigns
