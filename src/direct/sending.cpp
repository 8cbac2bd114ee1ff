#include "direct/sending.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/log.h"
#include "channels/delivery_events.h"

namespace rapport::direct {
namespace {

using channels::Outcome;
using channels::Outgoing;
using channels::Receipt;

constexpr int kOk = 200;
constexpr int kBadRequest = 400;
constexpr int kGone = 410;
constexpr int kTooMany = 429;
constexpr int kServerError = 500;

std::string_view status_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDelivered: return "SUCCESSFUL";
    case Outcome::kPermanentFailure: return "PERMANENT_FAILURE";
    case Outcome::kTemporaryFailure: return "TEMPORARY_FAILURE";
    case Outcome::kThrottled: return "THROTTLED";
    case Outcome::kInDoubt:
    case Outcome::kNotSent: break;
  }
  return "UNKNOWN_FAILURE";
}

int code_of(const Receipt& receipt) {
  if (receipt.outcome == Outcome::kDelivered) return kOk;
  if (receipt.outcome == Outcome::kThrottled) return kTooMany;
  if (receipt.code != 0) return receipt.code;
  return receipt.outcome == Outcome::kPermanentFailure ? kBadRequest : kServerError;
}

// Messages in doubt are looked up, and sent again under the same id when the provider certainly does not have them.
void resolve_doubts(channels::Channel& channel, const std::vector<Outgoing>& messages, std::vector<Receipt>& receipts) {
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (receipts[i].outcome != Outcome::kInDoubt) continue;
    const Receipt found = channel.recover({&messages[i].id, 1}).front();
    if (found.outcome == Outcome::kDelivered) receipts[i] = found;
    if (found.outcome == Outcome::kNotSent) receipts[i] = channel.send({&messages[i], 1}).front();
  }
}

}  // namespace

json::object failure(std::string_view status, int code, std::string_view message) {
  return {{"DeliveryStatus", status}, {"StatusCode", code}, {"StatusMessage", message}};
}

json::object result_of(const Outgoing& message, const Receipt& receipt) {
  const bool delivered = receipt.outcome == Outcome::kDelivered;
  const std::string text = delivered                                ? "MessageId: " + message.id
                           : receipt.outcome == Outcome::kThrottled ? "Throttled"
                           : receipt.outcome == Outcome::kInDoubt
                               ? "In doubt: the provider may have the message: " + receipt.detail
                           : receipt.detail.empty() ? "The provider gave no reason"
                                                    : receipt.detail;
  json::object result = failure(status_of(receipt.outcome), code_of(receipt), text);
  result["MessageId"] = message.id;
  if (!receipt.updated_token.empty()) result["UpdatedToken"] = receipt.updated_token;
  return result;
}

Status Sending::prepare(const json::object& request) {
  const json::object none;
  const json::object* configuration = json::find_object(request, "MessageConfiguration");
  const json::object* named = json::find_object(request, "TemplateConfiguration");
  const json::object templates = named == nullptr ? none : TRY(messages::load_templates(with_.templates, *named));
  composition_ = TRY(messages::Composition::compile(configuration == nullptr ? none : *configuration, templates));
  if (const json::object* context = json::find_object(request, "Context")) context_ = *context;
  trace_id_ = json::string_or(request, "TraceId");
  return {};
}

void Sending::add(Recipient recipient, const json::object& configuration) {
  recipient.overrides = messages::RecipientOverrides::read(configuration);
  json::object context = context_;
  for (const auto& member : recipient.overrides.context) context.insert_or_assign(member.key(), member.value());
  recipient.overrides.context = std::move(context);
  recipients_.push_back(std::move(recipient));
}

void Sending::add_failure(Recipient recipient, json::object result) {
  recipient.result = std::move(result);
  recipients_.push_back(std::move(recipient));
}

void Sending::add(const audience::Endpoint& endpoint, Recipient recipient, const json::object& configuration) {
  recipient.channel = endpoint.channel_type();
  recipient.address = endpoint.address();
  recipient.endpoint_id = endpoint.id();
  recipient.user_id = endpoint.user_id();
  recipient.document = endpoint.document();
  if (endpoint.opted_out()) {
    return add_failure(std::move(recipient), failure("OPT_OUT", kBadRequest, "The endpoint has opted out"));
  }
  if (!endpoint.active()) {
    return add_failure(std::move(recipient), failure("PERMANENT_FAILURE", kGone, "The endpoint is inactive"));
  }
  if (recipient.channel.empty() || recipient.address.empty()) {
    return add_failure(std::move(recipient),
                       failure("PERMANENT_FAILURE", kBadRequest, "The endpoint has no Address or no ChannelType"));
  }
  add(std::move(recipient), configuration);
}

bool Sending::is_duplicate(const Recipient& recipient) {
  return !addresses_.insert(fmt::format("{}\n{}", recipient.channel, recipient.address)).second;
}

