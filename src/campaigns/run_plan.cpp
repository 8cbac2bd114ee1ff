#include "campaigns/run_plan.h"

#include "campaigns/rows.h"
#include "campaigns/runs.h"
#include "campaigns/statements.h"

namespace rapport::campaigns {

Result<json::object> fix_content(const Collaborators& with, const std::string& app, const Treatment& treatment) {
  json::object content;
  content["Templates"] = TRY(messages::load_templates(with.templates, treatment.templates()));
  const auto of_channel = with.channel_settings.from_address(app);
  if (!of_channel && of_channel.error().kind == ErrorKind::kUnavailable) return std::unexpected(of_channel.error());
  content["From"] = of_channel.value_or(with.from_address);
  return content;
}

Result<std::shared_ptr<const RunPlan>> compile_plan(Activity activity, json::object request,
                                                    const json::object& content) {
  auto treatments = TRY(read_treatments(request));
  if (activity.treatment >= static_cast<std::int64_t>(treatments.size())) {
    return fail(ErrorKind::kNotFound, "The run's treatment is gone");
  }
  const CohortRange holdout{treatments.back().cohorts.end, kCohorts};
  Treatment treatment = std::move(treatments[static_cast<std::size_t>(activity.treatment)]);
  const json::object* templates = json::find_object(content, "Templates");
  auto composition =
      TRY(messages::Composition::compile(treatment.messages(), templates == nullptr ? json::object() : *templates));
  const Limits limits = TRY(read_limits(request));
  return std::make_shared<const RunPlan>(RunPlan{.activity = std::move(activity),
                                                 .request = std::move(request),
                                                 .treatment = std::move(treatment),
                                                 .holdout = holdout,
                                                 .limits = limits,
                                                 .from = json::string_or(content, "From"),
                                                 .composition = std::move(composition)});
}

Result<std::shared_ptr<const RunPlan>> load_plan(const Collaborators& with, const std::string& activity_id) {
  Activity activity;
  json::object request;
  json::object content;
  TRY(with.database.read([&](sql::Session& session) -> Status {
    const sql::Answer found = TRY(session.execute(kGetActivity, {activity_id}));
    if (found.rows.empty()) return fail(ErrorKind::kNotFound, "The run went with its campaign: " + activity_id);
    activity = TRY(activity_from_row(found.rows.front()));
    content = TRY(object_from_text(found.rows.front().text(10)));
    const sql::Answer version = TRY(session.execute(kGetRequest, {activity.campaign, activity.campaign_version}));
    if (version.rows.empty()) return fail(ErrorKind::kNotFound, "The campaign's version is gone");
    request = TRY(object_from_text(version.rows.front().text(0)));
    return {};
  }));
  return compile_plan(std::move(activity), std::move(request), content);
}

audience::SegmentRef segment_of(const RunPlan& plan) {
  return {plan.activity.app, json::string_or(plan.request, "SegmentId"),
          json::find_integer(plan.request, "SegmentVersion").value_or(0)};
}

}  // namespace rapport::campaigns
