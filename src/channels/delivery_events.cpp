#include "channels/delivery_events.h"

#include <algorithm>
#include <utility>

#include "messages/sms_size.h"

namespace rapport::channels {
namespace {

using events::Event;

constexpr std::int64_t kMicrosPerMilli = 1'000;

// What the events of one message share.
class Telling {
 public:
  Telling(const Outgoing& message, const Receipt& receipt, const DeliveryContext& context)
      : message_(message), receipt_(receipt), context_(context) {}

  std::vector<Event> email(const messages::Email& email) {
    add_email(email, "_email.send", "received", "send", {});
    if (receipt_.outcome == Outcome::kDelivered) {
      add_email(email, "_email.delivered", "delivered", "delivery",
                {{"smtp_response", receipt_.detail},
                 {"recipients", json::array{message_.to}},
                 {"processing_time_millis", (context_.now - context_.sent) / kMicrosPerMilli}});
    } else if (receipt_.outcome != Outcome::kInDoubt) {
      const bool hard = receipt_.outcome == Outcome::kPermanentFailure;
      const json::array recipients{json::object{{"email_address", message_.to}, {"diagnostic_code", receipt_.detail}}};
      add_email(email, hard ? "_email.hardbounce" : "_email.softbounce", "bounced", "bounce",
                {{"bounce_type", hard ? "Permanent" : "Transient"}, {"bounced_recipients", recipients}});
    }
    return std::move(events_);
  }

  std::vector<Event> sms(const messages::TextMessage& text) {
    add_sms(text, "_SMS.BUFFERED", "PENDING");
    if (receipt_.outcome == Outcome::kDelivered) add_sms(text, "_SMS.SUCCESS", "DELIVERED");
    if (receipt_.outcome == Outcome::kPermanentFailure) add_sms(text, "_SMS.FAILURE", "INVALID");
    if (receipt_.outcome == Outcome::kTemporaryFailure) add_sms(text, "_SMS.FAILURE", "UNREACHABLE");
    return std::move(events_);
  }

  std::vector<Event> other(std::string_view type) {
    Event& event = add(type);
    event.attributes.insert(event.attributes.end(), {{"delivery_type", message_.channel},
                                                     {"message_id", message_.id},
                                                     {"send_status", std::string(status())},
                                                     {"send_status_message", receipt_.detail}});
    return std::move(events_);
  }

 private:
  std::string_view status() const {
    switch (receipt_.outcome) {
      case Outcome::kDelivered: return "SUCCESS";
      case Outcome::kPermanentFailure: return "FAILURE_PERMANENT";
      case Outcome::kTemporaryFailure: return "TRANSIENT_FAILURE";
      default: return "UNKNOWN";
    }
  }

  Event& add(std::string_view type) {
    Event& event = events_.emplace_back();
    event.app = message_.app_id;
    event.endpoint = message_.endpoint_id.empty() ? message_.id : message_.endpoint_id;
    event.user = context_.user;
    event.id = message_.id + "/" + std::string(type);
    event.type = type;
    event.time = context_.sent;
    event.arrival = context_.now;
    const std::pair<std::string_view, const std::string&> origin[] = {
        {"campaign_id", message_.origin.campaign_id},
        {"campaign_activity_id", message_.origin.activity_id},
        {"treatment_id", message_.origin.treatment_id}};
    for (const auto& [name, value] : origin) {
      if (!value.empty()) event.attributes.emplace_back(name, value);
    }
    for (const auto& member : context_.context) {
      if (member.value().is_string())
        event.attributes.emplace_back(member.key(), json::view(member.value().get_string()));
    }
    return event;
  }

  void add_email(const messages::Email& email, std::string_view type, std::string_view feedback, std::string_view kind,
                 json::object body) {
    Event& event = add(type);
    event.attributes.emplace_back("feedback", feedback);
    json::array headers;
    for (const auto& [name, value] : email.headers) headers.push_back(json::object{{"name", name}, {"value", value}});
    const json::array to{message_.to};
    json::object mail_event{
        {"mail",
         json::object{{"message_id", message_.id},
                      {"message_send_timestamp", context_.sent.micros / kMicrosPerMilli},
                      {"from_address", email.from},
                      {"destination", to},
                      {"headers_truncated", false},
                      {"headers", std::move(headers)},
                      {"common_headers", json::object{{"from", email.from}, {"to", to}, {"subject", email.subject}}}}}};
    mail_event[kind] = std::move(body);
    json::object whole{
        {"facets", json::object{{"email_channel", json::object{{"mail_event", std::move(mail_event)}}}}}};
    if (message_.origin.campaign_id.empty()) {
      whole["client_context"] = json::object{{"custom", json::object{{"legacy_identifier", message_.app_id}}}};
    }
    event.context = json::serialize(whole);
  }

  void add_sms(const messages::TextMessage& text, std::string_view type, std::string_view record_status) {
    Event& event = add(type);
    const bool promotional = text.message_type == "PROMOTIONAL";
    event.attributes.insert(event.attributes.end(),
                            {{"sender_request_id", message_.id},
                             {"destination_phone_number", message_.to},
                             {"record_status", std::string(record_status)},
                             {"number_of_message_parts", std::to_string(messages::sms_size(text.body).segments)},
                             {"message_id", message_.id},
                             {"message_type", promotional ? "Promotional" : "Transactional"}});
    if (!text.origination_number.empty()) {
      event.attributes.emplace_back("origination_phone_number", text.origination_number);
    }
    if (!context_.context.empty()) event.attributes.emplace_back("customer_context", json::serialize(context_.context));
  }

  const Outgoing& message_;
  const Receipt& receipt_;
  const DeliveryContext& context_;
  std::vector<Event> events_;
};

}  // namespace

std::vector<events::Event> delivery_events(const Outgoing& message, const Receipt& receipt,
                                           const DeliveryContext& context) {
  if (receipt.outcome == Outcome::kThrottled || receipt.outcome == Outcome::kNotSent) return {};
  Telling telling(message, receipt, context);
  if (const auto* email = std::get_if<messages::Email>(&message.content)) return telling.email(*email);
  if (const auto* text = std::get_if<messages::TextMessage>(&message.content)) return telling.sms(*text);
  if (std::holds_alternative<messages::VoiceMessage>(message.content)) return telling.other("_voice.send");
  if (std::holds_alternative<messages::PushMessage>(message.content)) return telling.other("_push.send");
  return {};
}

}  // namespace rapport::channels
