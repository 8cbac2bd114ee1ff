#include "campaigns/outcome_events.h"

#include <utility>

#include "campaigns/hooks.h"
#include "campaigns/reasons.h"

namespace rapport::campaigns {
namespace {

using channels::Outcome;

constexpr std::string_view kEmail = "EMAIL";
constexpr std::string_view kSms = "SMS";

std::string_view send_status(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDelivered: return "SUCCESS";
    case Outcome::kPermanentFailure: return "FAILURE_PERMANENT";
    case Outcome::kTemporaryFailure: return "TRANSIENT_FAILURE";
    case Outcome::kInDoubt:
    case Outcome::kNotSent: break;
  }
  return "UNKNOWN";
}

// {"client_context": {"custom": {"endpoint": "<the endpoint as JSON text>"}}}
std::string endpoint_context(const audience::Endpoint& endpoint) {
  json::object custom{{"endpoint", json::serialize(endpoint.document())}};
  return json::serialize(json::object{{"client_context", json::object{{"custom", std::move(custom)}}}});
}

// The body that the event's kind has in an e-mail record.
std::pair<std::string_view, json::object> mail_outcome(std::string_view type, const channels::Receipt& receipt,
                                                       const std::string& to) {
  if (type == "_email.delivered") {
    return {"delivery", {{"smtp_response", receipt.detail}, {"recipients", json::array{to}}}};
  }
  if (type == "_email.send") return {"send", {}};
  const std::string_view kind = type == "_email.hardbounce" ? "Permanent" : "Transient";
  return {
      "bounce",
      {{"bounce_type", kind},
       {"bounced_recipients", json::array{json::object{{"email_address", to}, {"diagnostic_code", receipt.detail}}}}}};
}

std::string mail_context(std::string_view type, const std::string& message_id, Timestamp time,
                         const channels::Outgoing* message, const channels::Receipt& receipt) {
  json::object mail{{"message_id", message_id}, {"message_send_timestamp", time.micros / 1000}};
  std::string to;
  if (message != nullptr) {
    to = message->to;
    mail["from_address"] = message->email.from;
    mail["destination"] = json::array{to};
    mail["headers_truncated"] = false;
    mail["common_headers"] =
        json::object{{"from", message->email.from}, {"to", json::array{to}}, {"subject", message->email.subject}};
  }
  auto [member, body] = mail_outcome(type, receipt, to);
  const json::object event{{"mail", std::move(mail)}, {member, std::move(body)}};
  return json::serialize(
      json::object{{"facets", json::object{{"email_channel", json::object{{"mail_event", event}}}}}});
}

}  // namespace

events::Event& OutcomeEvents::add(const std::string& message_id, const audience::Endpoint& endpoint,
                                  std::string_view type) {
  const Activity& run = plan_.activity;
  events::Event& event = events_.emplace_back();
  event.app = run.app;
  event.endpoint = endpoint.id();
  event.user = endpoint.user_id();
  event.id = message_id + std::string(type);
  event.type = type;
  event.time = time_;
  event.arrival = time_;
  event.attributes = {
      {"campaign_id", run.campaign}, {"campaign_activity_id", run.id}, {"treatment_id", std::to_string(run.treatment)}};
  return event;
}

void OutcomeEvents::campaign_send(const std::string& message_id, const audience::Endpoint& endpoint,
                                  std::string_view status) {
  events::Event& event = add(message_id, endpoint, "_campaign.send");
  const bool custom = delivers_by_hook(plan_, endpoint.channel_type());
  event.attributes.emplace_back("delivery_type", custom ? std::string_view("CUSTOM") : endpoint.channel_type());
  event.attributes.emplace_back("campaign_send_status", status);
  event.context = endpoint_context(endpoint);
}

void OutcomeEvents::email(const std::string& message_id, const audience::Endpoint& endpoint,
                          const channels::Outgoing* message, const channels::Receipt& receipt) {
  const auto tell = [&](std::string_view type, std::string_view feedback) {
    events::Event& event = add(message_id, endpoint, type);
    event.attributes.emplace_back("feedback", feedback);
    event.context = mail_context(type, message_id, time_, message, receipt);
  };
  tell("_email.send", "received");
  if (receipt.outcome == Outcome::kDelivered) tell("_email.delivered", "delivered");
  if (receipt.outcome == Outcome::kPermanentFailure) tell("_email.hardbounce", "hardbounce");
  if (receipt.outcome == Outcome::kTemporaryFailure) tell("_email.softbounce", "softbounce");
}

void OutcomeEvents::text(const std::string& message_id, const audience::Endpoint& endpoint,
                         const channels::Outgoing* message, const channels::Receipt& receipt) {
  const bool success = receipt.outcome == Outcome::kDelivered;
  events::Event& event = add(message_id, endpoint, success ? "_SMS.SUCCESS" : "_SMS.FAILURE");
  event.attributes.emplace_back("destination_phone_number", endpoint.address());
  event.attributes.emplace_back("message_id", message_id);
  event.attributes.emplace_back("record_status", success                                         ? "SUCCESSFUL"
                                                 : receipt.outcome == Outcome::kPermanentFailure ? "INVALID"
                                                                                                 : "UNKNOWN");
  if (message == nullptr) return;
  event.attributes.emplace_back("number_of_message_parts", "1");
}

void OutcomeEvents::sent(const std::string& message_id, const audience::Endpoint& endpoint,
                         const channels::Outgoing* message, const channels::Receipt& receipt) {
  const bool custom = delivers_by_hook(plan_, endpoint.channel_type());
  const bool failed = receipt.outcome == Outcome::kPermanentFailure;
  campaign_send(message_id, endpoint, custom && failed ? "CUSTOM_DELIVERY_FAILURE" : send_status(receipt.outcome));
  if (custom || receipt.outcome == Outcome::kInDoubt) return;
  if (endpoint.channel_type() == kEmail) email(message_id, endpoint, message, receipt);
  if (endpoint.channel_type() == kSms) text(message_id, endpoint, message, receipt);
}

void OutcomeEvents::skipped(const std::string& message_id, const audience::Endpoint& endpoint,
                            std::string_view reason) {
  if (reason == kRenderingFailure && endpoint.channel_type() == kEmail) {
    add(message_id, endpoint, "_email.rendering_failure");
  }
  campaign_send(message_id, endpoint, reason == kRenderingFailure ? "FAILURE_PERMANENT" : reason);
}

}  // namespace rapport::campaigns
