#include "campaigns/campaigns.h"
#include "campaigns/delivery.h"
#include "campaigns/monitors.h"
#include "campaigns/planner.h"
#include "campaigns/runs.h"
#include "campaigns/statements.h"
#include "campaigns/triggers.h"

namespace rapport::campaigns {

void Campaigns::serve(jobs::Workers& workers) {
  workers.handle("campaign.run", [this](jobs::Context& context) { return plan_run(with_, context); });
  workers.handle(
      "campaign.deliver", [this](jobs::Context& context) { return deliver_run(with_, *plans_, context); },
      jobs::AfterSuccess::kForget);
  workers.handle("campaign.broadcast",
                 [this](jobs::Context& context) { return broadcast_event(with_, *plans_, context); });
  workers.handle("campaign.close", [this](jobs::Context& context) { return close_event_run(with_, context); });
  workers.handle(
      "campaign.watch", [this](jobs::Context& context) { return watch_runs(*this, with_, context); },
      jobs::AfterSuccess::kForget);
  const auto failed = [this](sql::Session& session, const jobs::Job& job) {
    return fail_run(session, job, with_.clock.now());
  };
  workers.on_failure("campaign.run", failed);
  workers.on_failure("campaign.deliver", failed);
}

Status Campaigns::release_leases() {
  TRY(with_.database.write(kReleaseChunks, {with_.clock.now().micros}));
  return {};
}

}  // namespace rapport::campaigns
