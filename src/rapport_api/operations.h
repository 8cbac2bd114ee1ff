#pragma once

// The resources of the service, one file each; `implement` calls them all. What the files share is here as well.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/applications.h"
#include "apps/paging.h"
#include "audience/segment.h"
#include "base/clock.h"
#include "base/result.h"
#include "contract/service.h"
#include "json/json.h"
#include "rapport_api/service.h"

namespace rapport::audience {
struct SegmentSize;
}
namespace rapport::campaigns {
struct RaisedAlarm;
}

namespace rapport::rapport_api {

constexpr std::string_view kService = "rapport";

void implement_predictive_segments(contract::Contract& contract, const Dependencies& with);
void implement_segments(contract::Contract& contract, const Dependencies& with);
void implement_segment_questions(contract::Contract& contract, const Dependencies& with);
void implement_segment_search(contract::Contract& contract, const Dependencies& with);
void implement_uploads(contract::Contract& contract, const Dependencies& with);
void implement_files(contract::Contract& contract, const Dependencies& with);
void implement_sample(contract::Contract& contract, const Dependencies& with);
void implement_people(contract::Contract& contract, const Dependencies& with);
void implement_timelines(contract::Contract& contract, const Dependencies& with);
void implement_fields(contract::Contract& contract, const Dependencies& with);
void implement_exports(contract::Contract& contract, const Dependencies& with);
void implement_dead_letters(contract::Contract& contract, const Dependencies& with);
void implement_search(contract::Contract& contract, const Dependencies& with);
void implement_results(contract::Contract& contract, const Dependencies& with);
void implement_campaign_preview(contract::Contract& contract, const Dependencies& with);
void implement_calendar(contract::Contract& contract, const Dependencies& with);
void implement_overview(contract::Contract& contract, const Dependencies& with);
void implement_settings(contract::Contract& contract, const Dependencies& with);
void implement_template_preview(contract::Contract& contract, const Dependencies& with);
void implement_monitors(contract::Contract& contract, const Dependencies& with);
void implement_expiries(contract::Contract& contract, const Dependencies& with);

// Members of a call that the contract has checked: a text, and the structure that is its payload.
std::string text_of(const contract::Call& call, std::string_view member);
const json::object& structure_of(const contract::Call& call, std::string_view member);
// `PageSize` and `Token`.
Result<apps::PageRequest> page_of(const contract::Call& call);
std::optional<Timestamp> time_of(const contract::Call& call, std::string_view member);
// What needs attention in an application: the wire's Attentions.
Result<json::array> attentions(const Dependencies& with, const std::string& app);
apps::Scope scope_of(const contract::Call& call);
std::vector<std::string> texts_of(const json::object& from, std::string_view member);  // of a list; empty when absent
// The list of segments a request names, in `Segments`.
std::vector<audience::SegmentRef> references_of(const json::object& request, const std::string& app);

json::object alarm_document(const campaigns::RaisedAlarm& alarm);  // a CampaignAlarm

// {"Item": [...], "NextToken": ...}, with `shape` for each item.
template <class Item, class Shape>
json::object page_document(const apps::Page<Item>& page, const Shape& shape) {
  json::array items;
  for (const Item& item : page.items) items.push_back(shape(item));
  json::object body = {{"Item", std::move(items)}};
  if (!page.next.empty()) body["NextToken"] = page.next;
  return body;
}

// Counts travel as signed numbers.
inline std::int64_t counted(std::uint64_t count) { return static_cast<std::int64_t>(count); }
json::object size_document(const audience::SegmentSize& size);
std::string_view type_name(audience::SegmentType type);

// Registers `handler(call, app)`. Every operation names an application, which must exist.
template <class Handler>
void implement_in_app(contract::Contract& contract, const Dependencies& with, std::string_view operation,
                      Handler handler) {
  contract.implement(kService, operation,
                     [&applications = with.applications, handler](const contract::Call& call) -> Result<json::object> {
                       const std::string app = text_of(call, "ApplicationId");
                       TRY(applications.require(app));
                       return handler(call, app);
                     });
}

}  // namespace rapport::rapport_api
