#include "serving/recommender_training.h"

#include <fmt/format.h>

#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/random.h"
#include "serving/use_cases.h"
#include "training/hyperparameters.h"

namespace rapport::serving {
namespace {

using datasets::Catalog;
using datasets::Resource;
using datasets::ResourceKind;
using training::Training;

constexpr std::string_view kScheduleJob = "rapport.scheduleJob";  // of our own in a recommender's details
constexpr std::string_view kMetrics = "modelMetrics";
constexpr std::int64_t kMicrosBetween = 7 * kMicrosPerDay;

Catalog& catalog_of(Training& training) { return training.datasets().catalog(); }

std::string model_key(const Resource& recommender, std::string_view job, int attempt) {
  return fmt::format("recommender/{}/{}-{}.model", recommender.name, job, attempt);
}

std::string key_of(const Resource& recommender) { return json::string_or(recommender.details, training::kModelKey); }

// A scheduled training names its schedule; one after an erasure does not.
bool is_of_schedule(const jobs::Job& job) { return json::find_bool(job.input, "scheduled").value_or(false); }

Result<std::optional<Resource>> find(sql::Session& session, Training& training, const jobs::Job& job) {
  Result<Resource> found =
      catalog_of(training).get(session, ResourceKind::kRecommender, json::string_or(job.input, "arn"));
  if (!found && found.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!found) return std::unexpected(found.error());
  return std::move(*found);
}

// Nothing when there is nothing to train: it is gone, was stopped or has another schedule, or has no model yet.
Result<std::optional<Resource>> begin(Training& training, const jobs::Job& job) {
  std::optional<Resource> begun;
  TRY(catalog_of(training).database().read([&](sql::Session& session) -> Status {
    begun = TRY(find(session, training, job));
    if (!begun || !is_of_schedule(job)) return {};
    const bool current = json::string_or(begun->details, kScheduleJob) == job.id;
    if (!current || begun->status != datasets::kActive) begun.reset();
    return {};
  }));
  if (begun && key_of(*begun).empty()) begun.reset();
  return begun;
}

Status remove_model(sql::Session& session, Training& training, const std::string& key) {
  if (key.empty()) return {};
  return datasets::submit_removal(session, training.datasets().queue(), training::kModelBucket, std::span(&key, 1));
}

// Takes the trained model over unless another one came meanwhile.
Status publish(Training& training, const Resource& before, const Resource& trained, jobs::Context& context) {
  return catalog_of(training).database().write([&](sql::Session& session) -> Status {
    std::optional<Resource> now = TRY(find(session, training, context.job()));
    if (!now || key_of(*now) != key_of(before)) {
      TRY(remove_model(session, training, key_of(trained)));
      if (now && !is_of_schedule(context.job())) {
        return fail(ErrorKind::kUnavailable, "The recommender was trained by another job meanwhile");
      }
      if (!now) return context.save(session, {}, {});
    } else {
      now->details[training::kModelKey] = key_of(trained);
      now->details[kMetrics] = trained.details.at(kMetrics);
      TRY(remove_model(session, training, key_of(before)));
    }
    const bool current = json::string_or(now->details, kScheduleJob) == context.job().id;
    if (is_of_schedule(context.job()) && current) TRY(schedule_retraining(session, training, *now));
    TRY(catalog_of(training).update(session, *now));
    return context.save(session, {}, {});
  });
}

}  // namespace

Status train_recommender(Training& training, Resource& recommender, const json::object& details,
                         jobs::Context& context) {
  const std::string recipe_arn = json::string_or(details, "recipeArn");
  const training::Recipe* recipe = training::find_recipe(recipe_arn);
  if (recipe == nullptr) return datasets::no_such_resource(recipe_arn);
  const training::TrainedModel trained = TRY(train_use_case(training, *recipe, recommender.parent, details, context));
  const std::string key = model_key(recommender, context.job().id, context.job().attempts);
  TRY(datasets::ensure_bucket(training.datasets().store(), training::kModelBucket));
  TRY(objects::write_object(training.datasets().store(), {std::string(training::kModelBucket), key}, trained.file));
  json::object metrics;
  for (const auto& [name, value] : trained.metrics) metrics[name] = value;
  recommender.details[kMetrics] = std::move(metrics);
  recommender.details[training::kModelKey] = key;
  return {};
}

Status remove_dead_attempts(Training& training, const Resource& recommender, const jobs::Job& job) {
  for (int dead = 1; dead < job.attempts; ++dead) {
    const std::string key = model_key(recommender, job.id, dead);
    TRY(training.datasets().store().remove({std::string(training::kModelBucket), key}));
  }
  return {};
}

Status schedule_retraining(sql::Session& session, Training& training, Resource& recommender) {
  jobs::Queue& queue = training.datasets().queue();
  const std::string id = random_id();
  recommender.details[kScheduleJob] = id;
  TRY(queue.submit(session, {.kind = std::string(training::kRecommenderTrainJob),
                             .owner = recommender.arn,
                             .input = {{"arn", recommender.arn}, {"scheduled", true}},
                             .id = id,
                             .not_before = queue.clock().now() + kMicrosBetween}));
  return {};
}

void unschedule_retraining(Resource& recommender) { recommender.details.erase(kScheduleJob); }

bool is_scheduled(const Resource& recommender) { return recommender.details.contains(kScheduleJob); }

Status run_retraining(Training& training, jobs::Context& context) {
  const std::optional<Resource> before = TRY(begin(training, context.job()));
  if (!before) return {};
  Resource trained = *before;
  TRY(train_recommender(training, trained, before->details, context));
  TRY(publish(training, *before, trained, context));
  TRY(remove_dead_attempts(training, trained, context.job()));
  training.datasets().queue().wake();
  log_info("serving", "Trained {} again", before->arn);
  return {};
}

Status retraining_failed(sql::Session& session, Training& training, const jobs::Job& job) {
  std::optional<Resource> recommender = TRY(find(session, training, job));
  if (!recommender) return {};
  log_warning("serving", "Cannot train {} again: {}", recommender->arn, job.failure);
  if (is_of_schedule(job)) {
    if (json::string_or(recommender->details, kScheduleJob) != job.id) return {};
    TRY(schedule_retraining(session, training, *recommender));
  } else {
    TRY(remove_model(session, training, key_of(*recommender)));
    recommender->details.erase(training::kModelKey);
    unschedule_retraining(*recommender);
    recommender->status = datasets::kCreateFailed;
    recommender->failure_reason = job.failure;
  }
  return catalog_of(training).update(session, *recommender);
}

}  // namespace rapport::serving
