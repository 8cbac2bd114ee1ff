#include "messages/templates.h"

#include "pinpoint/operations.h"

namespace rapport::pinpoint {
namespace {

using messages::TemplateKey;
using messages::Templates;
using messages::TemplateType;

// How the operations of one type name what they take and give.
struct Kind {
  TemplateType type;
  std::string_view operation;  // the part of its name between the verb and Template
  std::string_view request;
  std::string_view response;
  std::string_view created;
};

constexpr Kind kKinds[] = {
    {TemplateType::kEmail, "Email", "EmailTemplateRequest", "EmailTemplateResponse", "CreateTemplateMessageBody"},
    {TemplateType::kInApp, "InApp", "InAppTemplateRequest", "InAppTemplateResponse", "TemplateCreateMessageBody"},
    {TemplateType::kPush, "Push", "PushNotificationTemplateRequest", "PushNotificationTemplateResponse",
     "CreateTemplateMessageBody"},
    {TemplateType::kSms, "Sms", "SMSTemplateRequest", "SMSTemplateResponse", "CreateTemplateMessageBody"},
    {TemplateType::kVoice, "Voice", "VoiceTemplateRequest", "VoiceTemplateResponse", "CreateTemplateMessageBody"},
};

TemplateKey key_of(const Kind& kind, const contract::Call& call) { return {text_of(call, "TemplateName"), kind.type}; }

Result<TemplateType> type_of(std::string_view text) {
  if (const auto type = messages::parse_template_type(text)) return *type;
  return fail(ErrorKind::kInvalid, "the template type is EMAIL, SMS, VOICE, PUSH or INAPP, not: " + std::string(text),
              "TemplateType");
}

Result<TemplateKey> key_of(const contract::Call& call) {
  return TemplateKey { text_of(call, "TemplateName"), TRY(type_of(text_of(call, "TemplateType"))) };
}

Result<apps::PageRequest> template_page_of(const contract::Call& call) {
  return apps::parse_page(json::find_string(call.input, "PageSize"), json::find_string(call.input, "NextToken"));
}

// The request's members that make the content; tags are kept apart, and an update's are ignored.
json::object content_of(const json::object& request) {
  json::object content = request;
  content.erase("tags");
  return content;
}

json::object accepted(const contract::Call& call) { return {{"MessageBody", message_body(call, "Accepted")}}; }

// What every view of a template starts with.
json::object template_head(const messages::StoredTemplate& stored) {
  return {{"TemplateName", stored.key.name},
          {"TemplateType", messages::to_string(stored.key.type)},
          {"Version", std::to_string(stored.version)},
          {"CreationDate", format_iso8601(stored.created)},
          {"LastModifiedDate", format_iso8601(stored.modified)}};
}

json::object version_document(const messages::StoredTemplate& stored) {
  json::object document = template_head(stored);
  for (const std::string_view member : {"DefaultSubstitutions", "TemplateDescription"}) {
    if (const json::value* value = json::find(stored.content, member)) document[member] = *value;
  }
  return document;
}

std::string arn_of(const TemplateKey& key, const contract::Call& call) {
  return apps::make_arn(scope_of(call), "templates/" + key.name + "/" + std::string(messages::to_string(key.type)));
}

Result<json::object> create(Templates& templates, const Kind& kind, const contract::Call& call) {
  const json::object& request = structure_of(call, kind.request);
  const TemplateKey key = key_of(kind, call);
  const apps::TagMap tags = TRY(apps::parse_tags(json::find_object(request, "tags")));
  TRY(templates.create(key, content_of(request), tags));
  json::object body = message_body(call, "Created");
  body["Arn"] = arn_of(key, call);
  return json::object{{kind.created, std::move(body)}};
}

Result<json::object> get(Templates& templates, const Kind& kind, const contract::Call& call) {
  const auto stored = TRY(templates.get(key_of(kind, call), json::find_string(call.input, "Version")));
  json::object document = stored.content;
  for (const auto& member : template_head(stored)) document.insert_or_assign(member.key(), member.value());
  document["Arn"] = arn_of(stored.key, call);
  document["tags"] = apps::document(stored.tags);
  return json::object{{kind.response, std::move(document)}};
}

Result<json::object> update(Templates& templates, const Kind& kind, const contract::Call& call) {
  const bool add = json::find_bool(call.input, "CreateNewVersion").value_or(false);
  TRY(templates.update(key_of(kind, call), content_of(structure_of(call, kind.request)),
                       add ? Templates::Update::kNewVersion : Templates::Update::kInPlace,
                       json::find_string(call.input, "Version")));
  return accepted(call);
}

Result<json::object> remove(Templates& templates, const Kind& kind, const contract::Call& call) {
  TRY(templates.remove(key_of(kind, call), json::find_string(call.input, "Version")));
  return accepted(call);
}

Result<json::object> list_templates(Templates& templates, const contract::Call& call) {
  Templates::Filter filter{.prefix = text_of(call, "Prefix"), .type = {}};
  if (const auto type = json::find_string(call.input, "TemplateType")) filter.type = TRY(type_of(*type));
  const auto page = TRY(templates.list(filter, TRY(template_page_of(call))));
  return json::object{{"TemplatesResponse", page_document(page, template_head)}};
}

Result<json::object> list_versions(Templates& templates, const contract::Call& call) {
  const auto page = TRY(templates.versions(TRY(key_of(call)), TRY(template_page_of(call))));
  return json::object{{"TemplateVersionsResponse", page_document(page, version_document)}};
}

Result<json::object> activate(Templates& templates, const contract::Call& call) {
  const auto version = json::find_string(structure_of(call, "TemplateActiveVersionRequest"), "Version");
  if (!version) return fail(ErrorKind::kInvalid, "Version is missing, name one or latest", "Version");
  TRY(templates.activate(TRY(key_of(call)), *version));
  return accepted(call);
}

}  // namespace

void implement_templates(contract::Contract& contract, const Dependencies& with) {
  using OfKind = Result<json::object> (*)(Templates&, const Kind&, const contract::Call&);
  using OfAll = Result<json::object> (*)(Templates&, const contract::Call&);
  constexpr std::pair<std::string_view, OfKind> kOfKind[] = {
      {"Create", create}, {"Get", get}, {"Update", update}, {"Delete", remove}};
  constexpr std::pair<std::string_view, OfAll> kOfAll[] = {{"ListTemplates", list_templates},
                                                           {"ListTemplateVersions", list_versions},
                                                           {"UpdateTemplateActiveVersion", activate}};
  Templates& templates = with.templates;
  for (const Kind& kind : kKinds) {
    for (const auto& [verb, operation] : kOfKind) {
      const std::string name = std::string(verb) + std::string(kind.operation) + "Template";
      contract.implement(kService, name, [&templates, &kind, operation](const contract::Call& call) {
        return operation(templates, kind, call);
      });
    }
  }
  for (const auto& [name, operation] : kOfAll) {
    contract.implement(kService, name,
                       [&templates, operation](const contract::Call& call) { return operation(templates, call); });
  }
}

}  // namespace rapport::pinpoint
