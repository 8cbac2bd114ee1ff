#include "serving/deployments.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/log.h"
#include "base/text.h"
#include "serving/new_items.h"
#include "training/hyperparameters.h"

namespace rapport::serving {
namespace {

using datasets::DatasetType;
using datasets::Resource;
using datasets::ResourceKind;

constexpr double kAgeDaysMax = 36'500;  // beyond it all items are new
constexpr std::int64_t kLookedAtMicros = kMicrosPerSecond;
constexpr double kRestAfterBuilding = 20;  // times what the building took
constexpr double kRareExploration = 0.001;

// Their models place an item by its attributes, so one that came later can be recommended, or tells of who met it.
constexpr std::array<std::string_view, 9> kTakeNewItems = {"aws-user-personalization", "aws-user-personalization-v2",
                                                           "aws-personalized-ranking", "aws-personalized-ranking-v2",
                                                           "aws-similar-items",        "aws-semantic-similarity",
                                                           "aws-vod-top-picks",        "aws-ecomm-recommended-for-you",
                                                           "aws-next-best-action"};

bool takes_new_items(const Deployment& deployment) {
  return std::find(kTakeNewItems.begin(), kTakeNewItems.end(), deployment.recipe->name) != kTakeNewItems.end();
}

const learn::Vocabulary& items_at_training(const Deployment& deployment) {
  return deployment.trained != nullptr ? deployment.trained->items() : deployment.trained_actions->items();
}

bool explores_by_choice(const training::Recipe& recipe) {
  return recipe.name == "aws-user-personalization" || recipe.name == "aws-vod-top-picks" ||
         recipe.name == "aws-ecomm-recommended-for-you";
}

// Newer recipes show metadata without being told to.
bool always_shows_metadata(const training::Recipe& recipe) {
  return recipe.name.ends_with("-v2") || recipe.name == "aws-semantic-similarity";
}

const json::object& config_of(const json::object& details) {
  static const json::object kNone;
  const json::object* campaign = json::find_object(details, "campaignConfig");
  const json::object* config = campaign == nullptr ? json::find_object(details, "recommenderConfig") : campaign;
  return config == nullptr ? kNone : *config;
}

// Of a deployment whose items were chosen.
void follow_items(Deployment& deployment) {
  deployment.numbers = std::make_shared<ItemNumbers>(deployment.items->items(), deployment.exploration.age_days_max);
  deployment.baseline = std::make_shared<const Baseline>(deployment.items);
}

// The deployment's model with these items as well.
void take_items(Deployment& deployment, const std::vector<learn::NewItem>& added) {
  if (deployment.trained_actions != nullptr) {
    deployment.actions = added.empty() ? deployment.trained_actions : deployment.trained_actions->with_new_items(added);
    return;
  }
  deployment.items = added.empty() ? deployment.trained : deployment.trained->with_new_items(added);
  follow_items(deployment);
}

Status apply(const json::object& details, Deployment& deployment) {
  deployment.influence = TRY(ranking_influence_of(config_of(details)));
  deployment.exploration = exploration_of(*deployment.recipe, details);
  deployment.shows_metadata = always_shows_metadata(*deployment.recipe) ||
                              json::find_bool(config_of(details), "enableMetadataWithRecommendations").value_or(false);
  deployment.items = deployment.trained;
  if (deployment.items != nullptr) follow_items(deployment);
  return {};
}

}  // namespace

Exploration exploration_of(const training::Recipe& recipe, const json::object& details) {
  Exploration exploration;
  if (recipe.name == "aws-user-personalization-v2") exploration.weight = kRareExploration;
  if (!explores_by_choice(recipe)) return exploration;
  exploration.weight = 0.3;
  const json::object* config = json::find_object(config_of(details), "itemExplorationConfig");
  if (config == nullptr) return exploration;
  exploration.weight = parse_double(json::string_or(*config, "explorationWeight")).value_or(exploration.weight);
  exploration.age_days_max =
      std::min(kAgeDaysMax,
               parse_double(json::string_or(*config, "explorationItemAgeCutOff")).value_or(exploration.age_days_max));
  return exploration;
}

Result<std::shared_ptr<const Deployment>> Deployments::of_campaign(std::string_view arn) {
  return find(ResourceKind::kCampaign, arn);
}

Result<std::shared_ptr<const Deployment>> Deployments::of_recommender(std::string_view arn) {
  return find(ResourceKind::kRecommender, arn);
}

Result<std::shared_ptr<const Deployment>> Deployments::find(ResourceKind kind, std::string_view arn) {
  datasets::Catalog& catalog = training_.datasets().catalog();
  const Timestamp now = catalog.clock().now();
  Entry entry;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(arn);
    if (found != entries_.end()) {
      if (now - found->second.looked < kLookedAtMicros) return found->second.deployment;
      found->second.looked = now;  // the others go on with this one while we look
      entry = found->second;
    }
  }
  const Result<Resource> resource = catalog.get(kind, arn);
  if (!resource || resource->status != datasets::kActive) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = entries_.find(arn); found != entries_.end()) entries_.erase(found);
    if (!resource) return std::unexpected(resource.error());
    return fail(ErrorKind::kInvalid, fmt::format("{} must be ACTIVE, it is {}", arn, resource->status));
  }
  if (entry.deployment != nullptr && entry.updated == resource->updated) return entry.deployment;
  const auto made = TRY(made_from(*resource));
  const std::scoped_lock lock(mutex_);
  entries_[std::string(arn)] = {.looked = now, .updated = resource->updated, .deployment = made};
  return made;
}

