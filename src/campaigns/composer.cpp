#include "campaigns/composer.h"

#include <optional>

#include "base/digest.h"
#include "campaigns/hooks.h"

namespace rapport::campaigns {
namespace {

constexpr std::string_view kEmail = "EMAIL";
constexpr std::string_view kCustom = "CUSTOM";

}  // namespace

std::string_view Composer::refusal(const audience::Endpoint& endpoint, std::int64_t sends_at) const {
  if (!endpoint.active()) return kInactive;
  if (endpoint.opted_out()) return kOptOut;
  if (endpoint.channel_type().empty()) return kMissingChannel;
  if (!plan_->treatment.cohorts.contains(endpoint.cohort())) return kTreatmentHoldout;
  return unreachable(endpoint, sends_at);
}

std::string_view Composer::unreachable(const audience::Endpoint& endpoint, std::int64_t sends_at) const {
  if (!delivers_by_hook(*plan_, endpoint.channel_type()) &&
      !plan_->composition.has_message_for(endpoint.channel_type())) {
    return kChannelMismatch;
  }
  if (endpoint.address().empty()) return kMissingAddress;
  if (sends_at == 0) return {};
  const auto zone = zones::TimeZone::find(endpoint.timezone());
  if (!zone) return kMissingTimezone;
  return zone->instant({plan_->activity.run_time.micros}).micros == sends_at ? std::string_view() : kTimezoneMismatch;
}

bool Composer::is_held_out(const audience::Endpoint& endpoint, std::int64_t sends_at) const {
  return plan_->treatment.number == 0 && plan_->holdout.contains(endpoint.cohort()) &&
         refusal(endpoint, sends_at) == kTreatmentHoldout && unreachable(endpoint, sends_at).empty();
}

bool Composer::is_quiet(const audience::Endpoint& endpoint, Timestamp now) const {
  const auto& quiet = plan_->treatment.schedule.quiet_time;
  if (!quiet) return false;
  const auto zone = zones::TimeZone::find(endpoint.timezone());
  return zone && quiet->holds(zone->local(now));
}

bool Composer::needs_recommendations(const audience::Endpoint& endpoint) const {
  return !delivers_by_hook(*plan_, endpoint.channel_type()) &&
         !plan_->composition.recommender(endpoint.channel_type()).empty();
}

json::object Composer::document(const audience::Endpoint& endpoint, const json::Memory& memory) const {
  const std::string_view channel =
      delivers_by_hook(*plan_, endpoint.channel_type()) ? kCustom : endpoint.channel_type();
  const messages::MembersRead& read = plan_->composition.reads(channel);
  return read.all ? endpoint.document(memory) : endpoint.document(read.names, memory);
}

std::string Composer::message_id(const Member& member) const {
  std::string named = plan_->activity.id;
  named.append("/").append(member.key_id);
  if (!member.event.empty()) named.append("/").append(member.event);
  return to_hex(sha256(named).substr(0, 16));
}

std::variant<channels::Outgoing, std::string_view> Composer::compose(const audience::Endpoint& endpoint,
                                                                     const json::object& document, const Member& member,
                                                                     const json::object* definition) const {
  const Activity& run = plan_->activity;
  const Timestamp date = run.started.value_or(run.scheduled);
  std::optional<messages::RecipientOverrides> overrides;
  if (definition != nullptr && endpoint.channel_type() != kEmail) {
    overrides = messages::RecipientOverrides::read(*definition);
  }
  const std::string_view channel =
      delivers_by_hook(*plan_, endpoint.channel_type()) ? kCustom : endpoint.channel_type();
  auto rendered = plan_->composition.render(channel, document, date, overrides ? &*overrides : nullptr);
  if (!rendered || !*rendered) return kRenderingFailure;
  channels::Outgoing outgoing;
  outgoing.id = message_id(member);
  outgoing.app_id = run.app;
  outgoing.channel = endpoint.channel_type();
  outgoing.endpoint_id = endpoint.id();
  outgoing.to = endpoint.address();
  outgoing.origin = {.campaign_id = run.campaign, .activity_id = run.id, .treatment_id = std::to_string(run.treatment)};
  if (channel == kCustom && delivers_by_hook(*plan_, endpoint.channel_type())) return outgoing;
  outgoing.content = **std::move(rendered);
  if (auto* email = std::get_if<messages::Email>(&outgoing.content)) {
    if (email->from.empty()) email->from = plan_->from;
    email->to = outgoing.to;
    email->message_id = outgoing.id + "@rapport";
    email->date = date;
  }
  return outgoing;
}

}  // namespace rapport::campaigns
