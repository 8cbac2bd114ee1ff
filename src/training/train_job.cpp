#include "training/train_job.h"

#include <fmt/format.h>

#include <optional>
#include <stop_token>

#include "base/log.h"
#include "training/hyperparameters.h"
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

Result<TrainingRequest> request_for(Training& training, const Resource& version, const Recipe& recipe) {
  return TrainingRequest {
    .recipe = std::string(recipe.name), .datasets = training.datasets(),
    .dataset_group_arn = json::string_or(version.details, "datasetGroupArn"), .filter = TRY(filter_of(version.details))
    , .item_columns_excluded = item_columns_of(version.details, ColumnList::kExcluded),
        .item_columns_included = item_columns_of(version.details, ColumnList::kIncluded),
        .hyperparameters = TRY(hyperparameters_of(version.details))
    , .minimum = training.options().minimum
  };
}

Result<TrainedModel> train(Training& training, const Resource& version, jobs::Context& context) {
  const Recipe* recipe = TRY(buildable_recipe(json::string_or(version.details, "recipeArn")));
  ProgressReport report(context);
  TrainingRequest request = TRY(request_for(training, version, *recipe));
  request.control = report.control(training.options().threads);
  return recipe->train(request);
}

Status write_model(objects::Store& store, const objects::Location& at, const TrainedModel& trained) {
  TRY(datasets::ensure_bucket(store, kModelBucket));
  TRY(objects::write_object(store, at, trained.file));
  return {};
}

void show(Resource& version, const std::string& key, const TrainedModel& trained) {
  json::object metrics;
  for (const auto& [name, value] : trained.metrics) metrics[name] = value;
  version.status = datasets::kActive;
  version.details["trainingHours"] = trained.seconds / 3600;
  version.details[kModelKey] = key;
  version.details[kMetrics] = std::move(metrics);
}

// Of one attempt alone, so that one that lost its lease cannot remove what its successor published.
objects::Location model_location(std::string_view version_arn, int attempt) {
  return {std::string(kModelBucket), fmt::format("{}-{}.model", datasets::path_of_arn(version_arn), attempt)};
}

Status publish(Training& training, const std::string& arn, const std::string& key, const TrainedModel& trained,
               jobs::Context& context) {
  datasets::Catalog& catalog = training.datasets().catalog();
  return catalog.database().write([&](sql::Session& session) -> Status {
    Resource version = TRY(catalog.get(session, ResourceKind::kSolutionVersion, arn));
    if (version.status != datasets::kCreateInProgress) {
      return fail(ErrorKind::kConflict, fmt::format("The training was stopped, the version is {}", version.status));
    }
    show(version, key, trained);
    TRY(catalog.update(session, version));
    return context.save(session, {}, {{"share", 1.0}});
  });
}

}  // namespace

Status run_train(Training& training, jobs::Context& context) {
  const std::optional<Resource> version = TRY(begin(training, context.job()));
  if (!version) return {};
  const TrainedModel trained = TRY(train(training, *version, context));

  objects::Store& store = training.datasets().store();
  const int attempt = context.job().attempts;
  const objects::Location at = model_location(version->arn, attempt);
  TRY(write_model(store, at, trained));
  const Status published = publish(training, version->arn, at.key, trained, context);
  if (!published && published.error().kind != ErrorKind::kUnavailable) TRY(store.remove(at));
  if (!published) return published;
  for (int dead = 1; dead < attempt; ++dead) TRY(store.remove(model_location(version->arn, dead)));
  log_info("training", "Trained {} in {:.2f} s", version->arn, trained.seconds);
  return {};
}

Status train_again(Training& training, const std::string& version_arn, jobs::Context& context) {
  datasets::Catalog& catalog = training.datasets().catalog();
  const Resource before = TRY(catalog.get(ResourceKind::kSolutionVersion, version_arn));
  if (before.status != datasets::kActive) return {};
  const Result<TrainedModel> trained = train(training, before, context);
  if (!trained && trained.error().kind != ErrorKind::kInvalid) return std::unexpected(trained.error());
  const objects::Location at{std::string(kModelBucket),
                             fmt::format("{}-{}.model", datasets::path_of_arn(version_arn), context.job().id)};
  if (trained) TRY(write_model(training.datasets().store(), at, *trained));
  TRY(catalog.database().write([&](sql::Session& session) -> Status {
    Resource version = TRY(catalog.get(session, ResourceKind::kSolutionVersion, version_arn));
    const std::string old_key = json::string_or(version.details, kModelKey);
    if (trained) {
      show(version, at.key, *trained);
    } else {
      version.status = datasets::kCreateFailed;
      version.failure_reason = trained.error().message;
      version.details.erase(kModelKey);
    }
    if (old_key != at.key) {
      TRY(datasets::submit_removal(session, training.datasets().queue(), kModelBucket, std::span(&old_key, 1)));
    }
    return catalog.update(session, version);
  }));
  log_info("training", "Trained {} again", version_arn);
  return {};
}

}  // namespace rapport::training
