#pragma once

#include "predictive/predictive.h"

namespace rapport::predictive {

// Runs a job `predictive.run`: takes the run as far as it goes now. Where it must wait for a training or an import it
// leaves the rest to a later job, so that no worker waits.
Status advance_run(const Collaborators& with, jobs::Context& context);

// Runs a job `predictive.refresh`: starts the run the schedule asks for, unless the schedule was changed meanwhile or a
// run is in progress.
Status scheduled_refresh(const Collaborators& with, jobs::Context& context);

// Records that a run failed, in the transaction that fails its job.
Status give_up_run(const Collaborators& with, sql::Session& session, const jobs::Job& job);

}  // namespace rapport::predictive
