#pragma once

#include "campaigns/run_plans.h"

namespace rapport::campaigns {

// Runs a job `campaign.deliver`: leases chunks of its run and sends them until none is left. Before a chunk's messages
// are handed to the provider its intent is durable, after it its outcome. A chunk found with an intent belonged to a
// worker that died: its messages are looked up with the provider, and those it cannot tell of are counted IN_DOUBT and
// never sent again.
Status deliver_run(const Collaborators& with, RunPlans& plans, jobs::Context& context);

}  // namespace rapport::campaigns
