#pragma once

#include "campaigns/campaigns.h"

namespace rapport::campaigns {

// Runs a job `campaign.run`: begins the run and plans the one after it; fixes what the run says; cuts the segment into
// chunks in the work table, then submits the jobs that deliver them. A run that reacts to events is only opened. When
// several runs were missed, the latest of them runs; when the schedule is over by now, none. Resumes from its
// checkpoint: every member is in exactly one chunk.
Status plan_run(const Collaborators& with, jobs::Context& context);

}  // namespace rapport::campaigns
