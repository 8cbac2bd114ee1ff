#include "campaigns/outcome_events.h"

#include <algorithm>
#include <array>
#include <span>

#include "campaigns/hooks.h"
#include "campaigns/reasons.h"
#include "channels/delivery_events.h"

namespace rapport::campaigns {
namespace {

using channels::Outcome;

constexpr std::string_view kEmail = "EMAIL";
constexpr std::string_view kEmailPrefix = "_email.";
constexpr std::string_view kEmailSend = "_email.send";
constexpr std::string_view kEmailDelivered = "_email.delivered";
constexpr std::string_view kEmailHardBounce = "_email.hardbounce";
constexpr std::string_view kEmailSoftBounce = "_email.softbounce";
constexpr std::string_view kEmailRenderingFailure = "_email.rendering_failure";

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

constexpr std::size_t kSheetBytes = std::size_t{256} << 10;  // a reader takes a sheet as a whole

// What differs from message to message.
enum Column : std::size_t { kEndpoint, kUser, kMessage, kDocument, kColumns };  // only the first of a holdout
enum EmailColumn : std::size_t { kAddress = kColumns, kFrom, kSubject, kDetail, kEmailColumns };

std::string json_blank(std::size_t column) { return '"' + events::Sheet::json_blank(column) + '"'; }

// What every event of an e-mail begins with: {"facets": {"email_channel": {"mail_event": {"mail": {...}
std::string mail_head(Timestamp time, bool has_message) {
  std::string json = R"({"facets":{"email_channel":{"mail_event":{"mail":{"message_id":)" + json_blank(kMessage) +
                     R"(,"message_send_timestamp":)" + std::to_string(time.micros / 1000);
  if (has_message) {
    const std::string from = json_blank(kFrom);
    const std::string to = json_blank(kAddress);
    json += R"(,"from_address":)" + from + R"(,"destination":[)" + to;
    json += R"(],"headers_truncated":false,"common_headers":{"from":)" + from + R"(,"to":[)" + to;
    json += R"(],"subject":)" + json_blank(kSubject) + "}";
  }
  return json + "}";
}

// The rest: what the event is about.
std::string mail_rest(std::string_view type) {
  std::string json;
  if (type == kEmailSend) {
    json = R"(,"send":{)";
  } else if (type == kEmailDelivered) {
    json = R"(,"delivery":{"smtp_response":)" + json_blank(kDetail);
    json += R"(,"recipients":[)" + json_blank(kAddress) + "]";
  } else {
    json = R"(,"bounce":{"bounce_type":)";
    json += type == kEmailHardBounce ? R"("Permanent")" : R"("Transient")";
    json += R"(,"bounced_recipients":[{"email_address":)" + json_blank(kAddress);
    json += R"(,"diagnostic_code":)" + json_blank(kDetail) + "}]";
  }
  return json + "}}}}}";
}

// The e-mail event that tells of the outcome.
std::string_view email_outcome(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDelivered: return kEmailDelivered;
    case Outcome::kPermanentFailure: return kEmailHardBounce;
    case Outcome::kTemporaryFailure: return kEmailSoftBounce;
    default: return kEmailSend;
  }
}

}  // namespace

bool OutcomeEvents::Kind::is_sent_email() const { return !email.empty() && email != kEmailRenderingFailure; }

std::size_t OutcomeEvents::Kind::columns() const {
  if (status.empty()) return kDocument;
  return is_sent_email() ? std::size_t{kEmailColumns} : std::size_t{kColumns};
}

std::string OutcomeEvents::delivery_type(const audience::Endpoint& endpoint) const {
  return std::string(delivers_by_hook(plan_, endpoint.channel_type()) ? "CUSTOM" : endpoint.channel_type());
}

events::Event OutcomeEvents::form(std::string_view type) const {
  using events::Sheet;
  const Activity& run = plan_.activity;
  events::Event event;
  event.app = Sheet::plain(run.app);
  event.endpoint = Sheet::blank(kEndpoint);
  event.user = Sheet::blank(kUser);
  event.id = Sheet::blank(kMessage) + std::string(type);
  event.type = type;
  event.time = time_;
  event.arrival = time_;
  event.attributes.emplace_back("campaign_id", Sheet::plain(run.campaign));
  event.attributes.emplace_back("campaign_activity_id", Sheet::plain(run.id));
  event.attributes.emplace_back("treatment_id", std::to_string(run.treatment));
  return event;
}

