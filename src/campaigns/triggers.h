#pragma once

// Event campaigns: which events ask for which messages.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "audience/membership.h"
#include "campaigns/event_filter.h"
#include "campaigns/rows.h"
#include "campaigns/run_plans.h"
#include "events/log.h"

namespace rapport::campaigns {

// Turns events into chunks of the runs that react to them. The chunks and the place in the log are stored in one
// transaction, so that an event asks for a message once. For one thread.
//
// An event asks an ENDPOINT campaign for a message to its endpoint, when that is in the segment. With FilterType SYSTEM
// an event of nobody who can be reached (an id without an endpoint, or without an address) asks for a message to the
// whole segment; another event is as with ENDPOINT.
class Triggers {
 public:
  Triggers(const Collaborators& with, RunPlans& plans) : with_(with), plans_(plans) {}

  Status handle(std::span<const events::Entry> entries, events::Position through);

 private:
  struct Trigger;
  struct Asked;
  using Triggered = std::map<Trigger*, Asked>;

  Status refresh();
  Status load(const std::string& activity);
  std::vector<Trigger*> matching(const events::Event& event);
  Result<bool> is_member(Trigger& trigger, const audience::Endpoint& endpoint);
  Result<Triggered> sort_out(std::span<const events::Entry> entries);
  Status store(const Triggered& triggered, events::Position through);

  const Collaborators& with_;
  RunPlans& plans_;
  std::map<std::string, std::shared_ptr<Trigger>> triggers_;  // by activity
  // By application and event type; those that exclude types stand under "".
  std::unordered_map<std::string, std::vector<Trigger*>> by_type_;
};

// Runs a job `campaign.broadcast`: cuts the segment into chunks for one event of the system.
Status broadcast_event(const Collaborators& with, RunPlans& plans, jobs::Context& context);

}  // namespace rapport::campaigns
