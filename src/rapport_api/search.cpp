#include "campaigns/campaigns.h"
#include "messages/templates.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;

apps::SearchOrder order_of(const Call& call) {
  return text_of(call, "Sort") == "NAME" ? apps::SearchOrder::kName : apps::SearchOrder::kNewest;
}

// Copies texts that are there.
void copy_texts(json::object& document, const json::object& from, std::initializer_list<std::string_view> members) {
  for (const std::string_view member : members) {
    if (const auto text = json::find_string(from, member)) document[member] = *text;
  }
}

json::object document_of(const campaigns::Campaign& campaign) {
  static const json::object nothing;
  const json::object& request = campaign.request;
  const json::object* schedule = json::find_object(request, "Schedule");
  const json::value* paused = json::find(request, "IsPaused");
  json::object document = {{"Id", campaign.id},
                           {"Name", json::string_or(request, "Name")},
                           {"CampaignStatus", campaign.status},
                           {"Version", campaign.version},
                           {"SegmentId", json::string_or(request, "SegmentId")},
                           {"SegmentVersion", json::find_integer(request, "SegmentVersion").value_or(1)},
                           {"Frequency", "ONCE"},
                           {"IsPaused", paused != nullptr && paused->is_bool() && paused->get_bool()},
                           {"TreatmentCount", static_cast<std::int64_t>(campaign.treatments.size())},
                           {"HoldoutPercent", json::find_integer(request, "HoldoutPercent").value_or(0)},
                           {"CreationDate", format_iso8601(campaign.created)},
                           {"LastModifiedDate", format_iso8601(campaign.modified)}};
  copy_texts(document, request, {"Description"});
  copy_texts(document, schedule == nullptr ? nothing : *schedule, {"Frequency", "StartTime", "EndTime"});
  return document;
}

json::object document_of(const messages::StoredTemplate& stored) {
  json::object document = {{"TemplateName", stored.key.name},
                           {"TemplateType", messages::to_string(stored.key.type)},
                           {"Version", std::to_string(stored.version)},
                           {"CreationDate", format_iso8601(stored.created)},
                           {"LastModifiedDate", format_iso8601(stored.modified)}};
  copy_texts(document, stored.content, {"TemplateDescription"});
  return document;
}

template <class Item>
json::object found_document(const apps::Found<Item>& found) {
  json::object document = page_document(found.page, [](const Item& item) { return document_of(item); });
  document["Total"] = found.total;
  return document;
}

}  // namespace

void implement_search(contract::Contract& contract, const Dependencies& with) {
  using App = const std::string&;
  campaigns::Campaigns& campaigns = with.campaigns;
  messages::Templates& templates = with.templates;
  implement_in_app(contract, with, "SearchCampaigns", [&campaigns](const Call& call, App app) -> Result<json::object> {
    const campaigns::CampaignSearch search{text_of(call, "Query"), text_of(call, "State"), order_of(call)};
    const auto found = TRY(campaigns.search(app, search, TRY(page_of(call))));
    return json::object{{"CampaignSearchResponse", found_document(found)}};
  });
  contract.implement(kService, "SearchTemplates", [&templates](const Call& call) -> Result<json::object> {
    const messages::Templates::Search search{
        text_of(call, "Query"), messages::parse_template_type(text_of(call, "TemplateType")), order_of(call)};
    const auto found = TRY(templates.search(search, TRY(page_of(call))));
    return json::object{{"TemplateSearchResponse", found_document(found)}};
  });
}

}  // namespace rapport::rapport_api