Result<channels::Channel*> Sending::provider_of(const std::string& channel) {
  const auto found = providers_.find(channel);
  if (found != providers_.end()) return found->second;
  return providers_.emplace(channel, with_.providers.find(app_, channel)).first->second;
}

const std::string& Sending::sender() {
  if (!sender_) sender_ = with_.channel_settings.from_address(app_).value_or(with_.from_address);
  return *sender_;
}

// Whoever gets the message sees the request's TraceId.
void Sending::trace(Outgoing& message) const {
  if (trace_id_.empty()) return;
  if (auto* push = std::get_if<messages::PushMessage>(&message.content)) push->data["TraceId"] = trace_id_;
  if (auto* email = std::get_if<messages::Email>(&message.content)) {
    messages::EmailHeader header{"X-Trace-Id", trace_id_};
    if (messages::check_header(header)) email->headers.push_back(std::move(header));
  }
}

std::optional<Outgoing> Sending::compose(Recipient& recipient) {
  if (is_duplicate(recipient)) {
    recipient.result = failure("DUPLICATE", kBadRequest, "The address is another recipient's as well");
    return std::nullopt;
  }
  auto content = composition_->render(recipient.channel, recipient.document, sent_, &recipient.overrides);
  if (!content) {
    recipient.result = failure("PERMANENT_FAILURE", kBadRequest, content.error().message);
    return std::nullopt;
  }
  if (!*content) {
    recipient.result = failure("PERMANENT_FAILURE", kBadRequest,
                               "MessageConfiguration has no message for this ChannelType: " + recipient.channel);
    return std::nullopt;
  }
  Outgoing message;
  message.id =
      to_hex(sha256(fmt::format("{}/{}/{}/{}", key_, recipient.channel, recipient.address, recipient.endpoint_id))
                 .substr(0, 16));
  message.app_id = app_;
  message.channel = recipient.channel;
  message.endpoint_id = recipient.endpoint_id;
  message.to = recipient.address;
  message.content = **std::move(content);
  if (auto* email = std::get_if<messages::Email>(&message.content)) {
    if (email->from.empty()) email->from = sender();
    email->to = message.to;
    email->message_id = message.id + "@rapport";
    email->date = sent_;
  }
  trace(message);
  with_.tracking.prepare(message, channels::Purpose::kTransactional, sent_);
  return message;
}

void Sending::send(Batch& batch) {
  std::vector<Receipt> receipts = batch.channel->send(batch.messages);
  resolve_doubts(*batch.channel, batch.messages, receipts);
  std::vector<events::Event> events;
  for (std::size_t i = 0; i < batch.messages.size(); ++i) {
    Recipient& recipient = recipients_[batch.places[i]];
    recipient.result = result_of(batch.messages[i], receipts[i]);
    const auto told = channels::delivery_events(
        batch.messages[i], receipts[i],
        {.user = recipient.user_id, .context = recipient.overrides.context, .sent = sent_, .now = with_.clock.now()});
    events.insert(events.end(), told.begin(), told.end());
  }
  // The messages are out: the caller learns of them, whatever becomes of their events.
  if (const Status published = with_.events.publish(events); !published) {
    log_error("direct", "Events of messages that were sent are lost: {}", published.error().message);
  }
}

// Puts recommended items into the documents of those whose message names some.
void Sending::add_recommendations() {
  std::vector<messages::Recipient> asked;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < recipients_.size(); ++i) {
    if (!recipients_[i].result.empty()) continue;
    asked.push_back({recipients_[i].channel, &recipients_[i].document});
    places.push_back(i);
  }
  auto documents = messages::recommend(*composition_, asked, with_.recommendations, {{"ApplicationId", app_}});
  for (auto& [place, document] : documents) {
    Recipient& recipient = recipients_[places[place]];
    if (document) {
      recipient.document = std::move(*document);
    } else {
      recipient.result = failure("PERMANENT_FAILURE", kBadRequest, document.error().message);
    }
  }
}

std::vector<Recipient> Sending::run() {
  add_recommendations();
  std::map<channels::Channel*, Batch> batches;
  for (std::size_t i = 0; i < recipients_.size(); ++i) {
    Recipient& recipient = recipients_[i];
    if (!recipient.result.empty()) continue;
    const auto channel = provider_of(recipient.channel);
    if (!channel) {
      recipient.result = failure("PERMANENT_FAILURE", kBadRequest, channel.error().message);
      continue;
    }
    auto message = compose(recipient);
    if (!message) continue;
    Batch& batch = batches[*channel];
    batch.channel = *channel;
    batch.places.push_back(i);
    batch.messages.push_back(*std::move(message));
  }
  for (auto& [channel, batch] : batches) send(batch);
  return std::move(recipients_);
}

}  // namespace rapport::direct
