#include "training/training.h"

#include <fmt/format.h>

#include "base/random.h"
#include "base/text.h"
#include "datasets/resource_job.h"
#include "training/auto_training.h"
#include "training/deletion_job.h"
#include "training/hyperparameters.h"
#include "training/model_cache.h"
#include "training/model_update.h"
#include "training/recipes.h"
#include "training/train_job.h"

namespace rapport::training {
namespace {

using datasets::Resource;
using datasets::ResourceKind;

constexpr std::size_t kReportBytesMax = 64U << 20U;

std::unexpected<Error> not_supported(std::string_view member, std::string_view why) {
  return fail(ErrorKind::kInvalid, fmt::format("{} is not possible: {}", member, why), std::string(member));
}

json::object update_summary(const json::object& changes, const Clock& clock) {
  json::object summary = changes;
  summary["status"] = datasets::kActive;
  summary["creationDateTime"] = summary["lastUpdatedDateTime"] = clock.now().seconds();
  return summary;
}

bool is_set(const json::object& details, std::string_view member) {
  return json::find_bool(details, member).value_or(false);
}

// Everything about a solution that can be wrong before there is data.
Status check_solution(datasets::Datasets& datasets, const NewSolution& solution) {
  std::string_view recipe;
  if (solution.recipe_arn.empty() && !is_set(solution.details, "performAutoML")) {
    return fail(ErrorKind::kInvalid, "Name the recipe to train as recipeArn, or set performAutoML", "recipeArn");
  }
  if (!solution.recipe_arn.empty() && is_set(solution.details, "performAutoML")) {
    return not_supported("performAutoML", "leave out recipeArn to have a recipe chosen");
  }
  if (!solution.recipe_arn.empty()) recipe = TRY(buildable_recipe(solution.recipe_arn))
  ->name;
  TRY(hyperparameters_of(solution.details, recipe));
  TRY(tuning_plan_of(solution.details, recipe));
  TRY(event_weights_of(solution.details, recipe));
  TRY(training_days(solution.details));
  TRY(filter_of(solution.details));
  const Objective objective = TRY(objective_of(solution.details, recipe));
  if (objective.item_column.empty()) return {};
  const auto items = TRY(datasets.find_dataset(solution.group_arn, datasets::DatasetType::kItems));
  if (items) TRY(check_objective(objective, TRY(datasets.content(items->arn)).schema));
  return {};
}

Status check_mode(Training& training, const NewVersion& version, const Resource& solution) {
  if (version.training_mode == kFullMode) return {};
  const std::string arn = json::string_or(solution.details, "recipeArn");
  const Recipe* recipe = find_recipe(arn);
  TRY(check_updatable(recipe == nullptr ? std::string_view(arn) : recipe->name));
  if (TRY(newest_full_version(training, solution.arn))) return {};
  return not_supported("trainingMode", "an UPDATE needs an ACTIVE version that was trained FULL");
}

Status check_name_is_free(sql::Session& session, datasets::Catalog& catalog, const NewVersion& version) {
  if (version.name.empty()) return {};
  for (const Resource& other : TRY(catalog.children(session, ResourceKind::kSolutionVersion, version.solution_arn))) {
    if (other.name == version.name) {
      return fail(ErrorKind::kAlreadyExists,
                  fmt::format("Another version of this solution has the name: {}", version.name), "name");
    }
  }
  return {};
}

// A version keeps the configuration it was trained with.
json::object version_details(const Resource& solution, const NewVersion& version) {
  json::object details;
  for (const std::string_view member :
       {"performHPO", "performAutoML", "performIncrementalUpdate", "recipeArn", "eventType", "solutionConfig"}) {
    if (const json::value* value = json::find(solution.details, member)) details[member] = *value;
  }
  details["datasetGroupArn"] = solution.parent;
  details["trainingMode"] = version.training_mode;
  details["trainingType"] = version.training_type == TrainingType::kAutomatic ? "AUTOMATIC" : "MANUAL";
  return details;
}

std::string default_solution_name(std::string_view group_arn, std::string_view recipe_name) {
  constexpr std::size_t kNameLengthMax = 63;
  const std::string_view suffix = recipe_name.starts_with("aws-") ? recipe_name.substr(4) : recipe_name;
  const std::string_view group = datasets::path_of_arn(group_arn);
  return fmt::format("{}-{}", group.substr(0, kNameLengthMax - 1 - suffix.size()), suffix);
}

}  // namespace

Training::Training(datasets::Datasets& datasets, TrainingOptions options)
    : datasets_(datasets), options_(options), models_(std::make_unique<ModelCache>(datasets.store())) {}

Training::~Training() = default;

Result<Resource> Training::create_solution(const NewSolution& solution) {
  TRY(check_solution(datasets_, solution));
  Resource resource{
      .arn = datasets::make_arn(datasets::scope_of_arn(solution.group_arn), ResourceKind::kSolution, solution.name),
      .kind = ResourceKind::kSolution,
      .name = solution.name,
      .parent = solution.group_arn,
      .status = std::string(datasets::kActive),
      .details = solution.details};
  if (!solution.recipe_arn.empty()) resource.details["recipeArn"] = solution.recipe_arn;
  TRY(datasets_.catalog().database().write([&](sql::Session& session) -> Status {
    TRY(datasets_.catalog().get(session, ResourceKind::kDatasetGroup, solution.group_arn));
    TRY(schedule_training(session, *this, resource));
    resource = TRY(datasets_.catalog().create(session, resource, solution.tags));
    return {};
  }));
  return resource;
}

Status Training::update_solution(std::string_view arn, const json::object& changes) {
  datasets::Catalog& catalog = datasets_.catalog();
  return catalog.database().write([&](sql::Session& session) -> Status {
    Resource solution = TRY(catalog.get(session, ResourceKind::kSolution, arn));
    for (const std::string_view member : {"performAutoTraining", "performIncrementalUpdate"}) {
      if (const json::value* value = json::find(changes, member)) solution.details[member] = *value;
    }
    if (const json::object* config = json::find_object(changes, "solutionUpdateConfig")) {
      json::value& stored = solution.details["solutionConfig"];
      if (!stored.is_object()) stored.emplace_object();
      for (const auto& [member, value] : *config) stored.get_object()[member] = value;
    }
    const Recipe* recipe = find_recipe(json::string_or(solution.details, "recipeArn"));
    TRY(event_weights_of(solution.details, recipe == nullptr ? "" : recipe->name));
    TRY(training_days(solution.details));
    if (changes.contains("performAutoTraining") || changes.contains("solutionUpdateConfig")) {
      TRY(schedule_training(session, *this, solution));
    }
    solution.details["latestSolutionUpdate"] = update_summary(changes, catalog.clock());
    return catalog.update(session, solution);
  });
}

Status Training::delete_solution(std::string_view arn) {
  datasets::Catalog& catalog = datasets_.catalog();
  TRY(catalog.database().write([&](sql::Session& session) -> Status {
    TRY(catalog.get(session, ResourceKind::kSolution, arn));
    for (const Resource& campaign : TRY(catalog.children(session, ResourceKind::kCampaign, arn))) {
      return fail(ErrorKind::kConflict, fmt::format("The solution is in use; delete first {}", campaign.arn));
    }
    std::vector<std::string> models;
    for (const Resource& version : TRY(catalog.children(session, ResourceKind::kSolutionVersion, arn))) {
      if (datasets::is_being_created(version.status)) {
        return fail(ErrorKind::kConflict, fmt::format("The solution's version {} is {}", version.arn, version.status));
      }
      if (const auto key = json::find_string(version.details, kModelKey)) {
        models.emplace_back(*key);
        models.push_back(report_location(*key).key);
      }
      TRY(catalog.remove(session, version.arn));
    }
    TRY(datasets::submit_removal(session, datasets_.queue(), kModelBucket, models));
    return catalog.remove(session, arn);
  }));
  datasets_.queue().wake();
  return {};
}

Result<Resource> Training::create_version(const NewVersion& version) {
  datasets::Catalog& catalog = datasets_.catalog();
  Resource resource{.kind = ResourceKind::kSolutionVersion,
                    .name = version.name,
                    .parent = version.solution_arn,
                    .status = std::string(datasets::kCreatePending),
                    .job = random_id()};
  const std::string id = random_hex(4);
  TRY(check_mode(*this, version, TRY(catalog.get(ResourceKind::kSolution, version.solution_arn))));
  TRY(catalog.database().write([&](sql::Session& session) -> Status {
    const Resource solution = TRY(catalog.get(session, ResourceKind::kSolution, version.solution_arn));
    TRY(check_name_is_free(session, catalog, version));
    resource.arn = fmt::format("{}/{}", solution.arn, id);
    resource.details = version_details(solution, version);
    resource = TRY(catalog.create(session, resource, version.tags));
    TRY(datasets_.queue().submit(
        session,
        {.kind = std::string(kTrainJob), .owner = solution.arn, .input = {{"arn", resource.arn}}, .id = resource.job}));
    return {};
  }));
  datasets_.queue().wake();
  return resource;
}

// A job that waits is cancelled at once and leaves the version to us; one that runs is told, and its end (mark_failed)
// makes the version STOPPED.
Status Training::stop_version(std::string_view arn) {
  datasets::Catalog& catalog = datasets_.catalog();
  const Resource before = TRY(catalog.get(ResourceKind::kSolutionVersion, arn));
  if (!datasets::is_being_created(before.status)) {
    return fail(ErrorKind::kConflict,
                fmt::format("The solution version is not being created, it is {}", before.status));
  }
  const Status cancelled = datasets_.queue().cancel(before.job);
  if (!cancelled && cancelled.error().kind != ErrorKind::kConflict) return cancelled;
  const jobs::Job job = TRY(datasets_.queue().get(before.job));
  return catalog.database().write([&](sql::Session& session) -> Status {
    Resource version = TRY(catalog.get(session, ResourceKind::kSolutionVersion, arn));
    if (!datasets::is_being_created(version.status)) return {};
    version.status = job.state == jobs::State::kCancelled ? datasets::kCreateStopped : datasets::kCreateStopping;
    return catalog.update(session, version);
  });
}

Result<Training::Progress> Training::progress(std::string_view version_arn) {
  const Resource version = TRY(datasets_.catalog().get(ResourceKind::kSolutionVersion, version_arn));
  Progress progress{.status = version.status, .share = {}, .stage = {}};
  if (!datasets::is_being_created(version.status)) return progress;
  const jobs::Job job = TRY(datasets_.queue().get(version.job));
  progress.share = json::find_number(job.progress, "share");
  progress.stage = json::string_or(job.progress, "stage");
  return progress;
}

Result<json::object> Training::metrics(std::string_view version_arn) {
  const Resource version = TRY(datasets_.catalog().get(ResourceKind::kSolutionVersion, version_arn));
  const json::object* metrics = json::find_object(version.details, kMetrics);
  if (version.status != datasets::kActive || metrics == nullptr) {
    return fail(ErrorKind::kConflict, fmt::format("The solution version has no metrics yet, it is {}", version.status));
  }
  return *metrics;
}

Result<json::object> Training::report(std::string_view version_arn) {
  const Resource version = TRY(datasets_.catalog().get(ResourceKind::kSolutionVersion, version_arn));
  const std::string key = json::string_or(version.details, kModelKey);
  if (version.status != datasets::kActive || key.empty()) {
    return fail(ErrorKind::kConflict, fmt::format("The solution version has no report yet, it is {}", version.status));
  }
  const std::string text = TRY(objects::read_object(datasets_.store(), report_location(key), kReportBytesMax));
  const json::value report = TRY(json::parse(text));
  return report.as_object();
}

Result<Resource> Training::ensure_solution(std::string_view group_arn, std::string_view recipe_name) {
  const std::string recipe_arn = fmt::format("arn:aws:personalize:::recipe/{}", recipe_name);
  std::optional<Resource> found;
  TRY(datasets_.catalog().database().read([&](sql::Session& session) -> Status {
    found.reset();
    for (Resource& solution : TRY(datasets_.catalog().children(session, ResourceKind::kSolution, group_arn))) {
      if (json::string_or(solution.details, "recipeArn") == recipe_arn) found = std::move(solution);
    }
    return {};
  }));
  if (found) return *found;
  return create_solution({.name = default_solution_name(group_arn, recipe_name),
                          .group_arn = std::string(group_arn),
                          .recipe_arn = recipe_arn});
}

Result<std::optional<Resource>> Training::newest_active_version(std::string_view solution_arn) {
  std::optional<Resource> found;
  TRY(datasets_.catalog().database().read([&](sql::Session& session) -> Status {
    found.reset();
    for (Resource& version : TRY(datasets_.catalog().children(session, ResourceKind::kSolutionVersion, solution_arn))) {
      if (version.status == datasets::kActive) found = std::move(version);
    }
    return {};
  }));
  return found;
}

void Training::register_jobs(jobs::Workers& workers) {
  workers.handle(
      std::string(kAutoTrainJob), [this](jobs::Context& context) { return run_auto_train(*this, context); },
      jobs::AfterSuccess::kForget);
  workers.handle(std::string(kTrainJob), [this](jobs::Context& context) { return run_train(*this, context); });
  workers.on_failure(std::string(kTrainJob), [this](sql::Session& session, const jobs::Job& job) {
    return datasets::mark_failed(session, datasets_.catalog(), ResourceKind::kSolutionVersion, job);
  });
  workers.handle(std::string(kDeletionJob), [this](jobs::Context& context) { return run_deletion(*this, context); });
  workers.on_failure(std::string(kDeletionJob), [this](sql::Session& session, const jobs::Job& job) {
    return datasets::mark_failed(session, datasets_.catalog(), ResourceKind::kDataDeletionJob, job);
  });
}

}  // namespace rapport::training
