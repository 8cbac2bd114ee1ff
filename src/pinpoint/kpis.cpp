#include "analytics/kpis.h"

#include <fmt/format.h>

#include "apps/applications.h"
#include "campaigns/campaigns.h"
#include "pinpoint/operations.h"

namespace rapport::pinpoint {
namespace {

using contract::Call;

constexpr std::int64_t kDefaultWindowMicros = 31 * kMicrosPerDay;

// `start-time` and `end-time`; the last 31 days when they are left out.
Result<event_store::TimeRange> range_of(const Call& call, Timestamp now) {
  const auto end = json::find_number(call.input, "EndTime");
  const auto start = json::find_number(call.input, "StartTime");
  event_store::TimeRange range;
  range.end = end ? Timestamp::from_seconds(*end) : now;
  range.start = start ? Timestamp::from_seconds(*start) : range.end - kDefaultWindowMicros;
  if (range.start > range.end) {
    return fail(ErrorKind::kInvalid, "start-time must not be after end-time: " + format_iso8601(range.start),
                "StartTime");
  }
  return range;
}

json::object cell(std::string_view key, std::string_view type, std::string value) {
  return {{"Key", key}, {"Type", type}, {"Value", std::move(value)}};
}

// Doubles as the documented sample shows them: 1368.0.
std::string double_text(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

json::array rows_document(const std::vector<analytics::KpiRow>& rows) {
  json::array documents;
  for (const analytics::KpiRow& row : rows) {
    json::array groups;
    for (const auto& [key, value] : row.groups) groups.push_back(cell(key, "String", value));
    json::array values;
    values.push_back(cell(row.key, "Double", double_text(row.value)));
    documents.push_back(json::object{{"GroupedBys", std::move(groups)}, {"Values", std::move(values)}});
  }
  return documents;
}

// What the answers of both kinds of KPI say.
json::object answer(const Call& call, const event_store::TimeRange& range, const std::vector<analytics::KpiRow>& rows) {
  return {{"ApplicationId", text_of(call, "ApplicationId")},
          {"KpiName", text_of(call, "KpiName")},
          {"StartTime", range.start.seconds()},
          {"EndTime", range.end.seconds()},
          {"KpiResult", json::object{{"Rows", rows_document(rows)}}}};
}

Result<json::object> application_kpi(const Dependencies& with, const Call& call) {
  const std::string app = text_of(call, "ApplicationId");
  TRY(with.applications.require(app));
  const auto range = TRY(range_of(call, with.clock.now()));
  const analytics::Kpis kpis(with.event_store);
  const auto rows = TRY(kpis.of_application(app, text_of(call, "KpiName"), range));
  return json::object{{"ApplicationDateRangeKpiResponse", answer(call, range, rows)}};
}

Result<json::object> campaign_kpi(const Dependencies& with, const Call& call) {
  const std::string app = text_of(call, "ApplicationId");
  const std::string campaign = text_of(call, "CampaignId");
  TRY(with.applications.require(app));
  TRY(with.campaigns.get(app, campaign));
  const auto range = TRY(range_of(call, with.clock.now()));
  const analytics::Kpis kpis(with.event_store);
  const auto rows = TRY(kpis.of_campaign(app, campaign, text_of(call, "KpiName"), range));
  json::object document = answer(call, range, rows);
  document["CampaignId"] = campaign;
  return json::object{{"CampaignDateRangeKpiResponse", std::move(document)}};
}

}  // namespace

void implement_kpis(contract::Contract& contract, const Dependencies& with) {
  contract.implement(kService, "GetApplicationDateRangeKpi",
                     [with](const Call& call) { return application_kpi(with, call); });
  contract.implement(kService, "GetCampaignDateRangeKpi",
                     [with](const Call& call) { return campaign_kpi(with, call); });
}

}  // namespace rapport::pinpoint