std::vector<events::Event> OutcomeEvents::forms_of(const Kind& kind) const {
  std::vector<events::Event> forms;
  if (kind.status.empty()) {
    forms.push_back(form("_campaign.holdout"));
    forms.back().attributes.emplace_back("delivery_type", events::Sheet::plain(kind.delivery_type));
    return forms;
  }
  if (kind.email == kEmailRenderingFailure) forms.push_back(form(kind.email));
  events::Event& send = forms.emplace_back(form("_campaign.send"));
  send.attributes.emplace_back("delivery_type", events::Sheet::plain(kind.delivery_type));
  send.attributes.emplace_back("campaign_send_status", kind.status);
  // {"client_context": {"custom": {"endpoint": "<the endpoint as JSON text>"}}}
  send.context = R"({"client_context":{"custom":{"endpoint":)" + json_blank(kDocument) + "}}}";
  if (!kind.is_sent_email()) return forms;
  const std::string head = mail_head(time_, kind.has_message);
  const auto tell = [&](std::string_view type) {
    events::Event& event = forms.emplace_back(form(type));
    const bool is_send = type == kEmailSend;
    event.attributes.emplace_back("feedback", is_send ? "received" : type.substr(kEmailPrefix.size()));
    event.context = head + mail_rest(type);
  };
  tell(kEmailSend);
  if (kind.email != kEmailSend) tell(kind.email);
  return forms;
}

// The one that the next events go to.
events::Sheet& OutcomeEvents::sheet() {
  if (sheets_.empty() || sheets_.back().bytes() >= kSheetBytes) {
    sheets_.emplace_back();
    kinds_.clear();
  }
  return sheets_.back();
}

// REQUIRES that there is a sheet.
std::size_t OutcomeEvents::number_of(const Kind& kind) {
  const auto known = std::ranges::find(kinds_, kind, &std::pair<Kind, std::size_t>::first);
  if (known != kinds_.end()) return known->second;
  kinds_.emplace_back(kind, sheets_.back().add_kind(forms_of(kind), kind.columns()));
  return kinds_.back().second;
}

void OutcomeEvents::add(const Kind& kind, const std::string& message_id, const audience::Endpoint& endpoint,
                        const channels::Outgoing* message, std::string_view detail) {
  std::array<std::string_view, kEmailColumns> values{endpoint.id(), endpoint.user_id(), message_id};
  const std::size_t columns = kind.columns();
  if (columns > kDocument) {
    document_.clear();
    endpoint.append_document(document_);
    values[kDocument] = document_;
  }
  if (kind.is_sent_email()) {
    values[kAddress] = endpoint.address();
    values[kDetail] = detail;
    if (message != nullptr) {
      const auto& email = std::get<messages::Email>(message->content);
      values[kFrom] = email.from;
      values[kSubject] = email.subject;
    }
  }
  events::Sheet& into = sheet();
  into.add_row(number_of(kind), std::span(values).first(columns));
}

void OutcomeEvents::sent(const std::string& message_id, const audience::Endpoint& endpoint,
                         const channels::Outgoing* message, const channels::Receipt& receipt) {
  const bool custom = delivers_by_hook(plan_, endpoint.channel_type());
  const bool failed = receipt.outcome == Outcome::kPermanentFailure;
  Kind kind{.status = custom && failed ? "CUSTOM_DELIVERY_FAILURE" : send_status(receipt.outcome),
            .delivery_type = delivery_type(endpoint)};
  const bool is_told = !custom && receipt.outcome != Outcome::kInDoubt;
  if (is_told && endpoint.channel_type() == kEmail) {
    kind.email = email_outcome(receipt.outcome);
    kind.has_message = message != nullptr;
  }
  add(kind, message_id, endpoint, message, receipt.detail);
  if (!is_told || message == nullptr || endpoint.channel_type() == kEmail) return;
  const channels::DeliveryContext context{
      .user = std::string(endpoint.user_id()), .context = {}, .sent = time_, .now = time_};
  for (const events::Event& event : channels::delivery_events(*message, receipt, context)) sheet().add(event);
}

void OutcomeEvents::skipped(const std::string& message_id, const audience::Endpoint& endpoint,
                            std::string_view reason) {
  Kind kind{.status = reason == kRenderingFailure ? "FAILURE_PERMANENT" : reason,
            .delivery_type = delivery_type(endpoint)};
  if (reason == kRenderingFailure && endpoint.channel_type() == kEmail) kind.email = kEmailRenderingFailure;
  add(kind, message_id, endpoint, nullptr, {});
}

void OutcomeEvents::held_out(const std::string& message_id, const audience::Endpoint& endpoint) {
  add({.status = {}, .delivery_type = std::string(endpoint.channel_type())}, message_id, endpoint, nullptr, {});
}

}  // namespace rapport::campaigns
