#include "training/recipes.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "datasets/catalog.h"
#include "learn/action_training.h"
#include "learn/recipe.h"
#include "training/action_data.h"

namespace rapport::training {
namespace {

constexpr std::string_view kPrefix = "arn:aws:personalize:::recipe/";

double rounded(double value) { return std::round(value * 1e4) / 1e4; }

Result<TrainedModel> train_segmentation(const TrainingRequest& request) {
  const learn::Dataset dataset = TRY(load_training_data(request));
  learn::SegmentTraining training{
      .recipe = request.recipe, .hyperparameters = request.hyperparameters, .seed = request.seed};
  const learn::TrainedSegmentModel trained = TRY(learn::train_segment_model(dataset, training, request.control));
  return TrainedModel{.file = trained.model->serialize(),
                      .metrics = {{"coverage", rounded(trained.metrics.coverage)},
                                  {"hits_at_1_percent", rounded(trained.metrics.hits_at_1_percent)},
                                  {"recall_at_1_percent", rounded(trained.metrics.recall_at_1_percent)}},
                      .seconds = trained.cost.seconds};
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
  const learn::ActionMetrics& metrics = trained.metrics;
  return TrainedModel{.file = trained.model->serialize(),
                      .metrics = {{"coverage", rounded(metrics.coverage)},
                                  {"normalized_discounted_cumulative_gain_at_5",
                                   rounded(metrics.normalized_discounted_cumulative_gain_at_5)},
                                  {"normalized_discounted_cumulative_gain_at_10",
                                   rounded(metrics.normalized_discounted_cumulative_gain_at_10)},
                                  {"normalized_discounted_cumulative_gain_at_25",
                                   rounded(metrics.normalized_discounted_cumulative_gain_at_25)},
                                  {"precision", rounded(metrics.precision)},
                                  {"recall", rounded(metrics.recall)},
                                  {"auc", rounded(metrics.auc)}},
                      .seconds = trained.cost.seconds};
}

constexpr Recipe kRecipes[] = {
    {"aws-item-affinity", "USER_SEGMENTATION", "", "item-affinity", train_segmentation},
    {"aws-item-attribute-affinity", "USER_SEGMENTATION", "", "item-attribute-affinity", train_segmentation},
    {"aws-user-personalization-v2", "USER_PERSONALIZATION", "", "aws-user-personalization-v2"},
    {"aws-user-personalization", "USER_PERSONALIZATION", "", "JSON-percentile-filtering"},
    {"aws-personalized-ranking-v2", "PERSONALIZED_RANKING", "", "aws-personalized-ranking-v2"},
    {"aws-personalized-ranking", "PERSONALIZED_RANKING", "", "JSON-percentile-filtering"},
    {"aws-similar-items", "RELATED_ITEMS", "", "aws-similar-items"},
    {"aws-sims", "RELATED_ITEMS", "", "sims"},
    {"aws-semantic-similarity", "RELATED_ITEMS", "", "aws-semantic-similarity"},
    {"aws-popularity-count", "USER_PERSONALIZATION", "", "sims"},
    {"aws-trending-now", "POPULAR_ITEMS", "", "aws-trending-now"},
    {"aws-next-best-action", "PERSONALIZED_ACTIONS", "", "aws-next-best-action", train_actions},
    {"aws-hrnn", "USER_PERSONALIZATION", "", "JSON-percentile-filtering"},
    {"aws-hrnn-metadata", "USER_PERSONALIZATION", "", "featurize_metadata"},
    {"aws-hrnn-coldstart", "USER_PERSONALIZATION", "", "featurize_coldstart"},
    {"aws-vod-because-you-watched-x", "RELATED_ITEMS", "VIDEO_ON_DEMAND", "aws-vod-because-you-watched-x"},
    {"aws-vod-more-like-x", "RELATED_ITEMS", "VIDEO_ON_DEMAND", "aws-vod-more-like-x"},
    {"aws-vod-most-popular", "POPULAR_ITEMS", "VIDEO_ON_DEMAND", "aws-vod-most-popular"},
    {"aws-vod-trending-now", "POPULAR_ITEMS", "VIDEO_ON_DEMAND", "aws-vod-trending-now"},
    {"aws-vod-top-picks", "USER_PERSONALIZATION", "VIDEO_ON_DEMAND", "aws-vod-top-picks"},
    {"aws-ecomm-popular-items-by-views", "POPULAR_ITEMS", "ECOMMERCE", "aws-ecomm-popular-items-by-views"},
    {"aws-ecomm-popular-items-by-purchases", "POPULAR_ITEMS", "ECOMMERCE", "aws-ecomm-popular-items-by-purchases"},
    {"aws-ecomm-frequently-bought-together", "RELATED_ITEMS", "ECOMMERCE", "aws-ecomm-frequently-bought-together"},
    {"aws-ecomm-customers-who-viewed-x-also-viewed", "RELATED_ITEMS", "ECOMMERCE",
     "aws-ecomm-customers-who-viewed-x-also-viewed"},
    {"aws-ecomm-recommended-for-you", "USER_PERSONALIZATION", "ECOMMERCE", "aws-ecomm-recommended-for-you"},
};

std::string service_arn(std::string_view word, std::string_view name) {
  return fmt::format("arn:aws:personalize:::{}/{}", word, name);
}

}  // namespace

std::string Recipe::arn() const { return service_arn("recipe", name); }
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
