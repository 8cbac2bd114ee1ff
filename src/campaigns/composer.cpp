#include "campaigns/composer.h"

#include <fmt/format.h>

#include "base/digest.h"

namespace rapport::campaigns {
namespace {

constexpr std::string_view kEmailChannel = "EMAIL";

// The reason why the endpoint gets no message of any kind, or "".
std::string_view refusal(const audience::Endpoint& endpoint, int holdout_percent) {
  if (!endpoint.active()) return kInactive;
  if (endpoint.opted_out()) return kOptOut;
  if (endpoint.channel_type().empty()) return kMissingChannel;
  if (endpoint.channel_type() != kEmailChannel) return kChannelMismatch;
  if (endpoint.address().empty()) return kMissingAddress;
  if (endpoint.cohort() >= 100 - holdout_percent) return kTreatmentHoldout;
  return {};
}

}  // namespace

Result<Composer> Composer::create(Run run, const Content& content) {
  Composer composer(std::move(run), TRY(messages::EmailTemplate::compile(messages::email_content(content))));
  composer.from_ = json::string_or(content, "From");
  composer.holdout_percent_ = static_cast<int>(json::find_integer(content, "HoldoutPercent").value_or(0));
  return composer;
}

std::string Composer::message_id(std::string_view key_id) const {
  return to_hex(sha256(fmt::format("{}/{}", run_.activity, key_id)).substr(0, 16));
}

std::variant<channels::Outgoing, std::string_view> Composer::compose(const audience::Endpoint& endpoint) const {
  if (const std::string_view reason = refusal(endpoint, holdout_percent_); !reason.empty()) return reason;
  auto email = email_.render(endpoint.document());
  if (!email) return kRenderingFailure;
  channels::Outgoing outgoing;
  outgoing.id = message_id(endpoint.key_id());
  outgoing.app_id = run_.app;
  outgoing.campaign_id = run_.campaign;
  outgoing.endpoint_id = endpoint.id();
  outgoing.to = endpoint.address();
  outgoing.email = *std::move(email);
  outgoing.email.from = from_;
  outgoing.email.to = outgoing.to;
  outgoing.email.message_id = outgoing.id + "@rapport";
  outgoing.email.date = run_.date;
  return outgoing;
}

}  // namespace rapport::campaigns
