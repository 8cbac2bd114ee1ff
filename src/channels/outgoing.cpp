#include "channels/outgoing.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace rapport::channels {

namespace {

constexpr std::size_t kIdBytesMax = 128;
constexpr int kSyntaxErrorCode = 501;  // SMTP's "syntax error in parameters"

bool is_id_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
}

void set(json::object& document, std::string_view name, const std::string& text) {
  if (!text.empty()) document[name] = text;
}

struct Describe {
  json::object operator()(const messages::Email& email) const {
    json::object document;
    set(document, "From", email.from);
    set(document, "To", email.to);
    set(document, "Subject", email.subject);
    set(document, "TextPart", email.text);
    set(document, "HtmlPart", email.html);
    set(document, "MessageId", email.message_id);
    set(document, "RawEmail", email.raw);
    json::array headers;
    for (const auto& [name, value] : email.headers) headers.push_back(json::object{{"Name", name}, {"Value", value}});
    if (!headers.empty()) document["Headers"] = std::move(headers);
    return document;
  }

  json::object operator()(const messages::TextMessage& text) const {
    json::object document;
    set(document, "Body", text.body);
    set(document, "MessageType", text.message_type);
    set(document, "OriginationNumber", text.origination_number);
    set(document, "SenderId", text.sender_id);
    set(document, "Keyword", text.keyword);
    set(document, "MediaUrl", text.media_url);
    set(document, "EntityId", text.entity_id);
    set(document, "TemplateId", text.template_id);
    return document;
  }

  json::object operator()(const messages::PushMessage& push) const {
    json::object document = push.data;
    set(document, "Title", push.title);
    set(document, "Body", push.body);
    set(document, "Action", push.action);
    set(document, "Url", push.url);
    set(document, "ImageUrl", push.image_url);
    set(document, "ImageIconUrl", push.icon_url);
    set(document, "SmallImageIconUrl", push.small_icon_url);
    set(document, "MediaUrl", push.media_url);
    set(document, "Sound", push.sound);
    set(document, "JsonBody", push.json_body);
    set(document, "RawContent", push.raw_content);
    if (push.silent) document["SilentPush"] = true;
    if (push.time_to_live) document["TimeToLive"] = *push.time_to_live;
    return document;
  }

  json::object operator()(const messages::VoiceMessage& voice) const {
    json::object document;
    set(document, "Body", voice.body);
    set(document, "LanguageCode", voice.language_code);
    set(document, "VoiceId", voice.voice_id);
    set(document, "OriginationNumber", voice.origination_number);
    return document;
  }

  json::object operator()(const messages::CustomMessage& custom) const { return {{"Data", custom.data}}; }
};

}  // namespace

bool is_message_id(std::string_view id) {
  return !id.empty() && id.size() <= kIdBytesMax && !id.starts_with('.') && std::ranges::all_of(id, is_id_character);
}

bool is_email(const Outgoing& message) { return std::holds_alternative<messages::Email>(message.content); }

Status check(const Outgoing& message) {
  if (!is_message_id(message.id)) return fail(ErrorKind::kInvalid, "not an outgoing message id: " + message.id);
  if (message.to.empty()) return fail(ErrorKind::kInvalid, "a message needs an address");
  if (!is_valid_utf8(message.to)) return fail(ErrorKind::kInvalid, "the address is not UTF-8");
  if (is_email(message) && !messages::is_address(message.to)) {
    return fail(ErrorKind::kInvalid, "not an e-mail address: " + message.to);
  }
  return {};
}

Result<std::string> to_mime(const Outgoing& message) {
  TRY(check(message));
  const auto* email = std::get_if<messages::Email>(&message.content);
  if (email == nullptr) return fail(ErrorKind::kInvalid, "not an e-mail but a message for " + message.channel);
  return messages::to_mime(*email);
}

json::object to_document(const Outgoing& message) {
  json::object document;
  set(document, "Id", message.id);
  set(document, "ApplicationId", message.app_id);
  set(document, "CampaignId", message.origin.campaign_id);
  set(document, "ActivityId", message.origin.activity_id);
  set(document, "TreatmentId", message.origin.treatment_id);
  set(document, "EndpointId", message.endpoint_id);
  set(document, "ChannelType", message.channel);
  set(document, "Address", message.to);
  document["Message"] = std::visit(Describe(), message.content);
  return document;
}

Receipt refused(const Error& error) {
  return {.outcome = Outcome::kPermanentFailure, .provider_id = {}, .detail = error.message, .code = kSyntaxErrorCode};
}

}  // namespace rapport::channels
