#include "messages/template_preview.h"

#include <array>

#include "audience/audience.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;
using messages::TemplateType;

constexpr std::array<std::pair<std::string_view, TemplateType>, 5> kContents = {
    {{"EmailTemplate", TemplateType::kEmail},
     {"SMSTemplate", TemplateType::kSms},
     {"PushTemplate", TemplateType::kPush},
     {"VoiceTemplate", TemplateType::kVoice},
     {"InAppTemplate", TemplateType::kInApp}}};

json::array documents_of(const std::vector<messages::PreviewPart>& parts) {
  json::array documents;
  for (const auto& part : parts) {
    documents.push_back(
        {{"Part", part.name}, {"Text", part.text}, {"Bytes", static_cast<std::int64_t>(part.text.size())}});
  }
  return documents;
}

json::object document_of(const messages::PreviewVariable& variable) {
  json::object document = {{"Name", variable.name},
                           {"IsMissing", variable.is_missing},
                           {"Parts", json::array(variable.parts.begin(), variable.parts.end())}};
  if (variable.value) document["Value"] = *variable.value;
  if (variable.default_value) document["DefaultValue"] = *variable.default_value;
  return document;
}

json::object document_of(const messages::PreviewProblem& problem) {
  json::object document = {{"Message", problem.message}, {"Severity", problem.is_error ? "ERROR" : "WARNING"}};
  if (!problem.part.empty()) document["Part"] = problem.part;
  if (problem.line > 0) {
    document["Line"] = problem.line;
    document["Column"] = problem.column;
  }
  return document;
}

json::object document_of(TemplateType type, const messages::TemplatePreview& preview) {
  json::array variables;
  for (const auto& variable : preview.variables) variables.push_back(document_of(variable));
  json::array problems;
  for (const auto& problem : preview.problems) problems.push_back(document_of(problem));
  json::array by_channel;
  for (const auto& message : preview.messages) {
    by_channel.push_back({{"ChannelType", message.channel_type}, {"Parts", documents_of(message.parts)}});
  }
  json::object document = {{"TemplateType", messages::to_string(type)},
                           {"Parts", documents_of(preview.parts)},
                           {"Messages", std::move(by_channel)},
                           {"Variables", std::move(variables)},
                           {"Problems", std::move(problems)}};
  if (preview.email_bytes) document["EmailBytes"] = *preview.email_bytes;
  if (preview.sms) {
    document["Sms"] = {{"Encoding", preview.sms->encoding == messages::SmsEncoding::kGsm7 ? "GSM_7" : "UCS_2"},
                       {"Characters", preview.sms->places},
                       {"Segments", preview.sms->segments},
                       {"CharactersPerSegment", preview.sms->places_per_segment}};
  }
  return document;
}

// Whom it is rendered for: somebody who is there, somebody made up, or nobody.
Result<json::object> endpoint_of(const Dependencies& with, const json::object& request) {
  const std::string id = json::string_or(request, "EndpointId");
  if (!id.empty()) {
    const std::string app = json::string_or(request, "ApplicationId");
    if (app.empty()) return fail(ErrorKind::kInvalid, "ApplicationId is needed with EndpointId", "ApplicationId");
    TRY(with.applications.require(app));
    return TRY(with.audience.endpoints().get(app, id))
    .document();
  }
  const json::object* made_up = json::find_object(request, "Endpoint");
  return made_up == nullptr ? json::object() : *made_up;
}

Result<json::object> preview(const Dependencies& with, const Call& call) {
  const json::object& request = structure_of(call, "TemplatePreviewRequest");
  const json::object* content = nullptr;
  TemplateType type = TemplateType::kEmail;
  for (const auto& [member, of_type] : kContents) {
    const json::object* given = json::find_object(request, member);
    if (given == nullptr) continue;
    if (content != nullptr) return fail(ErrorKind::kInvalid, "Give one template only", std::string(member));
    content = given;
    type = of_type;
  }
  if (content == nullptr) {
    return fail(ErrorKind::kInvalid,
                "Give one of EmailTemplate, SMSTemplate, PushTemplate, VoiceTemplate and InAppTemplate",
                "EmailTemplate");
  }
  const json::object endpoint = TRY(endpoint_of(with, request));
  json::object document = document_of(type, messages::preview_template(type, *content, endpoint, with.clock.now()));
  const std::string recommender = json::string_or(*content, "RecommenderId");
  if (!recommender.empty()) document["RecommenderId"] = recommender;
  return json::object{{"TemplatePreviewResponse", std::move(document)}};
}

}  // namespace

void implement_template_preview(contract::Contract& contract, const Dependencies& with) {
  contract.implement(kService, "PreviewTemplate", [with](const Call& call) { return preview(with, call); });
}

}  // namespace rapport::rapport_api
