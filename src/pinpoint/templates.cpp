#include "messages/templates.h"

#include "pinpoint/operations.h"

namespace rapport::pinpoint {
namespace {

using messages::TemplateKey;
using messages::Templates;
using messages::TemplateType;

TemplateKey email_key(const contract::Call& call) { return {text_of(call, "TemplateName"), TemplateType::kEmail}; }

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

Result<json::object> create_email(Templates& templates, const contract::Call& call) {
  const json::object& request = structure_of(call, "EmailTemplateRequest");
  const TemplateKey key = email_key(call);
  const apps::TagMap tags = TRY(apps::parse_tags(json::find_object(request, "tags")));
  TRY(templates.create(key, content_of(request), tags));
  json::object body = message_body(call, "Created");
  body["Arn"] = arn_of(key, call);
  return json::object{{"CreateTemplateMessageBody", std::move(body)}};
}

Result<json::object> get_email(Templates& templates, const contract::Call& call) {
  const auto stored = TRY(templates.get(email_key(call), json::find_string(call.input, "Version")));
  json::object document = stored.content;
  for (const auto& member : template_head(stored)) document.insert_or_assign(member.key(), member.value());
  document["Arn"] = arn_of(stored.key, call);
  document["tags"] = apps::document(stored.tags);
  return json::object{{"EmailTemplateResponse", std::move(document)}};
}

Result<json::object> update_email(Templates& templates, const contract::Call& call) {
  const bool add = json::find_bool(call.input, "CreateNewVersion").value_or(false);
  TRY(templates.update(email_key(call), content_of(structure_of(call, "EmailTemplateRequest")),
                       add ? Templates::Update::kNewVersion : Templates::Update::kInPlace,
                       json::find_string(call.input, "Version")));
  return accepted(call);
}

Result<json::object> delete_email(Templates& templates, const contract::Call& call) {
  TRY(templates.remove(email_key(call), json::find_string(call.input, "Version")));
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
  using Operation = Result<json::object> (*)(Templates&, const contract::Call&);
  constexpr std::pair<std::string_view, Operation> kOperations[] = {
      {"CreateEmailTemplate", create_email},     {"GetEmailTemplate", get_email},
      {"UpdateEmailTemplate", update_email},     {"DeleteEmailTemplate", delete_email},
      {"ListTemplates", list_templates},         {"ListTemplateVersions", list_versions},
      {"UpdateTemplateActiveVersion", activate},
  };
  Templates& templates = with.templates;
  for (const auto& [name, operation] : kOperations) {
    contract.implement(kService, name,
                       [&templates, operation](const contract::Call& call) { return operation(templates, call); });
  }
}

}  // namespace rapport::pinpoint
