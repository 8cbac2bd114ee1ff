#include "analytics/recent.h"
#include "audience/audience.h"
#include "campaigns/calendar.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using analytics::MinuteCounts;
using contract::Call;

constexpr std::int64_t kMinutes = 60;
constexpr std::int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
constexpr std::size_t kRunsShown = 10;
constexpr std::size_t kAlarmsShown = 10;

json::object document_of(const MinuteCounts& counts) {
  return {{"Events", counts.events}, {"Sent", counts.sent},     {"Delivered", counts.delivered},
          {"Failed", counts.failed}, {"Opened", counts.opened}, {"Clicked", counts.clicked}};
}

void add_minutes(json::object& document, const std::vector<MinuteCounts>& minutes) {
  MinuteCounts total;
  json::array documents;
  for (const MinuteCounts& minute : minutes) {
    json::object shown = document_of(minute);
    shown["Time"] = format_iso8601(minute.minute);
    documents.push_back(std::move(shown));
    total.events += minute.events;
    total.sent += minute.sent;
    total.delivered += minute.delivered;
    total.failed += minute.failed;
    total.opened += minute.opened;
    total.clicked += minute.clicked;
  }
  document["Minutes"] = std::move(documents);
  document["Totals"] = document_of(total);
}

json::object document_of(const campaigns::RunAtWork& run) {
  const campaigns::Activity& activity = run.activity;
  json::object document = {{"CampaignActivityId", activity.id},
                           {"CampaignId", activity.campaign},
                           {"Name", run.campaign_name},
                           {"State", activity.state},
                           {"TreatmentId", std::to_string(activity.treatment)},
                           {"ScheduledDate", format_iso8601(activity.scheduled)},
                           {"IsEventTriggered", run.is_of_events},
                           {"TargetedCount", activity.count("ENDPOINT_PRODUCED")},
                           {"SentCount", activity.count("SENT")},
                           {"DeliveredCount", activity.count("DELIVERED")},
                           {"ChunksTotal", run.chunks},
                           {"ChunksDone", run.chunks_done}};
  if (activity.started) document["StartDate"] = format_iso8601(*activity.started);
  return document;
}

json::array documents_of(const std::vector<campaigns::RunAtWork>& runs) {
  json::array documents;
  for (const auto& run : runs) documents.push_back(document_of(run));
  return documents;
}

Result<json::object> overview(const Dependencies& with, const Call& call, const std::string& app) {
  const std::int64_t asked = json::find_integer(call.input, "Minutes").value_or(kMinutes);
  const Timestamp now = with.clock.now();
  json::object document = {{"ApplicationId", app}};
  const auto minutes = TRY(analytics::recent_minutes(with.event_store, app, now, asked));
  document["StartTime"] = format_iso8601(minutes.front().minute);
  document["EndTime"] = format_iso8601(minutes.back().minute + kMicrosPerMinute);
  add_minutes(document, minutes);
  const auto runs = TRY(with.campaigns.runs_at_work(app, kRunsShown));
  document["RunningCampaigns"] = documents_of(runs.under_way);
  document["RunningCampaignCount"] = runs.under_way_count;
  document["UpcomingCampaigns"] = documents_of(runs.to_come);
  document["UpcomingCampaignCount"] = runs.to_come_count;
  json::array alarms;
  const auto raised = TRY(with.campaigns.alarms(app, {.limit = kAlarmsShown, .after_micros = 0, .after_id = {}}));
  for (const campaigns::RaisedAlarm& alarm : raised.items) alarms.push_back(alarm_document(alarm));
  document["Alarms"] = std::move(alarms);
  document["Attention"] = TRY(attentions(with, app));
  const auto size = TRY(with.audience.queries().size(audience::Definition{app, {}}));
  document["EndpointCount"] = static_cast<std::int64_t>(size.endpoints);
  document["UserCount"] = static_cast<std::int64_t>(size.users);
  return json::object{{"OverviewResponse", std::move(document)}};
}

}  // namespace

void implement_overview(contract::Contract& contract, const Dependencies& with) {
  implement_in_app(contract, with, "GetOverview",
                   [with](const Call& call, const std::string& app) { return overview(with, call, app); });
}

}  // namespace rapport::rapport_api
