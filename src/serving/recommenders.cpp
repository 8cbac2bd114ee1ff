#include "serving/recommenders.h"

#include <fmt/format.h>

#include <utility>

#include "base/random.h"
#include "serving/campaign_settings.h"
#include "serving/recommender_training.h"
#include "training/hyperparameters.h"

namespace rapport::serving {
namespace {

using datasets::Resource;
using datasets::ResourceKind;

constexpr std::string_view kInactive = "INACTIVE";
constexpr std::string_view kStartPending = "START PENDING";
constexpr std::string_view kStartInProgress = "START IN_PROGRESS";
constexpr std::string_view kStopPending = "STOP PENDING";
constexpr std::string_view kStopInProgress = "STOP IN_PROGRESS";
constexpr std::string_view kUpdate = "latestRecommenderUpdate";
constexpr std::string_view kConfig = "recommenderConfig";

json::object* pending_update(Resource& recommender) {
  json::value* update = recommender.details.if_contains(kUpdate);
  if (update == nullptr || !update->is_object()) return nullptr;
  json::object& wanted = update->get_object();
  return datasets::is_being_created(json::string_or(wanted, "status")) ? &wanted : nullptr;
}

bool is_busy(Resource& recommender) {
  const std::string_view status = recommender.status;
  return datasets::is_being_created(status) || status == kStartPending || status == kStartInProgress ||
         status == kStopPending || status == kStopInProgress || pending_update(recommender) != nullptr;
}

std::unexpected<Error> wrong_state(Resource recommender, std::string_view wanted) {
  if (pending_update(recommender) != nullptr) {
    return fail(ErrorKind::kConflict, fmt::format("The recommender is being updated: {}", recommender.arn));
  }
  return fail(ErrorKind::kConflict, fmt::format("The recommender must be {}, it is {}", wanted, recommender.status));
}

Status check_config(const json::object& details, const training::Recipe& recipe) {
  const json::object* config = json::find_object(details, kConfig);
  return config == nullptr ? Status{} : check_exploration(*config, recipe);
}

void touch(json::object& update, std::string_view status, const Clock& clock) {
  update["status"] = status;
  update["lastUpdatedDateTime"] = clock.now().seconds();
}

const json::value* training_columns(const json::object& details) {
  const json::object* config = json::find_object(details, kConfig);
  return config == nullptr ? nullptr : json::find(*config, "trainingDataConfig");
}

bool same(const json::value* a, const json::value* b) { return a == nullptr || b == nullptr ? a == b : *a == *b; }

// The details with what an update under way wants.
json::object wanted_details(Resource& recommender) {
  json::object details = recommender.details;
  if (const json::object* update = pending_update(recommender)) details[kConfig] = update->at(kConfig);
  return details;
}

}  // namespace

Result<Resource> Recommenders::create(const NewRecommender& recommender) {
  const training::Recipe* recipe = training::find_recipe(recommender.recipe_arn);
  if (recipe == nullptr) return datasets::no_such_resource(recommender.recipe_arn);
  TRY(check_config(recommender.details, *recipe));
  Resource created;
  TRY(catalog().database().write([&](sql::Session& session) -> Status {
    const Resource group = TRY(catalog().get(session, ResourceKind::kDatasetGroup, recommender.group_arn));
    const std::string domain = json::string_or(group.details, "domain");
    if (recipe->domain.empty() || recipe->domain != domain) {
      return fail(ErrorKind::kInvalid,
                  fmt::format("The use case {} needs a dataset group of its domain, the group's is {}", recipe->name,
                              domain.empty() ? "none" : domain),
                  "recipeArn");
    }
    Resource resource{
        .arn = datasets::make_arn(datasets::scope_of_arn(group.arn), ResourceKind::kRecommender, recommender.name),
        .kind = ResourceKind::kRecommender,
        .name = recommender.name,
        .parent = group.arn,
        .status = std::string(datasets::kCreatePending),
        .details = recommender.details};
    resource.details["recipeArn"] = recommender.recipe_arn;
    TRY(submit(session, resource));
    created = TRY(catalog().create(session, resource, recommender.tags));
    return {};
  }));
  queue().wake();
  return created;
}

Status Recommenders::submit(sql::Session& session, Resource& recommender) {
  recommender.job = random_id();
  TRY(queue().submit(session, {.kind = std::string(kRecommenderJob),
                               .owner = recommender.arn,
                               .input = {{"arn", recommender.arn}},
                               .id = recommender.job}));
  return {};
}

Status Recommenders::change(std::string_view arn, const std::function<Status(Resource&)>& edit) {
  TRY(catalog().database().write([&](sql::Session& session) -> Status {
    Resource recommender = TRY(catalog().get(session, ResourceKind::kRecommender, arn));
    TRY(edit(recommender));
    TRY(submit(session, recommender));
    return catalog().update(session, recommender);
  }));
  queue().wake();
  return {};
}

Status Recommenders::start(std::string_view arn) {
  return change(arn, [](Resource& recommender) -> Status {
    if (recommender.status != kInactive) return wrong_state(recommender, kInactive);
    recommender.status = kStartPending;
    return {};
  });
}

Status Recommenders::stop(std::string_view arn) {
  return change(arn, [](Resource& recommender) -> Status {
    if (recommender.status != datasets::kActive || is_busy(recommender)) {
      return wrong_state(recommender, datasets::kActive);
    }
    recommender.status = kStopPending;
    return {};
  });
}

Status Recommenders::update(std::string_view arn, const json::object& config) {
  return change(arn, [&](Resource& recommender) -> Status {
    const bool settled = recommender.status == datasets::kActive || recommender.status == datasets::kCreateFailed;
    if (!settled || is_busy(recommender)) return wrong_state(recommender, "ACTIVE or CREATE FAILED");
    json::object merged;
    if (const json::object* now = json::find_object(recommender.details, kConfig)) merged = *now;
    for (const auto& [member, value] : config) merged[member] = value;
    json::object update{{kConfig, std::move(merged)}, {"creationDateTime", catalog().clock().now().seconds()}};
    const training::Recipe* recipe = training::find_recipe(json::string_or(recommender.details, "recipeArn"));
    if (recipe != nullptr) TRY(check_config(update, *recipe));
    touch(update, datasets::kCreatePending, catalog().clock());
    recommender.details[kUpdate] = std::move(update);
    return {};
  });
}

Status Recommenders::remove(std::string_view arn) {
  TRY(catalog().database().write([&](sql::Session& session) -> Status {
    Resource recommender = TRY(catalog().get(session, ResourceKind::kRecommender, arn));
    if (is_busy(recommender)) return wrong_state(recommender, "ACTIVE, INACTIVE or CREATE FAILED");
    const std::string key = json::string_or(recommender.details, training::kModelKey);
    if (!key.empty()) TRY(datasets::submit_removal(session, queue(), training::kModelBucket, std::span(&key, 1)));
    return catalog().remove(session, arn);
  }));
  queue().wake();
  return {};
}

Status Recommenders::run(jobs::Context& context) {
  const std::string arn = json::string_or(context.job().input, "arn");
  Resource begun;
  bool is_done = false;
  TRY(catalog().database().write([&](sql::Session& session) -> Status {
    begun = TRY(catalog().get(session, ResourceKind::kRecommender, arn));
    is_done = !is_busy(begun);  // its process died before the job was settled
    if (is_done) return {};
    if (begun.status == datasets::kCreatePending) begun.status = datasets::kCreateInProgress;
    if (begun.status == kStartPending) begun.status = kStartInProgress;
    if (begun.status == kStopPending) begun.status = kStopInProgress;
    if (json::object* update = pending_update(begun)) touch(*update, datasets::kCreateInProgress, catalog().clock());
    return catalog().update(session, begun);
  }));
  if (is_done) return {};
  const json::object wanted = wanted_details(begun);
  const bool trains = begun.status == datasets::kCreateInProgress || begun.status == datasets::kCreateFailed ||
                      !same(training_columns(wanted), training_columns(begun.details));
  if (trains) TRY(train_recommender(deployments_.training(), begun, wanted, context));
  if (begun.status != kStopInProgress) TRY(deployments_.features().view(begun.parent));
  TRY(publish(begun, wanted, trains ? Trained::kYes : Trained::kNo, context));
  queue().wake();
  return remove_dead_attempts(deployments_.training(), begun, context.job());
}

Status Recommenders::publish(const Resource& begun, const json::object& wanted, Trained trained,
                             jobs::Context& context) {
  return catalog().database().write([&](sql::Session& session) -> Status {
    Resource recommender = TRY(catalog().get(session, ResourceKind::kRecommender, begun.arn));
    const std::string old_key = json::string_or(recommender.details, training::kModelKey);
    if (trained == Trained::kYes) {
      for (const std::string_view member : {std::string_view("modelMetrics"), training::kModelKey}) {
        recommender.details[member] = begun.details.at(member);
      }
      if (!old_key.empty())
        TRY(datasets::submit_removal(session, queue(), training::kModelBucket, std::span(&old_key, 1)));
    }
    recommender.details[kConfig] = wanted.contains(kConfig) ? wanted.at(kConfig) : json::value(json::object{});
    if (json::object* update = pending_update(recommender)) touch(*update, datasets::kActive, catalog().clock());
    recommender.status = begun.status == kStopInProgress ? kInactive : datasets::kActive;
    recommender.failure_reason.clear();
    if (recommender.status == kInactive) {
      unschedule_retraining(recommender);
    } else if (trained == Trained::kYes || !is_scheduled(recommender)) {
      TRY(schedule_retraining(session, deployments_.training(), recommender));
    }
    TRY(catalog().update(session, recommender));
    return context.save(session, {}, {});
  });
}

// Of a job that failed for good.
Status Recommenders::finish(sql::Session& session, const jobs::Job& job) {
  Resource recommender = TRY(catalog().get(session, ResourceKind::kRecommender, json::string_or(job.input, "arn")));
  if (json::object* update = pending_update(recommender)) {
    touch(*update, datasets::kCreateFailed, catalog().clock());
    (*update)["failureReason"] = job.failure;
  } else if (recommender.status == kStartInProgress || recommender.status == kStartPending) {
    recommender.status = kInactive;
  } else {
    recommender.status = datasets::kCreateFailed;
    recommender.failure_reason = job.failure;
  }
  return catalog().update(session, recommender);
}

void Recommenders::register_jobs(jobs::Workers& workers) {
  workers.handle(std::string(kRecommenderJob), [this](jobs::Context& context) { return run(context); });
  workers.on_failure(std::string(kRecommenderJob),
                     [this](sql::Session& session, const jobs::Job& job) { return finish(session, job); });
  workers.handle(std::string(training::kRecommenderTrainJob),
                 [this](jobs::Context& context) { return run_retraining(deployments_.training(), context); });
  workers.on_failure(std::string(training::kRecommenderTrainJob), [this](sql::Session& session, const jobs::Job& job) {
    return retraining_failed(session, deployments_.training(), job);
  });
}

}  // namespace rapport::serving
