#include "batch/batch.h"

#include <fmt/format.h>

#include "batch/jobs_of_lines.h"
#include "batch/line_files.h"
#include "datasets/resource_job.h"
#include "serving/campaign_settings.h"
#include "training/recipes.h"

namespace rapport::batch {
namespace {

using datasets::Resource;
using datasets::ResourceKind;

constexpr std::string_view kSegmentation = "USER_SEGMENTATION";

struct Form {
  ResourceKind kind;
  std::string_view job_kind;
  std::int64_t results_max;
};
constexpr Form kInference{ResourceKind::kBatchInferenceJob, kInferenceJob, 500};
constexpr Form kSegments{ResourceKind::kBatchSegmentJob, kSegmentJob, 5'000'000};

Status check_recipe(const training::Recipe& recipe, const Form& form) {
  const bool makes_segments = recipe.type == kSegmentation;
  if (makes_segments != (form.kind == ResourceKind::kBatchSegmentJob)) {
    return fail(
        ErrorKind::kInvalid,
        fmt::format("The recipe {} is for batch {} jobs", recipe.name, makes_segments ? "segment" : "inference"),
        "solutionVersionArn");
  }
  if (recipe.type == "PERSONALIZED_ACTIONS" || recipe.name == "aws-trending-now") {
    return fail(ErrorKind::kInvalid, fmt::format("The recipe {} has no batch inference; use a campaign", recipe.name),
                "solutionVersionArn");
  }
  return {};
}

Status check_filter(const Collaborators& with, const Resource& version, const json::object& details,
                    filters::Target target) {
  const std::string arn = json::string_or(details, "filterArn");
  if (arn.empty()) return {};
  const filters::Filter filter = TRY(with.filters.get(arn, json::string_or(version.details, "datasetGroupArn")));
  if (filter.target() == target) return {};
  return fail(ErrorKind::kInvalid,
              fmt::format("The filter must be of {}", target == filters::Target::kUsers ? "UserID" : "ItemID"),
              "filterArn");
}

Result<Resource> create(const Collaborators& with, const NewJob& job, const Form& form) {
  if (job.results_max < 1 || job.results_max > form.results_max) {
    return fail(ErrorKind::kInvalid,
                fmt::format("numResults must be from 1 to {}, not {}", form.results_max, job.results_max),
                "numResults");
  }
  if (json::string_or(job.details, "batchInferenceJobMode") == "THEME_GENERATION") {
    return fail(ErrorKind::kInvalid, "This server makes no themes; leave batchInferenceJobMode out",
                "batchInferenceJobMode");
  }
  TRY(places_of(job.details));
  datasets::Datasets& datasets = with.training.datasets();
  Resource resource{.kind = form.kind, .name = job.name, .parent = job.version_arn, .details = job.details};
  resource.details["numResults"] = job.results_max;
  const Resource version = TRY(datasets.catalog().get(ResourceKind::kSolutionVersion, job.version_arn));
  const training::Recipe* recipe = training::find_recipe(json::string_or(version.details, "recipeArn"));
  if (recipe != nullptr) TRY(check_recipe(*recipe, form));
  const json::object* config = json::find_object(job.details, "batchInferenceJobConfig");
  if (recipe != nullptr && config != nullptr) TRY(serving::check_campaign_config(*config, *recipe));
  TRY(check_filter(with, version, job.details,
                   form.kind == ResourceKind::kBatchSegmentJob ? filters::Target::kUsers : filters::Target::kItems));
  const auto require_active = [](sql::Session&, const Resource& now) -> Status {
    if (now.status == datasets::kActive) return {};
    return fail(ErrorKind::kConflict, fmt::format("The solution version must be ACTIVE, it is {}", now.status));
  };
  resource = TRY(datasets::create_with_job(datasets.catalog(), datasets.queue(),
                                           {.resource = std::move(resource),
                                            .parent_kind = ResourceKind::kSolutionVersion,
                                            .job_kind = form.job_kind,
                                            .tags = job.tags,
                                            .check = require_active}));
  datasets.queue().wake();
  return resource;
}

}  // namespace

Result<Resource> Batches::create_inference_job(const NewJob& job) { return create(with_, job, kInference); }
Result<Resource> Batches::create_segment_job(const NewJob& job) { return create(with_, job, kSegments); }

void Batches::register_jobs(jobs::Workers& workers) {
  workers.handle(std::string(kInferenceJob), [this](jobs::Context& context) { return run_inference(with_, context); });
  workers.handle(std::string(kSegmentJob), [this](jobs::Context& context) { return run_segments(with_, context); });
  for (const Form& form : {kInference, kSegments}) {
    workers.on_failure(std::string(form.job_kind), [this, form](sql::Session& session, const jobs::Job& job) {
      return datasets::mark_failed(session, with_.training.datasets().catalog(), form.kind, job);
    });
  }
}

}  // namespace rapport::batch
