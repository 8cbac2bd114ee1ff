#include "training/train_job.h"

#include <fmt/format.h>

#include <optional>
#include <stop_token>

#include "base/log.h"
#include "training/hyperparameters.h"
#include "training/model_update.h"
#include "training/recipes.h"
#include "training/training.h"

namespace rapport::training {
namespace {

using datasets::Resource;
using datasets::ResourceKind;

constexpr double kSecondsBetweenSaves = 1;

// Nothing when there is nothing to do: the version is ACTIVE already, or its training was stopped.
Result<std::optional<Resource>> begin(Training& training, const jobs::Job& job) {
  datasets::Catalog& catalog = training.datasets().catalog();
  std::optional<Resource> begun;
  TRY(catalog.database().write([&](sql::Session& session) -> Status {
    begun.reset();
    Resource version = TRY(catalog.get(session, ResourceKind::kSolutionVersion, json::string_or(job.input, "arn")));
    if (version.status == datasets::kCreateStopping) {
      version.status = datasets::kCreateStopped;
      return catalog.update(session, version);
    }
    if (!datasets::is_being_created(version.status)) return {};
    version.status = datasets::kCreateInProgress;
    TRY(catalog.update(session, version));
    begun = std::move(version);
    return {};
  }));
  return begun;
}

// Passes a training's progress to its job now and then, and the job's wish to stop to the training.
class ProgressReport {
 public:
  explicit ProgressReport(jobs::Context& context) : context_(context) {}

  learn::TrainingControl control(unsigned threads) {
    return {.threads = threads, .stop = stop_.get_token(), .progress = [this](double share, std::string_view stage) {
              report(share, stage);
            }};
  }

 private:
  void report(double share, std::string_view stage) {
    const double now = monotonic_seconds();
    if (now - saved_at_ >= kSecondsBetweenSaves) {
      saved_at_ = now;
      const Status saved = context_.save({}, {{"share", share}, {"stage", stage}});
      if (!saved) log_warning("training", "Cannot save the progress: {}", saved.error().message);
    }
    if (context_.should_stop()) stop_.request_stop();
  }

