#include "audience/membership.h"
#include "campaigns/campaigns.h"
#include "campaigns/cutter.h"
#include "campaigns/run_plans.h"
#include "campaigns/statements.h"

namespace rapport::campaigns {
namespace {

// The wire's InAppMessageCampaign.
json::object in_app_document(const RunPlan& plan) {
  const Schedule& schedule = plan.treatment.schedule;
  json::object filter = schedule.event_filter;
  if (json::value* dimensions = filter.if_contains("Dimensions"); dimensions != nullptr && dimensions->is_object()) {
    for (const std::string_view member : {"Attributes", "Metrics"}) {
      if (json::find(dimensions->get_object(), member) == nullptr) dimensions->get_object()[member] = json::object();
    }
  }
  json::object when{{"EventFilter", std::move(filter)}};
  if (schedule.end) when["EndDate"] = format_iso8601(*schedule.end);
  if (const auto* own = json::find_object(plan.treatment.document, "Schedule")) {
    if (const auto* quiet = json::find_object(*own, "QuietTime"); quiet != nullptr && schedule.quiet_time) {
      when["QuietTime"] = *quiet;
    }
  }
  json::object document{{"CampaignId", plan.activity.campaign},
                        {"DailyCap", plan.limits.daily},
                        {"SessionCap", plan.limits.session},
                        {"TotalCap", plan.limits.total},
                        {"Priority", json::find_integer(plan.request, "Priority").value_or(3)},
                        {"TreatmentId", std::to_string(plan.activity.treatment)},
                        {"Schedule", std::move(when)}};
  if (const json::object* message = plan.composition.in_app()) document["InAppMessage"] = *message;
  return document;
}

}  // namespace

Result<json::array> Campaigns::in_app_messages(const audience::Endpoint& endpoint) {
  json::array found;
  const Timestamp now = with_.clock.now();
  if (!endpoint.active() || endpoint.opted_out()) return found;
  for (const sql::Row& row : TRY(with_.database.read(kOpenRunsOfApplication, {endpoint.app()})).rows) {
    const auto plan = plans_->find(row.text(0));
    if (!plan) continue;  // it went meanwhile
    const Treatment& treatment = (*plan)->treatment;
    if (treatment.schedule.frequency != Frequency::kInAppEvent || is_over(treatment.schedule, now)) continue;
    if (!treatment.cohorts.contains(endpoint.cohort())) continue;
    auto membership = with_.segments.membership(segment_of(**plan));
    if (membership && membership->contains(endpoint)) found.push_back(in_app_document(**plan));
  }
  return found;
}

}  // namespace rapport::campaigns