Result<std::shared_ptr<const Deployment>> Deployments::made_from(const Resource& resource) {
  if (resource.kind == ResourceKind::kRecommender) return of_trained(resource);
  const auto version = TRY(of_version(json::string_or(resource.details, "solutionVersionArn"), resource.details));
  auto deployment = std::make_shared<Deployment>(*version);
  deployment->arn = resource.arn;
  return deployment;
}

Result<std::shared_ptr<const Deployment>> Deployments::of_version(std::string_view version_arn,
                                                                  const json::object& details) {
  const Resource version = TRY(training_.datasets().catalog().get(ResourceKind::kSolutionVersion, version_arn));
  Deployment deployment {
    .arn = version.arn, .group_arn = json::string_or(version.details, "datasetGroupArn"), .version_arn = version.arn,
    .filter = TRY(training::filter_of(version.details))
  };
  const std::string recipe_arn = json::string_or(version.details, "recipeArn");
  deployment.recipe = training::find_recipe(recipe_arn);
  if (deployment.recipe == nullptr) return datasets::no_such_resource(recipe_arn);
  if (deployment.recipe->type == "USER_SEGMENTATION") {
    return fail(ErrorKind::kInvalid,
                fmt::format("A model of the recipe {} makes segments, not recommendations; use a batch segment job",
                            deployment.recipe->name),
                "solutionVersionArn");
  }
  if (deployment.recipe->type == "PERSONALIZED_ACTIONS") {
    deployment.trained_actions = deployment.actions = TRY(training_.action_model(version_arn));
  } else {
    deployment.trained = TRY(training_.item_model(version_arn));
  }
  TRY(apply(details, deployment));
  return std::make_shared<const Deployment>(std::move(deployment));
}

Result<std::shared_ptr<const Deployment>> Deployments::of_trained(const Resource& recommender) {
  Deployment deployment{.arn = recommender.arn, .group_arn = recommender.parent};
  deployment.recipe = training::find_recipe(json::string_or(recommender.details, "recipeArn"));
  const std::string key = json::string_or(recommender.details, training::kModelKey);
  if (deployment.recipe == nullptr || key.empty()) return datasets::no_such_resource(recommender.arn);
  deployment.trained = TRY(training_.item_model_at(key));
  TRY(apply(recommender.details, deployment));
  return std::make_shared<const Deployment>(std::move(deployment));
}

Status Deployments::add_new_items() {
  std::map<std::string, Entry, std::less<>> entries;
  {
    const std::scoped_lock lock(mutex_);
    entries = entries_;
  }
  for (auto& [arn, entry] : entries) {
    if (takes_new_items(*entry.deployment)) TRY(add_new_items(arn, std::move(entry)));
  }
  return {};
}

Status Deployments::add_new_items(const std::string& arn, Entry entry) {
  const double start = monotonic_seconds();
  if (start < entry.seen.next_look) return {};
  std::vector<learn::NewItem> added;
  {
    const auto view = TRY(features_.view(entry.deployment->group_arn));
    const ItemsSeen seen{view->generation(), view->tables().entities(DatasetType::kItems).version(),
                         entry.seen.next_look};
    if (seen == entry.seen) return {};
    entry.seen = seen;
    added = items_beyond(items_at_training(*entry.deployment), view->tables());
  }
  auto deployment = std::make_shared<Deployment>(*entry.deployment);
  take_items(*deployment, added);
  const double end = monotonic_seconds();
  entry.seen.next_look = end + kRestAfterBuilding * (end - start);
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(arn);
  if (found == entries_.end() || found->second.deployment != entry.deployment) return {};
  found->second.deployment = std::move(deployment);
  found->second.seen = entry.seen;
  if (!added.empty()) log_info("serving", "Gave {} new items to {} in {:.2f} s", added.size(), arn, end - start);
  return {};
}

}  // namespace rapport::serving