  jobs::Context& context_;
  std::stop_source stop_;
  double saved_at_ = 0;
};

Result<TrainingRequest> request_for(Training& training, const json::object& details, std::string_view recipe) {
  TrainingRequest request{.recipe = std::string(recipe),
                          .datasets = training.datasets(),
                          .dataset_group_arn = json::string_or(details, "datasetGroupArn")};
  request.filter = TRY(filter_of(details));
  request.event_weights = TRY(event_weights_of(details, recipe));
  request.item_columns_excluded = columns_of(details, ColumnList::kExcluded, "ITEMS");
  request.item_columns_included = columns_of(details, ColumnList::kIncluded, "ITEMS");
  request.user_columns_excluded = columns_of(details, ColumnList::kExcluded, "USERS");
  request.user_columns_included = columns_of(details, ColumnList::kIncluded, "USERS");
  request.context_columns_excluded = columns_of(details, ColumnList::kExcluded, "INTERACTIONS");
  request.context_columns_included = columns_of(details, ColumnList::kIncluded, "INTERACTIONS");
  request.hyperparameters = TRY(hyperparameters_of(details, recipe));
  request.tuning = TRY(tuning_plan_of(details, recipe));
  request.objective = TRY(objective_of(details, recipe));
  request.minimum = training.options().minimum;
  return request;
}

// Of one attempt alone, so that one that lost its lease cannot remove what its successor published.
objects::Location model_location(std::string_view version_arn, int attempt) {
  return {std::string(kModelBucket), fmt::format("{}-{}.model", datasets::path_of_arn(version_arn), attempt)};
}

json::object strings(const std::map<std::string, std::string>& values) {
  json::object object;
  for (const auto& [name, value] : values) object[name] = value;
  return object;
}

// What the training adds to the version, and an automatic choice of the recipe to its solution.
Status show(sql::Session& session, datasets::Catalog& catalog, const TrainedModel& trained, const std::string& key,
            Resource& version) {
  json::object metrics;
  for (const auto& [name, value] : trained.metrics) metrics[name] = value;
  version.status = datasets::kActive;
  version.details["trainingHours"] = trained.seconds / 3600;
  version.details[kModelKey] = key;
  version.details[kMetrics] = std::move(metrics);
  if (!trained.tuned.empty()) {
    version.details["tunedHPOParams"] = json::object{{"algorithmHyperParameters", strings(trained.tuned)}};
  }
  if (trained.recipe.empty()) return {};
  version.details["recipeArn"] = recipe_arn(trained.recipe);
  Resource solution = TRY(catalog.get(session, ResourceKind::kSolution, version.parent));
  solution.details["autoMLResult"] = json::object{{"bestRecipeArn", recipe_arn(trained.recipe)}};
  return catalog.update(session, solution);
}

Status publish(Training& training, const std::string& arn, const std::string& key, const TrainedModel& trained,
               jobs::Context& context) {
  datasets::Catalog& catalog = training.datasets().catalog();
  return catalog.database().write([&](sql::Session& session) -> Status {
    Resource version = TRY(catalog.get(session, ResourceKind::kSolutionVersion, arn));
    if (version.status != datasets::kCreateInProgress) {
      return fail(ErrorKind::kConflict, fmt::format("The training was stopped, the version is {}", version.status));
    }
    TRY(show(session, catalog, trained, key, version));
    TRY(catalog.update(session, version));
    return context.save(session, {}, {{"share", 1.0}});
  });
}

Result<TrainedModel> train(Training& training, const Resource& version, const learn::TrainingControl& control) {
  const std::string arn = json::string_or(version.details, "recipeArn");
  if (arn.empty()) {
    TrainingRequest request = TRY(request_for(training, version.details, ""));
    request.control = control;
    return train_automatically(request);
  }
  const Recipe* recipe = TRY(buildable_recipe(arn));
  TrainingRequest request = TRY(request_for(training, version.details, recipe->name));
  request.control = control;
  if (json::string_or(version.details, "trainingMode") == kUpdateMode) {
    return updated_model(training, version, request);
  }
  return recipe->train(request);
}

// The model and, beside it, its report.
Status write(objects::Store& store, const objects::Location& at, const TrainedModel& trained) {
  TRY(datasets::ensure_bucket(store, kModelBucket));
  TRY(objects::write_object(store, report_location(at.key), json::serialize(trained.report)));
  TRY(objects::write_object(store, at, trained.file));
  return {};
}

Status remove(objects::Store& store, const objects::Location& at) {
  TRY(store.remove(report_location(at.key)));
  return store.remove(at);
}

}  // namespace

objects::Location report_location(std::string_view model_key) {
  return {std::string(kModelBucket), fmt::format("{}.report.json", model_key)};
}

Status run_train(Training& training, jobs::Context& context) {
  const std::optional<Resource> version = TRY(begin(training, context.job()));
  if (!version) return {};
  ProgressReport report(context);
  const TrainedModel trained = TRY(train(training, *version, report.control(training.options().threads)));

  objects::Store& store = training.datasets().store();
  const int attempt = context.job().attempts;
  const objects::Location at = model_location(version->arn, attempt);
  TRY(write(store, at, trained));
  const Status published = publish(training, version->arn, at.key, trained, context);
  if (!published && published.error().kind != ErrorKind::kUnavailable) TRY(remove(store, at));
  if (!published) return published;
  for (int dead = 1; dead < attempt; ++dead) TRY(remove(store, model_location(version->arn, dead)));
  log_info("training", "Trained {} in {:.2f} s", version->arn, trained.seconds);
  return {};
}

Status train_again(Training& training, const std::string& version_arn, jobs::Context& context) {
  datasets::Catalog& catalog = training.datasets().catalog();
  const Resource before = TRY(catalog.get(ResourceKind::kSolutionVersion, version_arn));
  if (before.status != datasets::kActive) return {};
  ProgressReport report(context);
  const Result<TrainedModel> trained = train(training, before, report.control(training.options().threads));
  if (!trained && trained.error().kind != ErrorKind::kInvalid) return std::unexpected(trained.error());
  const objects::Location at{std::string(kModelBucket),
                             fmt::format("{}-{}.model", datasets::path_of_arn(version_arn), context.job().id)};
  if (trained) TRY(write(training.datasets().store(), at, *trained));
  TRY(catalog.database().write([&](sql::Session& session) -> Status {
    Resource version = TRY(catalog.get(session, ResourceKind::kSolutionVersion, version_arn));
    const std::string old_key = json::string_or(version.details, kModelKey);
    if (trained) {
      TRY(show(session, catalog, *trained, at.key, version));
    } else {
      version.status = datasets::kCreateFailed;
      version.failure_reason = trained.error().message;
      version.details.erase(kModelKey);
    }
    if (old_key != at.key) {
      const std::string old_keys[] = {old_key, report_location(old_key).key};
      TRY(datasets::submit_removal(session, training.datasets().queue(), kModelBucket, old_keys));
    }
    return catalog.update(session, version);
  }));
  log_info("training", "Trained {} again", version_arn);
  return {};
}

}  // namespace rapport::training
