#include "campaigns/campaigns.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {

json::object alarm_document(const campaigns::RaisedAlarm& alarm) {
  json::object document = {{"CampaignId", alarm.campaign},
                           {"CampaignActivityId", alarm.activity},
                           {"Rule", alarm.rule},
                           {"Detail", alarm.detail},
                           {"RaisedDate", format_iso8601(alarm.raised)}};
  if (!alarm.campaign_name.empty()) document["CampaignName"] = alarm.campaign_name;
  return document;
}

void implement_monitors(contract::Contract& contract, const Dependencies& with) {
  using contract::Call;
  using App = const std::string&;
  campaigns::Campaigns& campaigns = with.campaigns;
  const auto implement = [&](std::string_view operation, auto act) {
    implement_in_app(contract, with, operation, [act](const Call& call, App app) -> Result<json::object> {
      const std::string campaign = text_of(call, "CampaignId");
      json::object monitor = TRY(act(call, app, campaign));
      monitor["ApplicationId"] = app;
      monitor["CampaignId"] = campaign;
      return json::object{{"MonitorResponse", std::move(monitor)}};
    });
  };
  implement("PutCampaignMonitor", [&campaigns](const Call& call, App app, const std::string& campaign) {
    return campaigns.put_monitor(app, campaign, structure_of(call, "MonitorRequest"));
  });
  implement("GetCampaignMonitor", [&campaigns](const Call&, App app, const std::string& campaign) {
    return campaigns.monitor(app, campaign);
  });
  implement_in_app(contract, with, "ListAlarms", [&campaigns](const Call& call, App app) -> Result<json::object> {
    return json::object{
        {"AlarmsResponse", page_document(TRY(campaigns.alarms(app, TRY(page_of(call)))), alarm_document)}};
  });
  implement("DeleteCampaignMonitor", [&campaigns](const Call&, App app, const std::string& campaign) {
    return campaigns.remove_monitor(app, campaign);
  });
}

}  // namespace rapport::rapport_api
