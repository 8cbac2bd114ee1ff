#include "campaigns/preview.h"

#include <algorithm>
#include <set>

#include "campaigns/campaigns.h"
#include "campaigns/cutter.h"
#include "campaigns/hooks.h"
#include "campaigns/request.h"
#include "campaigns/screening.h"

namespace rapport::campaigns {
namespace {

constexpr std::size_t kBatch = 500;
constexpr std::uint64_t kSampleSeed = 20261122;

// A treatment's next run as if it were planned now, screened without being stored.
class PlannedRun {
 public:
  PlannedRun(const Collaborators& with, std::shared_ptr<const RunPlan> plan)
      : plan_(plan), screening_(with, std::move(plan)) {}

  const RunPlan& plan() const { return *plan_; }
  const Screening& screening() const { return screening_; }

 private:
  std::shared_ptr<const RunPlan> plan_;
  Screening screening_;
};

Result<PlannedRun> planned_run(const Collaborators& with, const std::string& app, const PreviewRequest& asked,
                               const json::object& request, const Treatment& treatment) {
  const Timestamp now = with.clock.now();
  const Schedule& schedule = treatment.schedule;
  const Timestamp first = first_time(schedule, now);
  Occurrence run{0, first, std::max(first, now)};
  if (const auto next = next_run(schedule, first, now)) run = *next;
  Activity activity;
  activity.app = app;
  activity.campaign = asked.campaign;
  activity.treatment = treatment.number;
  activity.id = "preview";
  activity.created = now;
  activity.scheduled = run.begins;
  activity.run_time = run.time;
  activity.started = run.begins;
  const json::object content = TRY(fix_content(with, app, treatment));
  return PlannedRun(with, TRY(compile_plan(std::move(activity), request, content)));
}

std::string treatment_name(const json::object& request, std::size_t number) {
  if (number == 0) return json::string_or(request, "TreatmentName");
  const json::array* additional = json::find_array(request, "AdditionalTreatments");
  if (additional == nullptr || additional->size() < number || !(*additional)[number - 1].is_object()) return {};
  return json::string_or((*additional)[number - 1].get_object(), "TreatmentName");
}

struct Arm {
  std::size_t run = 0;  // whose rules hold
  CohortRange cohorts;
  bool is_holdout = false;
};

using Endpoints = std::vector<std::optional<audience::Endpoint>>;

class Preview {
 public:
  Preview(const Collaborators& with, std::vector<PlannedRun> runs) : with_(with), runs_(std::move(runs)) {
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const RunPlan& plan = runs_[i].plan();
      arms_.push_back({.run = i, .cohorts = plan.treatment.cohorts});
      TreatmentPreview& treatment = preview_.treatments.emplace_back();
      treatment.number = plan.treatment.number;
      treatment.name = treatment_name(plan.request, i);
      treatment.size_percent = plan.treatment.cohorts.end - plan.treatment.cohorts.first;
      treatment.sends_at = plan.activity.scheduled;
      preview_.asks_hook |= !filter_hook_of(plan).empty();
    }
    arms_.push_back({.cohorts = runs_.front().plan().holdout, .is_holdout = true});
    preview_.messages_per_second = runs_.front().plan().limits.messages_per_second;
  }

  Status examine(const index::Selection& selection, std::size_t endpoints_max) {
    preview_.segment = segment_of(runs_.front().plan());
    preview_.endpoints = static_cast<std::int64_t>(selection.count());
    Status status;
    std::vector<std::string> ids;
    const auto visit = [&](std::string_view key_id) {
      ids.emplace_back(key_id);
      if (ids.size() == kBatch) status = examine(std::exchange(ids, {}));
      return status.has_value();
    };
    if (selection.count() <= endpoints_max) {
      selection.for_each("", visit);
    } else {
      for (const std::string& id : selection.sample(endpoints_max, kSampleSeed)) {
        if (!visit(id)) break;
      }
    }
    TRY(status);
    return examine(std::move(ids));
  }

  AudiencePreview take() && {
    preview_.users = static_cast<std::int64_t>(people_.size());
    return std::move(preview_);
  }

