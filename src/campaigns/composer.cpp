#include "campaigns/composer.h"

#include "base/digest.h"

namespace rapport::campaigns {

std::string_view Composer::refusal(const audience::Endpoint& endpoint, std::int64_t sends_at) const {
  if (!endpoint.active()) return kInactive;
  if (endpoint.opted_out()) return kOptOut;
  if (endpoint.channel_type().empty()) return kMissingChannel;
  if (!plan_->treatment.cohorts.contains(endpoint.cohort())) return kTreatmentHoldout;
  if (!plan_->composition.has_message_for(endpoint.channel_type())) return kChannelMismatch;
  if (endpoint.address().empty()) return kMissingAddress;
  if (sends_at == 0) return {};
  const auto zone = zones::TimeZone::find(endpoint.timezone());
  if (!zone) return kMissingTimezone;
  return zone->instant({plan_->activity.run_time.micros}).micros == sends_at ? std::string_view() : kTimezoneMismatch;
}

bool Composer::is_quiet(const audience::Endpoint& endpoint, Timestamp now) const {
  const auto& quiet = plan_->treatment.schedule.quiet_time;
  if (!quiet) return false;
  const auto zone = zones::TimeZone::find(endpoint.timezone());
  return zone && quiet->holds(zone->local(now));
}

std::string Composer::message_id(const Member& member) const {
  std::string named = plan_->activity.id;
  named.append("/").append(member.key_id);
  if (!member.event.empty()) named.append("/").append(member.event);
  return to_hex(sha256(named).substr(0, 16));
}

std::variant<channels::Outgoing, std::string_view> Composer::compose(const audience::Endpoint& endpoint,
                                                                     const Member& member) const {
  const Activity& run = plan_->activity;
  const Timestamp date = run.started.value_or(run.scheduled);
  auto rendered = plan_->composition.render(endpoint.channel_type(), endpoint.document(), date);
  if (!rendered || !*rendered) return kRenderingFailure;
  auto* email = std::get_if<messages::Email>(&**rendered);
  if (email == nullptr) return kUnsupportedChannel;
  channels::Outgoing outgoing;
  outgoing.id = message_id(member);
  outgoing.app_id = run.app;
  outgoing.campaign_id = run.campaign;
  outgoing.endpoint_id = endpoint.id();
  outgoing.to = endpoint.address();
  outgoing.email = std::move(*email);
  if (outgoing.email.from.empty()) outgoing.email.from = plan_->from;
  outgoing.email.to = outgoing.to;
  outgoing.email.message_id = outgoing.id + "@rapport";
  outgoing.email.date = date;
  return outgoing;
}

}  // namespace rapport::campaigns
