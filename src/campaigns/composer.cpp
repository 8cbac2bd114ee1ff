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

json::object document(const Content& content) {
  json::array headers;
  for (const auto& header : content.headers) headers.push_back({{"Name", header.name}, {"Value", header.value}});
  return {{"From", content.from},
          {"Subject", content.subject},
          {"Html", content.html},
          {"Text", content.text},
          {"Headers", std::move(headers)},
          {"DefaultSubstitutions", content.default_substitutions},
          {"HoldoutPercent", content.holdout_percent}};
}

Content content_from(const json::object& document) {
  Content content;
  content.from = json::string_or(document, "From");
  content.subject = json::string_or(document, "Subject");
  content.html = json::string_or(document, "Html");
  content.text = json::string_or(document, "Text");
  content.headers = messages::headers_of(document);
  if (const json::object* defaults = json::find_object(document, "DefaultSubstitutions")) {
    content.default_substitutions = *defaults;
  }
  content.holdout_percent = static_cast<int>(json::find_integer(document, "HoldoutPercent").value_or(0));
  return content;
}

Result<Composer> Composer::create(Run run, Content content) {
  using messages::Escape;
  messages::Template subject = TRY(messages::Template::compile(content.subject, Escape::kNone));
  messages::Template html = TRY(messages::Template::compile(content.html, Escape::kHtml));
  messages::Template text = TRY(messages::Template::compile(content.text, Escape::kNone));
  return Composer(std::move(run), std::move(content), std::move(subject), std::move(html), std::move(text));
}

std::string Composer::message_id(std::string_view key_id) const {
  return to_hex(sha256(fmt::format("{}/{}", run_.activity, key_id)).substr(0, 16));
}

std::variant<channels::Outgoing, std::string_view> Composer::compose(const audience::Endpoint& endpoint) const {
  if (const std::string_view reason = refusal(endpoint, content_.holdout_percent); !reason.empty()) return reason;
  const json::object person = endpoint.document();
  const messages::Data data{.endpoint = person, .defaults = content_.default_substitutions};
  const auto subject = subject_.render(data);
  const auto html = html_.render(data);
  const auto text = text_.render(data);
  if (!subject || !html || !text) return kRenderingFailure;
  channels::Outgoing outgoing;
  outgoing.id = message_id(endpoint.key_id());
  outgoing.app_id = run_.app;
  outgoing.campaign_id = run_.campaign;
  outgoing.endpoint_id = endpoint.id();
  outgoing.to = endpoint.address();
  outgoing.email = {.from = content_.from,
                    .to = outgoing.to,
                    .subject = *subject,
                    .text = *text,
                    .html = *html,
                    .headers = content_.headers,
                    .message_id = outgoing.id + "@rapport",
                    .date = run_.date};
  return outgoing;
}

}  // namespace rapport::campaigns