 private:
  Status examine(std::vector<std::string> ids) {
    if (ids.empty()) return {};
    preview_.examined += static_cast<std::int64_t>(ids.size());
    auto endpoints = TRY(with_.endpoints.get_many(runs_.front().plan().activity.app, ids));
    for (const Arm& arm : arms_) {
      Chunk chunk;
      Endpoints own;
      for (std::size_t i = 0; i < ids.size(); ++i) {
        const bool gone = !endpoints[i];
        if (gone ? &arm != &arms_.front() : !arm.cohorts.contains(endpoints[i]->cohort())) continue;
        chunk.remaining.push_back({ids[i]});
        own.push_back(endpoints[i]);
      }
      TRY(examine(arm, std::move(chunk), std::move(own)));
    }
    return {};
  }

  // A run in local time sends by moments; any other at once.
  Status examine(const Arm& arm, Chunk chunk, Endpoints endpoints) {
    const RunPlan& plan = runs_[arm.run].plan();
    if (!plan.treatment.schedule.is_local) {
      return screen(arm, chunk, std::move(endpoints), *plan.activity.started);
    }
    std::map<std::int64_t, std::pair<Chunk, Endpoints>> by_moment;
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
      if (!endpoints[i]) {
        exclude(arm, kFilteredOut);
        continue;
      }
      const auto moment = local_moment(plan, *endpoints[i]);
      if (const auto* reason = std::get_if<std::string_view>(&moment)) {
        exclude(arm, *reason);
        continue;
      }
      auto& [piece, own] = by_moment[std::get<Timestamp>(moment).micros];
      piece.remaining.push_back(std::move(chunk.remaining[i]));
      own.push_back(std::move(endpoints[i]));
    }
    for (auto& [moment, piece] : by_moment) {
      piece.first.sends_at = moment;
      TRY(screen(arm, piece.first, std::move(piece.second), Timestamp{moment}));
    }
    return {};
  }

  Status screen(const Arm& arm, const Chunk& chunk, Endpoints endpoints, Timestamp now) {
    if (chunk.remaining.empty()) return {};
    const Screened screened = TRY(runs_[arm.run].screening().foresee(chunk, std::move(endpoints), now));
    for (const auto& [reason, count] : screened.filtered) {
      exclude(arm, reason, count);
    }
    if (arm.is_holdout) {
      preview_.held_out += static_cast<std::int64_t>(screened.held_out.size());
      return {};
    }
    for (const Prepared& prepared : screened.prepared) {
      const audience::Endpoint& endpoint = prepared.endpoint;
      ++preview_.treatments[arm.run].by_channel[std::string(endpoint.channel_type())];
      const bool has_user = !endpoint.user_id().empty();
      people_.insert((has_user ? "u/" : "e/") + std::string(has_user ? endpoint.user_id() : endpoint.id()));
      preview_.asks_recommender |= runs_[arm.run].screening().composer().needs_recommendations(endpoint);
    }
    return {};
  }

  void exclude(const Arm& arm, std::string_view reason, std::int64_t count = 1) {
    ReasonCounts& counts = arm.is_holdout ? preview_.excluded_of_holdout : preview_.treatments[arm.run].excluded;
    counts[std::string(reason)] += count;
  }

  const Collaborators& with_;
  std::vector<PlannedRun> runs_;
  std::vector<Arm> arms_;
  AudiencePreview preview_;
  std::set<std::string> people_;
};

}  // namespace

Result<AudiencePreview> Campaigns::preview(const std::string& app, const PreviewRequest& asked) {
  json::object request;
  if (asked.campaign.empty()) {
    const json::object settings = TRY(with_.applications.settings(app))
    .document;
    request = with_defaults(asked.request, settings);
  } else {
    request = merge(TRY(get(app, asked.campaign)).request, asked.request);
    const bool other_segment = json::find(asked.request, "SegmentId") != nullptr;
    if (other_segment && json::find(asked.request, "SegmentVersion") == nullptr) request.erase("SegmentVersion");
  }
  request.erase("IsPaused");  // it is asked about as if it ran
  const auto treatments = TRY(check_request(request));
  const auto version = json::find_integer(request, "SegmentVersion").value_or(0);
  const auto segment = TRY(with_.segments.get({app, json::string_or(request, "SegmentId"), version}));
  request["SegmentVersion"] = segment.version;
  std::vector<PlannedRun> runs;
  for (const Treatment& treatment : treatments) {
    runs.push_back(TRY(planned_run(with_, app, asked, request, treatment)));
  }
  Preview preview(with_, std::move(runs));
  TRY(preview.examine(TRY(with_.segments.select({app, segment.id, segment.version})), asked.endpoints_max));
  return std::move(preview).take();
}

}  // namespace rapport::campaigns
