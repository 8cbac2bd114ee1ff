#include "campaigns/outcome_events.h"

#include <utility>

#include "campaigns/hooks.h"
#include "campaigns/reasons.h"
#include "channels/delivery_events.h"

namespace rapport::campaigns {
namespace {

using channels::Outcome;

constexpr std::string_view kEmail = "EMAIL";

std::string_view send_status(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDelivered: return "SUCCESS";
    case Outcome::kPermanentFailure: return "FAILURE_PERMANENT";
    case Outcome::kTemporaryFailure: return "TRANSIENT_FAILURE";
    case Outcome::kThrottled: return "THROTTLED";
    case Outcome::kInDoubt:
    case Outcome::kNotSent: break;
  }
  return "UNKNOWN";
}

// Appends the text as a JSON string. Written by hand: this is most of what an event costs.
void append_string(std::string& json, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  json += '"';
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (code < 0x20) {
      json += "\\u00";
      json += kHex[code >> 4];
      json += kHex[code & 15];
    } else {
      json += c;
    }
  }
  json += '"';
}

void append_member(std::string& json, std::string_view name, std::string_view text) {
  json += name;
  append_string(json, text);
}

// {"client_context": {"custom": {"endpoint": "<the endpoint as JSON text>"}}}
std::string endpoint_context(const Recipient& recipient) {
  const std::string document =
      json::serialize(recipient.document != nullptr ? *recipient.document : recipient.endpoint.document());
  std::string json;
  json.reserve(document.size() + document.size() / 4);
  append_member(json, R"({"client_context":{"custom":{"endpoint":)", document);
  json += "}}}";
  return json;
}

// What every event of an e-mail begins with: {"facets": {"email_channel": {"mail_event": {"mail": {...}
std::string mail_head(const std::string& message_id, Timestamp time, const channels::Outgoing* message) {
  std::string json;
  append_member(json, R"({"facets":{"email_channel":{"mail_event":{"mail":{"message_id":)", message_id);
  json += R"(,"message_send_timestamp":)" + std::to_string(time.micros / 1000);
  if (message != nullptr) {
    const auto& email = std::get<messages::Email>(message->content);
    append_member(json, R"(,"from_address":)", email.from);
    append_member(json, R"(,"destination":[)", message->to);
    append_member(json, R"(],"headers_truncated":false,"common_headers":{"from":)", email.from);
    append_member(json, R"(,"to":[)", message->to);
    append_member(json, R"(],"subject":)", email.subject);
    json += '}';
  }
  json += '}';
  return json;
}

// The rest: what the event is about.
std::string mail_context(std::string_view type, const std::string& head, std::string_view to,
                         const channels::Receipt& receipt) {
  std::string json = head;
  if (type == "_email.send") {
    json += R"(,"send":{)";
  } else if (type == "_email.delivered") {
    append_member(json, R"(,"delivery":{"smtp_response":)", receipt.detail);
    append_member(json, R"(,"recipients":[)", to);
    json += ']';
  } else {
    json += R"(,"bounce":{"bounce_type":)";
    json += type == "_email.hardbounce" ? R"("Permanent")" : R"("Transient")";
    append_member(json, R"(,"bounced_recipients":[{"email_address":)", to);
    append_member(json, R"(,"diagnostic_code":)", receipt.detail);
    json += "}]";
  }
  json += "}}}}}";
  return json;
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
  event.attributes.reserve(5);
  event.attributes.emplace_back("campaign_id", run.campaign);
  event.attributes.emplace_back("campaign_activity_id", run.id);
  event.attributes.emplace_back("treatment_id", std::to_string(run.treatment));
  return event;
}

void OutcomeEvents::campaign_send(const std::string& message_id, const Recipient& recipient, std::string_view status) {
  const audience::Endpoint& endpoint = recipient.endpoint;
  events::Event& event = add(message_id, endpoint, "_campaign.send");
  const bool custom = delivers_by_hook(plan_, endpoint.channel_type());
  event.attributes.emplace_back("delivery_type", custom ? std::string_view("CUSTOM") : endpoint.channel_type());
  event.attributes.emplace_back("campaign_send_status", status);
  event.context = endpoint_context(recipient);
}

void OutcomeEvents::email(const std::string& message_id, const audience::Endpoint& endpoint,
                          const channels::Outgoing* message, const channels::Receipt& receipt) {
  const std::string head = mail_head(message_id, time_, message);
  const auto tell = [&](std::string_view type, std::string_view feedback) {
    events::Event& event = add(message_id, endpoint, type);
    event.attributes.emplace_back("feedback", feedback);
    event.context = mail_context(type, head, endpoint.address(), receipt);
  };
  tell("_email.send", "received");
  if (receipt.outcome == Outcome::kDelivered) tell("_email.delivered", "delivered");
  if (receipt.outcome == Outcome::kPermanentFailure) tell("_email.hardbounce", "hardbounce");
  if (receipt.outcome == Outcome::kTemporaryFailure) tell("_email.softbounce", "softbounce");
}

void OutcomeEvents::sent(const std::string& message_id, const Recipient& recipient, const channels::Outgoing* message,
                         const channels::Receipt& receipt) {
  const audience::Endpoint& endpoint = recipient.endpoint;
  const bool custom = delivers_by_hook(plan_, endpoint.channel_type());
  const bool failed = receipt.outcome == Outcome::kPermanentFailure;
  campaign_send(message_id, recipient, custom && failed ? "CUSTOM_DELIVERY_FAILURE" : send_status(receipt.outcome));
  if (custom || receipt.outcome == Outcome::kInDoubt) return;
  if (endpoint.channel_type() == kEmail) {
    email(message_id, endpoint, message, receipt);
  } else if (message != nullptr) {
    const channels::DeliveryContext context{
        .user = std::string(endpoint.user_id()), .context = {}, .sent = time_, .now = time_};
    for (events::Event& event : channels::delivery_events(*message, receipt, context)) {
      events_.push_back(std::move(event));
    }
  }
}

void OutcomeEvents::skipped(const std::string& message_id, const audience::Endpoint& endpoint,
                            std::string_view reason) {
  if (reason == kRenderingFailure && endpoint.channel_type() == kEmail) {
    add(message_id, endpoint, "_email.rendering_failure");
  }
  campaign_send(message_id, {endpoint}, reason == kRenderingFailure ? "FAILURE_PERMANENT" : reason);
}

void OutcomeEvents::held_out(const std::string& message_id, const audience::Endpoint& endpoint) {
  add(message_id, endpoint, "_campaign.holdout").attributes.emplace_back("delivery_type", endpoint.channel_type());
}

}  // namespace rapport::campaigns
