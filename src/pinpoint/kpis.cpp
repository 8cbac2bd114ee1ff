#include <fmt/format.h>

#include "apps/applications.h"
#include "campaigns/campaigns.h"
#include "pinpoint/operations.h"

namespace rapport::pinpoint {
namespace {

using contract::Call;

constexpr std::int64_t kDefaultWindowMicros = 31 * kMicrosPerDay;

// `start-time` and `end-time`; the last 31 days when they are left out.
Result<campaigns::KpiRange> range_of(const Call& call, Timestamp now) {
  const auto end = json::find_number(call.input, "EndTime");
  const auto start = json::find_number(call.input, "StartTime");
  campaigns::KpiRange range;
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

json::object row_document(const campaigns::KpiRow& row) {
  json::array groups;
  if (!row.group_key.empty()) groups.push_back(cell(row.group_key, "String", row.group_value));
  json::array values;
  values.push_back(cell(row.value_key, "Double", double_text(row.value)));
  return {{"GroupedBys", std::move(groups)}, {"Values", std::move(values)}};
}

Result<json::object> campaign_kpi(const Dependencies& with, const Call& call) {
  const std::string app = text_of(call, "ApplicationId");
  const std::string campaign = text_of(call, "CampaignId");
  const std::string name = text_of(call, "KpiName");
  TRY(with.applications.require(app));
  const campaigns::KpiRange range = TRY(range_of(call, with.clock.now()));
  json::array rows;
  for (const auto& row : TRY(with.campaigns.kpi(app, campaign, name, range))) rows.push_back(row_document(row));
  return json::object{
      {"CampaignDateRangeKpiResponse", json::object{{"ApplicationId", app},
                                                    {"CampaignId", campaign},
                                                    {"KpiName", name},
                                                    {"StartTime", range.start.seconds()},
                                                    {"EndTime", range.end.seconds()},
                                                    {"KpiResult", json::object{{"Rows", std::move(rows)}}}}}};
}

}  // namespace

void implement_kpis(contract::Contract& contract, const Dependencies& with) {
  contract.implement("pinpoint", "GetCampaignDateRangeKpi",
                     [with](const Call& call) { return campaign_kpi(with, call); });
}

}  // namespace rapport::pinpoint
