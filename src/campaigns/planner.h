#pragma once

#include "campaigns/campaigns.h"

namespace rapport::campaigns {

// Runs a job `campaign.run`: fixes what the run says, cuts the segment into chunks in the work table, then submits the
// jobs that deliver them. Resumes from its checkpoint: every member is in exactly one chunk.
Status plan_run(const Collaborators& with, jobs::Context& context);

// Records that a run cannot go on, in the transaction that fails its job.
Status fail_run(sql::Session& session, const jobs::Job& job, Timestamp now);

// Ends a run and, with it, the campaign: COMPLETED, or after a failure INVALID (DELETED when its segment is gone).
Status end_run(sql::Session& session, const Activity& activity, const Error* failure, Timestamp now);

}  // namespace rapport::campaigns
