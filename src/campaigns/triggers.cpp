#include "campaigns/triggers.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"
#include "campaigns/cutter.h"
#include "campaigns/reasons.h"
#include "campaigns/statements.h"
#include "events/checkpoints.h"

namespace rapport::campaigns {
namespace {

constexpr std::int64_t kMembershipMicros = kMicrosPerSecond;  // for which what a segment asks for is kept
constexpr std::string_view kConsumer = "campaigns";

std::string type_key(const std::string& app, std::string_view type) { return app + "/" + std::string(type); }

// Tells an event from every other of its endpoint.
std::string mark_of(const events::Event& event) {
  const std::string named = fmt::format("{}/{}/{}/{}", event.endpoint, event.id, event.type, event.time.micros);
  return fmt::format("{:016x}", stable_hash(named));
}

// When it happened; a sender's clock that is ahead does not count.
Timestamp happened(const events::Event& event) { return std::min(event.time, event.arrival); }

}  // namespace

struct Triggers::Trigger {
  std::shared_ptr<const RunPlan> plan;
  EventFilter filter;
  std::optional<audience::Membership> membership;
  Timestamp membership_made;

  bool asks(const events::Event& event) const {
    const auto& end = plan->treatment.schedule.end;
    if (event.arrival < plan->activity.started.value_or(plan->activity.scheduled)) return false;
    return (!end || happened(event) <= *end) && filter.matches(event);
  }
};

struct Triggers::Asked {
  std::vector<Member> members;
  std::vector<Member> broadcasts;  // without an endpoint: to the whole segment
  std::int64_t produced = 0;
  std::int64_t outside = 0;  // of the segment
};

Status Triggers::handle(std::span<const events::Entry> entries, events::Position through) {
  TRY(refresh());
  Triggered triggered;
  if (!triggers_.empty()) triggered = TRY(sort_out(entries));
  return store(triggered, through);
}

// Follows what is in the database, which other processes change too.
Status Triggers::refresh() {
  std::set<std::string> open;
  for (const sql::Row& row : TRY(with_.database.read(kOpenRuns)).rows) open.insert(row.text(0));
  std::erase_if(triggers_, [&](const auto& trigger) { return !open.contains(trigger.first); });
  for (const std::string& activity : open) {
    if (!triggers_.contains(activity)) TRY(load(activity));
  }
  by_type_.clear();
  for (auto& [activity, trigger] : triggers_) {
    if (!trigger) continue;
    const std::string& app = trigger->plan->activity.app;
    for (const std::string& type : trigger->filter.types()) by_type_[type_key(app, type)].push_back(trigger.get());
    if (trigger->filter.types().empty()) by_type_[type_key(app, "")].push_back(trigger.get());
  }
  return {};
}

// A run that cannot be read is left out, and said so once.
Status Triggers::load(const std::string& activity) {
  triggers_[activity] = nullptr;
  const auto plan = plans_.find(activity);
  if (!plan && plan.error().kind == ErrorKind::kUnavailable) {
    triggers_.erase(activity);
    return std::unexpected(plan.error());
  }
  if (plan && (*plan)->treatment.schedule.frequency != Frequency::kEvent) return {};
  auto filter = plan ? EventFilter::read((*plan)->treatment.schedule.event_filter) : std::unexpected(plan.error());
  if (!filter) {
    log_warning("campaigns", "An event campaign cannot run: {}: {}", filter.error().message, activity);
    return {};
  }
  triggers_[activity] = std::make_shared<Trigger>(Trigger{*plan, *std::move(filter), std::nullopt, {}});
  return {};
}

std::vector<Triggers::Trigger*> Triggers::matching(const events::Event& event) {
  std::vector<Trigger*> found;
  for (const std::string& key : {type_key(event.app, event.type), type_key(event.app, "")}) {
    const auto listed = by_type_.find(key);
    if (listed == by_type_.end()) continue;
    std::ranges::copy_if(listed->second, std::back_inserter(found),
                         [&](Trigger* trigger) { return trigger->asks(event); });
  }
  return found;
}

// A segment that is gone has no members.
Result<bool> Triggers::is_member(Trigger& trigger, const audience::Endpoint& endpoint) {
  const Timestamp now = with_.clock.now();
  if (!trigger.membership || now - trigger.membership_made > kMembershipMicros) {
    auto made = with_.segments.membership(segment_of(*trigger.plan));
    if (!made && made.error().kind == ErrorKind::kUnavailable) return std::unexpected(made.error());
    if (!made) return false;
    trigger.membership.emplace(*std::move(made));
    trigger.membership_made = now;
  }
  return trigger.membership->contains(endpoint);
}

Result<Triggers::Triggered> Triggers::sort_out(std::span<const events::Entry> entries) {
  struct Match {
    const events::Event* event;
    std::vector<Trigger*> triggers;
  };
  std::map<std::string, std::vector<Match>> by_app;
  for (const events::Entry& entry : entries) {
    auto found = matching(entry.event);
    if (!found.empty()) by_app[entry.event.app].push_back({&entry.event, std::move(found)});
  }
  Triggered triggered;
  for (const auto& [app, matches] : by_app) {
    std::vector<std::string> ids;
    for (const Match& match : matches) ids.push_back(to_lower(match.event->endpoint));
    const auto endpoints = TRY(with_.endpoints.get_many(app, ids));
    for (std::size_t i = 0; i < matches.size(); ++i) {
      const events::Event& event = *matches[i].event;
      const bool reachable = endpoints[i] && !endpoints[i]->address().empty();
      const Member member{ids[i], mark_of(event), happened(event)};
      for (Trigger* trigger : matches[i].triggers) {
        if (!reachable && trigger->filter.is_of_system()) {
          triggered[trigger].broadcasts.push_back({"", member.event, member.event_time});
          continue;
        }
        if (!endpoints[i]) continue;
        Asked& asked = triggered[trigger];
        ++asked.produced;
        if (TRY(is_member(*trigger, *endpoints[i]))) {
          asked.members.push_back(member);
        } else {
          ++asked.outside;
        }
      }
    }
  }
  return triggered;
}

Status Triggers::store(const Triggered& triggered, events::Position through) {
  TRY(with_.database.write([&](sql::Session& session) -> Status {
    for (const auto& [trigger, asked] : triggered) {
      const Activity& run = trigger->plan->activity;
      TRY(add_count(session, run.id, kProduced, asked.produced));
      TRY(add_count(session, run.id, kFilteredOut, asked.outside));
      for (const Member& event : asked.broadcasts) {
        TRY(with_.queue.submit(
            session,
            {.kind = "campaign.broadcast",
             .owner = run.app,
             .input = {{"ActivityId", run.id}, {"Event", event.event}, {"EventTime", event.event_time.micros}}}));
      }
      if (asked.members.empty()) continue;
      TRY(add_chunks(session, *trigger->plan, asked.members, 0, with_.clock.now()));
      TRY(submit_delivery(with_, session, run));
    }
    return events::save_checkpoint(session, kConsumer, through);
  }));
  if (!triggered.empty()) with_.queue.wake();
  return {};
}

Status broadcast_event(const Collaborators& with, RunPlans& plans, jobs::Context& context) {
  const json::object& input = context.job().input;
  const auto plan = plans.find(json::string_or(input, "ActivityId"));
  if (!plan && plan.error().kind == ErrorKind::kNotFound) return {};
  TRY(plan);
  const Member event{"", json::string_or(input, "Event"), {json::find_integer(input, "EventTime").value_or(0)}};
  const Status cut = cut_segment(with, context, **plan, event);
  if (!cut && cut.error().kind == ErrorKind::kNotFound) return {};  // the segment is gone
  TRY(cut);
  TRY(with.database.write([&](sql::Session& session) { return submit_delivery(with, session, (*plan)->activity); }));
  with.queue.wake();
  return {};
}

events::Consumer Campaigns::consumer() {
  return {.name = std::string(kConsumer),
          .position = [this] { return events::checkpoint_of(with_.database, kConsumer); },
          .handle = [triggers = std::make_shared<Triggers>(with_, *plans_)](
                        std::span<const events::Entry> entries,
                        events::Position through) { return triggers->handle(entries, through); }};
}

}  // namespace rapport::campaigns
