#include "campaigns/campaigns.h"

#include <fmt/format.h>

#include "apps/applications.h"
#include "base/text.h"
#include "campaigns/reasons.h"
#include "pinpoint/operations.h"

namespace rapport::pinpoint {
namespace {

using campaigns::Activity;
using campaigns::Campaign;
using contract::Call;

std::string arn_of(const Call& call, const Campaign& campaign) {
  return apps::make_arn(scope_of(call), fmt::format("apps/{}/campaigns/{}", campaign.app, campaign.id));
}

// Additional treatments have an Id and a State; beside them the default one has its own state too.
void add_treatment_states(json::object& document, const Campaign& campaign) {
  json::value& additional = document.at("AdditionalTreatments");
  if (!additional.is_array() || additional.get_array().empty()) return;
  const auto state_of = [&](std::size_t number) -> json::object {
    const bool known = number < campaign.treatments.size();
    return {
        {"CampaignStatus", known ? std::string_view(campaign.treatments[number]) : std::string_view(campaign.status)}};
  };
  document["DefaultState"] = state_of(0);
  std::size_t number = 0;
  for (json::value& treatment : additional.get_array()) {
    ++number;
    treatment.get_object()["Id"] = std::to_string(number);
    treatment.get_object()["State"] = state_of(number);
  }
}

Result<json::object> response(const Dependencies& with, const Call& call, const Campaign& campaign) {
  json::object document = {{"AdditionalTreatments", json::array()},
                           {"HoldoutPercent", 0},
                           {"IsPaused", false},
                           {"Limits", json::object()},
                           {"TemplateConfiguration", json::object()}};
  for (const auto& member : campaign.request) document.insert_or_assign(member.key(), member.value());
  const std::string arn = arn_of(call, campaign);
  apps::TagMap tags;
  TRY(with.database.read([&](sql::Session& session) -> Status {
    tags = TRY(apps::read_tags(session, arn));
    return {};
  }));
  document["tags"] = apps::document(tags);
  document["ApplicationId"] = campaign.app;
  document["Id"] = campaign.id;
  document["Arn"] = arn;
  document["Version"] = campaign.version;
  document["State"] = json::object{{"CampaignStatus", campaign.status}};
  add_treatment_states(document, campaign);
  document["CreationDate"] = format_iso8601(campaign.created);
  document["LastModifiedDate"] = format_iso8601(campaign.modified);
  return document;
}

Result<json::object> output(const Dependencies& with, const Call& call, const Result<Campaign>& campaign) {
  return json::object{{"CampaignResponse", TRY(response(with, call, TRY(campaign)))}};
}

Result<json::object> list_output(const Dependencies& with, const Call& call,
                                 const Result<apps::Page<Campaign>>& listed) {
  const auto& page = TRY(listed);
  json::array items;
  for (const Campaign& campaign : page.items) items.push_back(TRY(response(with, call, campaign)));
  json::object body = {{"Item", std::move(items)}};
  if (!page.next.empty()) body["NextToken"] = page.next;
  return json::object{{"CampaignsResponse", std::move(body)}};
}

json::object activity_document(const Activity& activity) {
  json::object metrics;
  for (const std::string_view name : campaigns::kDocumentedMetrics) metrics[name] = "0";
  for (const auto& [name, value] : activity.counts) metrics[name] = std::to_string(value);
  json::object document = {{"ApplicationId", activity.app},
                           {"CampaignId", activity.campaign},
                           {"Id", activity.id},
                           {"State", activity.state},
                           {"ScheduledStart", format_iso8601(activity.scheduled)},
                           {"TotalEndpointCount", activity.count("SENT")},
                           {"SuccessfulEndpointCount", activity.count("DELIVERED")},
                           {"TimezonesTotalCount", activity.timezones},
                           {"TimezonesCompletedCount", activity.timezones_completed},
                           {"TreatmentId", std::to_string(activity.treatment)},
                           {"ExecutionMetrics", std::move(metrics)}};
  if (!activity.result.empty()) document["Result"] = activity.result;
  if (activity.started) document["Start"] = format_iso8601(*activity.started);
  if (activity.ended) document["End"] = format_iso8601(*activity.ended);
  return document;
}

Result<json::object> list_activities(const Dependencies& with, const Call& call) {
  const auto page =
      TRY(with.campaigns.activities(text_of(call, "ApplicationId"), text_of(call, "CampaignId"), TRY(page_of(call))));
  return json::object{{"ActivitiesResponse", page_document(page, activity_document)}};
}

Result<std::int64_t> version_of(const Call& call) {
  const std::string text = text_of(call, "Version");
  const auto version = parse_integer(text);
  if (!version || *version < 1)
    return fail(ErrorKind::kInvalid, "Version must be a positive number: " + text, "Version");
  return *version;
}

}  // namespace

void implement_campaigns(contract::Contract& contract, const Dependencies& with) {
  // Every operation names an application, which must exist.
  const auto implement = [&](std::string_view operation, auto handler) {
    contract.implement("pinpoint", operation, [with, handler](const Call& call) -> Result<json::object> {
      const std::string app = text_of(call, "ApplicationId");
      TRY(with.applications.require(app));
      return handler(with, call, app);
    });
  };
  using App = const std::string&;
  using With = const Dependencies&;
  implement("CreateCampaign", [](With w, const Call& call, App app) -> Result<json::object> {
    const json::object& request = structure_of(call, "WriteCampaignRequest");
    const auto tags = TRY(apps::parse_tags(json::find_object(request, "tags")));
    return output(w, call, w.campaigns.create(app, request, tags));
  });
  implement("UpdateCampaign", [](With w, const Call& call, App app) {
    return output(w, call,
                  w.campaigns.update(app, text_of(call, "CampaignId"), structure_of(call, "WriteCampaignRequest")));
  });
  implement("GetCampaign", [](With w, const Call& call, App app) {
    return output(w, call, w.campaigns.get(app, text_of(call, "CampaignId")));
  });
  implement("DeleteCampaign", [](With w, const Call& call, App app) {
    return output(w, call, w.campaigns.remove(app, text_of(call, "CampaignId")));
  });
  implement("GetCampaignVersion", [](With w, const Call& call, App app) -> Result<json::object> {
    const std::int64_t version = TRY(version_of(call));
    return output(w, call, w.campaigns.get_version(app, text_of(call, "CampaignId"), version));
  });
  implement("GetCampaigns", [](With w, const Call& call, App app) -> Result<json::object> {
    return list_output(w, call, w.campaigns.list(app, TRY(page_of(call))));
  });
  implement("GetCampaignVersions", [](With w, const Call& call, App app) -> Result<json::object> {
    return list_output(w, call, w.campaigns.versions(app, text_of(call, "CampaignId"), TRY(page_of(call))));
  });
  implement("GetCampaignActivities", [](With w, const Call& call, App) { return list_activities(w, call); });
}

}  // namespace rapport::pinpoint
