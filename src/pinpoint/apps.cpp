#include "apps/applications.h"
#include "pinpoint/operations.h"

namespace rapport::pinpoint {
namespace {

json::object application_document(const apps::Application& application, const apps::Scope& scope) {
  return {{"Arn", apps::make_arn(scope, "apps/" + application.id)},
          {"Id", application.id},
          {"Name", application.name},
          {"tags", apps::document(application.tags)},
          {"CreationDate", format_iso8601(application.created)}};
}

json::object application_answer(const apps::Application& application, const contract::Call& call) {
  return {{"ApplicationResponse", application_document(application, scope_of(call))}};
}

// The two switches of the request are taken but not part of the answer.
json::object settings_answer(const std::string& app, const apps::Settings& settings) {
  json::object document = settings.document;
  document.erase("CloudWatchMetricsEnabled");
  document.erase("EventTaggingEnabled");
  document["ApplicationId"] = app;
  document["LastModifiedDate"] = format_iso8601(settings.modified);
  return {{"ApplicationSettingsResource", std::move(document)}};
}

Result<json::object> create_app(apps::Applications& applications, const contract::Call& call) {
  const auto& request = structure_of(call, "CreateApplicationRequest");
  const auto tags = TRY(apps::parse_tags(json::find_object(request, "tags")));
  return application_answer(TRY(applications.create(json::string_or(request, "Name"), tags)), call);
}

Result<json::object> get_apps(apps::Applications& applications, const contract::Call& call) {
  const auto page = TRY(applications.list(TRY(page_of(call))));
  const auto scope = scope_of(call);
  return json::object{{"ApplicationsResponse", page_document(page, [&](const apps::Application& application) {
                         return application_document(application, scope);
                       })}};
}

}  // namespace

void implement_apps(contract::Contract& contract, const Dependencies& with) {
  apps::Applications& applications = with.applications;
  contract.implement(kService, "CreateApp", [&](const contract::Call& call) { return create_app(applications, call); });
  contract.implement(kService, "GetApps", [&](const contract::Call& call) { return get_apps(applications, call); });
  contract.implement(kService, "GetApp", [&](const contract::Call& call) -> Result<json::object> {
    return application_answer(TRY(applications.get(text_of(call, "ApplicationId"))), call);
  });
  contract.implement(kService, "DeleteApp", [&](const contract::Call& call) -> Result<json::object> {
    return application_answer(TRY(applications.remove(text_of(call, "ApplicationId"))), call);
  });
  contract.implement(kService, "GetApplicationSettings", [&](const contract::Call& call) -> Result<json::object> {
    const auto app = text_of(call, "ApplicationId");
    return settings_answer(app, TRY(applications.settings(app)));
  });
  contract.implement(kService, "UpdateApplicationSettings", [&](const contract::Call& call) -> Result<json::object> {
    const auto app = text_of(call, "ApplicationId");
    const auto& request = structure_of(call, "WriteApplicationSettingsRequest");
    return settings_answer(app, TRY(applications.update_settings(app, request)));
  });
}

}  // namespace rapport::pinpoint
