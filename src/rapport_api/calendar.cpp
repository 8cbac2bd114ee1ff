#include "campaigns/calendar.h"

#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using campaigns::CalendarKind;
using contract::Call;

constexpr std::int64_t kDaysMax = 100;

std::string_view name_of(CalendarKind kind) {
  switch (kind) {
    case CalendarKind::kRun: return "RUN";
    case CalendarKind::kPlanned: return "PLANNED_RUN";
    case CalendarKind::kEvents: return "EVENT_TRIGGERED";
  }
  return {};
}

json::object document_of(const campaigns::CalendarEntry& entry) {
  json::object document = {{"Kind", name_of(entry.kind)},
                           {"CampaignId", entry.campaign},
                           {"CampaignName", entry.campaign_name},
                           {"TreatmentId", std::to_string(entry.treatment)},
                           {"State", entry.state},
                           {"StartTime", format_iso8601(entry.start)},
                           {"Timezone", entry.timezone},
                           {"IsLocalTime", entry.local.has_value()},
                           {"Frequency", entry.frequency},
                           {"SentCount", entry.sent}};
  if (entry.kind != CalendarKind::kPlanned) document["CampaignActivityId"] = entry.activity;
  if (entry.end) document["EndTime"] = format_iso8601(*entry.end);
  if (entry.local) document["LocalStartTime"] = format_iso8601(*entry.local).substr(0, 19);  // on every clock
  return document;
}

}  // namespace

void implement_calendar(contract::Contract& contract, const Dependencies& with) {
  using App = const std::string&;
  campaigns::Campaigns& campaigns = with.campaigns;
  implement_in_app(contract, with, "GetCampaignCalendar",
                   [&campaigns](const Call& call, App app) -> Result<json::object> {
                     const Timestamp from = time_of(call, "From").value_or(Timestamp());
                     const Timestamp to = time_of(call, "To").value_or(Timestamp());
                     if (from >= to)
                       return fail(ErrorKind::kInvalid, "From must be before To: " + format_iso8601(from), "From");
                     if (to - from > kDaysMax * kMicrosPerDay) {
                       return fail(ErrorKind::kInvalid, "From and To must be at most 100 days apart", "To");
                     }
                     const auto calendar = TRY(campaigns.calendar(app, from, to));
                     json::array items;
                     for (const auto& entry : calendar.entries) items.push_back(document_of(entry));
                     return json::object{{"CampaignCalendarResponse",
                                          {{"StartTime", format_iso8601(from)},
                                           {"EndTime", format_iso8601(to)},
                                           {"IsTruncated", calendar.is_truncated},
                                           {"Item", std::move(items)}}}};
                   });
}

}  // namespace rapport::rapport_api
