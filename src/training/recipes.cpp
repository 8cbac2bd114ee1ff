#include "training/recipes.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "datasets/catalog.h"
#include "learn/action_training.h"
#include "learn/item_recipe.h"
#include "learn/recipe.h"
#include "training/action_data.h"
#include "training/report.h"
#include "training/tuning.h"

namespace rapport::training {
namespace {

constexpr std::string_view kPrefix = "arn:aws:personalize:::recipe/";
constexpr std::string_view kSemanticSimilarity = "aws-semantic-similarity";
constexpr std::size_t kCurveInteractionsMax = 300'000;

Result<TrainedModel> train_segmentation(const TrainingRequest& request) {
  const learn::Dataset dataset = TRY(load_training_data(request));
  learn::SegmentTraining training{
      .recipe = request.recipe, .hyperparameters = request.hyperparameters, .seed = request.seed};
  const learn::TrainedSegmentModel trained = TRY(learn::train_segment_model(dataset, training, request.control));
  TrainedModel model{
      .file = trained.model->serialize(), .metrics = metrics_of(trained), .seconds = trained.cost.seconds};
  model.report = report_of({request.recipe, request.hyperparameters, {}, model.file.size()}, dataset, trained);
  return model;
}

// A curve needs three more trainings; it is drawn only where they are cheap.
learn::LearningCurve curve_for(const learn::Dataset& dataset) {
  return dataset.interactions.size() <= kCurveInteractionsMax ? learn::LearningCurve::kYes : learn::LearningCurve::kNo;
}

Result<TrainedModel> train_on(learn::Dataset& dataset, const TrainingRequest& request) {
  learn::ItemTraining training{.recipe = request.recipe,
                               .hyperparameters = request.hyperparameters,
                               .seed = request.seed,
                               .objective = request.objective.sensitivity};
  std::vector<Trial> trials;
  if (request.tuning) {
    trials = TRY(tune(dataset, training, *request.tuning, request.control));
    training.hyperparameters = trials.front().hyperparameters;
  }
  const learn::TrainedItems trained = TRY(learn::train_items(dataset, training, request.control, curve_for(dataset)));
  TrainedModel model{
      .file = trained.model->serialize(), .metrics = metrics_of(trained), .seconds = trained.cost.seconds};
  if (request.tuning) model.tuned = training.hyperparameters;
  model.report =
      report_of({request.recipe, training.hyperparameters, std::move(trials), model.file.size()}, dataset, trained);
  return model;
}

Result<TrainedModel> train_items(const TrainingRequest& request) {
  TrainingRequest filtered = request;
  if (filtered.filter.event_type.empty()) {
    filtered.filter.event_type = learn::event_type_of_item_recipe(request.recipe);
  }
  if (request.recipe == kSemanticSimilarity) filtered.minimum.interactions = 0;
  learn::Dataset dataset = TRY(load_training_data(filtered));
  return train_on(dataset, filtered);
}

Result<TrainedModel> train_actions(const TrainingRequest& request) {
  const learn::ActionDataset dataset = TRY(load_action_data(request));
  learn::ActionTraining training{.minimum = {request.minimum.action_rows, request.minimum.action_rows},
                                 .seed = request.seed};
  const auto period = request.hyperparameters.find("action_optimization_period");
  if (period != request.hyperparameters.end()) {
    training.optimization_period_days = static_cast<int>(parse_integer(period->second).value_or(0));
  }
  const learn::TrainedActionModel trained = TRY(learn::train_action_model(dataset, training, request.control));
  TrainedModel model{
      .file = trained.model->serialize(), .metrics = metrics_of(trained), .seconds = trained.cost.seconds};
  model.report = report_of({request.recipe, request.hyperparameters, {}, model.file.size()}, dataset, trained);
  return model;
}

constexpr Recipe kRecipes[] = {
    {"aws-item-affinity", "USER_SEGMENTATION", "", "item-affinity", train_segmentation},
    {"aws-item-attribute-affinity", "USER_SEGMENTATION", "", "item-attribute-affinity", train_segmentation},
    {"aws-user-personalization-v2", "USER_PERSONALIZATION", "", "aws-user-personalization-v2", train_items},
    {"aws-user-personalization", "USER_PERSONALIZATION", "", "JSON-percentile-filtering", train_items},
    {"aws-personalized-ranking-v2", "PERSONALIZED_RANKING", "", "aws-personalized-ranking-v2", train_items},
    {"aws-personalized-ranking", "PERSONALIZED_RANKING", "", "JSON-percentile-filtering", train_items},
    {"aws-similar-items", "RELATED_ITEMS", "", "aws-similar-items", train_items},
    {"aws-sims", "RELATED_ITEMS", "", "sims", train_items},
    {"aws-semantic-similarity", "RELATED_ITEMS", "", "aws-semantic-similarity", train_items},
    {"aws-popularity-count", "USER_PERSONALIZATION", "", "sims", train_items},
    {"aws-trending-now", "POPULAR_ITEMS", "", "aws-trending-now", train_items},
    {"aws-next-best-action", "PERSONALIZED_ACTIONS", "", "aws-next-best-action", train_actions},
    {"aws-hrnn", "USER_PERSONALIZATION", "", "JSON-percentile-filtering"},
    {"aws-hrnn-metadata", "USER_PERSONALIZATION", "", "featurize_metadata"},
    {"aws-hrnn-coldstart", "USER_PERSONALIZATION", "", "featurize_coldstart"},
    {"aws-vod-because-you-watched-x", "RELATED_ITEMS", "VIDEO_ON_DEMAND", "aws-vod-because-you-watched-x", train_items},
    {"aws-vod-more-like-x", "RELATED_ITEMS", "VIDEO_ON_DEMAND", "aws-vod-more-like-x", train_items},
    {"aws-vod-most-popular", "POPULAR_ITEMS", "VIDEO_ON_DEMAND", "aws-vod-most-popular", train_items},
    {"aws-vod-trending-now", "POPULAR_ITEMS", "VIDEO_ON_DEMAND", "aws-vod-trending-now", train_items},
    {"aws-vod-top-picks", "USER_PERSONALIZATION", "VIDEO_ON_DEMAND", "aws-vod-top-picks", train_items},
    {"aws-ecomm-popular-items-by-views", "POPULAR_ITEMS", "ECOMMERCE", "aws-ecomm-popular-items-by-views", train_items},
    {"aws-ecomm-popular-items-by-purchases", "POPULAR_ITEMS", "ECOMMERCE", "aws-ecomm-popular-items-by-purchases",
     train_items},
    {"aws-ecomm-frequently-bought-together", "RELATED_ITEMS", "ECOMMERCE", "aws-ecomm-frequently-bought-together",
     train_items},
    {"aws-ecomm-customers-who-viewed-x-also-viewed", "RELATED_ITEMS", "ECOMMERCE",
     "aws-ecomm-customers-who-viewed-x-also-viewed", train_items},
    {"aws-ecomm-recommended-for-you", "USER_PERSONALIZATION", "ECOMMERCE", "aws-ecomm-recommended-for-you",
     train_items},
};

std::string service_arn(std::string_view word, std::string_view name) {
  return fmt::format("arn:aws:personalize:::{}/{}", word, name);
}

}  // namespace

std::string recipe_arn(std::string_view name) { return service_arn("recipe", name); }

Result<TrainedModel> train_automatically(const TrainingRequest& request) {
  learn::Dataset dataset = TRY(load_training_data(request));
  TrainingRequest chosen = request;
  chosen.recipe = TRY(choose_recipe(dataset, request.control));
  TrainedModel model = TRY(train_on(dataset, chosen));
  model.recipe = chosen.recipe;
  return model;
}

std::string Recipe::arn() const { return recipe_arn(name); }
std::string Recipe::algorithm_arn() const { return service_arn("algorithm", name); }
std::string Recipe::feature_transformation_arn() const {
  return service_arn("feature-transformation", feature_transformation);
}

std::span<const Recipe> recipes() { return kRecipes; }

const Recipe* find_recipe(std::string_view arn) {
  if (!arn.starts_with(kPrefix)) return nullptr;
  for (const Recipe& recipe : kRecipes) {
    if (recipe.name == arn.substr(kPrefix.size())) return &recipe;
  }
  return nullptr;
}

Result<const Recipe*> buildable_recipe(std::string_view arn) {
  const Recipe* recipe = find_recipe(arn);
  if (recipe == nullptr) return datasets::no_such_resource(arn);
  if (recipe->train != nullptr) return recipe;
  std::string built;
  for (const Recipe& other : kRecipes) {
    if (other.train != nullptr) built += fmt::format("{}{}", built.empty() ? "" : ", ", other.name);
  }
  return fail(ErrorKind::kInvalid,
              fmt::format("This server cannot train the recipe {} yet; it has: {}", recipe->name, built), "recipeArn");
}

}  // namespace rapport::training
