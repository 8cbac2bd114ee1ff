#include "learn/item_recipe.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/clock.h"
#include "base/text.h"
#include "learn/item_learners.h"
#include "learn/item_questions.h"

namespace rapport::learn {
namespace {

struct ItemRecipe {
  std::string_view name;
  std::string_view type;
  std::string_view event_type;
  LearnItems learn;
};

constexpr double kCurveSecondsMax = 10;  // of one training; a curve takes several

constexpr std::string_view kPersonalization = "USER_PERSONALIZATION";
constexpr std::string_view kRanking = "PERSONALIZED_RANKING";
constexpr std::string_view kRelated = "RELATED_ITEMS";
constexpr std::string_view kPopular = "POPULAR_ITEMS";

constexpr ItemRecipe kRecipes[] = {
    {"aws-user-personalization-v2", kPersonalization, "", learn_next_items},
    {"aws-user-personalization", kPersonalization, "", learn_next_items},
    {"aws-personalized-ranking-v2", kRanking, "", learn_next_items},
    {"aws-personalized-ranking", kRanking, "", learn_next_items},
    {"aws-similar-items", kRelated, "", learn_similar_items},
    {"aws-sims", kRelated, "", learn_sims},
    {"aws-semantic-similarity", kRelated, "", learn_semantic_similarity},
    {"aws-popularity-count", kPersonalization, "", learn_popularity_count},
    {"aws-trending-now", kPopular, "", learn_trending_now},
    {"aws-vod-because-you-watched-x", kRelated, "Watch", learn_similar_items},
    {"aws-vod-more-like-x", kRelated, "", learn_similar_items},
    {"aws-vod-most-popular", kPopular, "Watch", learn_popularity_count},
    {"aws-vod-trending-now", kPopular, "", learn_trending_now},
    {"aws-vod-top-picks", kPersonalization, "", learn_next_items},
    {"aws-ecomm-popular-items-by-views", kPopular, "View", learn_popularity_count},
    {"aws-ecomm-popular-items-by-purchases", kPopular, "Purchase", learn_popularity_count},
    {"aws-ecomm-frequently-bought-together", kRelated, "Purchase", learn_sims},
    {"aws-ecomm-customers-who-viewed-x-also-viewed", kRelated, "View", learn_similar_items},
    {"aws-ecomm-recommended-for-you", kPersonalization, "", learn_next_items},
};

const ItemRecipe* find(std::string_view name) {
  const auto found = std::ranges::find(kRecipes, name, &ItemRecipe::name);
  return found == std::end(kRecipes) ? nullptr : found;
}

Result<const ItemRecipe*> require(const std::string& name) {
  const ItemRecipe* recipe = find(name);
  if (recipe != nullptr) return recipe;
  return fail(ErrorKind::kNotFound, "There is no such recipe of items: " + name);
}

// A control whose progress fills the part of the whole from `first` to `last`.
TrainingControl part_of(const TrainingControl& whole, double first, double last) {
  TrainingControl part = whole;
  if (whole.progress) {
    part.progress = [&whole, first, last](double share, std::string_view stage) {
      whole.progress(first + (last - first) * share, stage);
    };
  }
  return part;
}

struct Lesson {
  const ItemRecipe& recipe;
  const ItemTraining& training;
  TrainingControl control;

  Result<std::unique_ptr<ItemModel>> learn(const Dataset& dataset) const {
    return recipe.learn(dataset, training, control);
  }
};

// Everything that is measured while the held-out interactions are hidden: the data set has the known ones only.
Result<TrainedItems> evaluate_hidden(Dataset& dataset, const Hidden& hidden, const Lesson& lesson) {
  const auto model = TRY(lesson.learn(dataset));
  Answers answers = ask_held_out(*model, question_of(lesson.recipe.type), hidden, lesson.control);
  TrainedItems trained;
  trained.metrics = answers.metrics;
  trained.popularity_metrics = answers.popularity_metrics;
  trained.random_metrics = answers.random_metrics;
  if (lesson.recipe.learn == learn_next_items) trained.calibration = std::move(answers.calibration);
  if (!hidden.rewards.empty()) trained.more_metrics["average_rewards_at_k"] = answers.rewards;
  if (!std::ranges::any_of(hidden.all, [](const Interaction& row) { return row.weight != 1; })) return trained;
  for (const auto& [length, value] : answers.weighted_gain) {
    trained.more_metrics["normalized_discounted_cumulative_gain_with_event_weights_at_" + std::to_string(length)] =
        value;
  }
  return trained;
}

// Learns from the known rows of a share of the users, those who are asked for left out.
Result<LearningPoint> learning_point(Dataset& dataset, const ItemSplit& split, double share, const Lesson& lesson) {
  dataset.interactions.clear();
  const auto users = static_cast<std::uint32_t>(share * static_cast<double>(dataset.users.size()));
  std::vector<bool> asked(dataset.users.size(), false);
  for (const HeldOut& held_out : split.held_out) asked[held_out.user] = true;
  for (const Interaction& row : split.known) {
    if (row.user < users && !asked[row.user]) dataset.interactions.push_back(row);
  }
  const auto model = TRY(lesson.learn(dataset));
  return LearningPoint{share, ask_held_out(*model, question_of(lesson.recipe.type),
                                           {split, split.known, dataset.user_attributes}, lesson.control)
                                  .metrics};
}

Result<std::vector<LearningPoint>> learning_curve(Dataset& dataset, const ItemSplit& split, const Lesson& lesson) {
  std::vector<LearningPoint> curve;
  for (const double share : {0.1, 0.3, 0.6}) {
    curve.push_back(TRY(learning_point(dataset, split, share, lesson)));
  }
  return curve;
}

Result<TrainedItems> evaluate(Dataset& dataset, const Lesson& lesson, LearningCurve curve) {
  const ItemSplit split = split_tenth_of_users(dataset.interactions, dataset.users.size(), lesson.training.seed);
  std::vector<Interaction> all = std::exchange(dataset.interactions, split.known);
  const double begun = monotonic_seconds();
  Result<TrainedItems> trained =
      evaluate_hidden(dataset, {split, all, dataset.user_attributes, dataset.rewards}, lesson);
  if (monotonic_seconds() - begun > kCurveSecondsMax) curve = LearningCurve::kNo;
  Result<std::vector<LearningPoint>> points;
  if (trained && curve == LearningCurve::kYes) points = learning_curve(dataset, split, lesson);
  dataset.interactions = std::move(all);
  if (!trained) return trained;
  trained->learning_curve = TRY(std::move(points));
  if (curve == LearningCurve::kYes) trained->learning_curve.push_back({1, trained->metrics});
  if (lesson.recipe.learn == learn_trending_now) {
    trained->more_metrics["trend_prediction_accuracy"] =
        TRY(trend_prediction_accuracy(dataset, lesson.training, lesson.control));
  }
  return trained;
}

}  // namespace

Result<double> ItemTraining::number(std::string_view name, double otherwise) const {
  const auto given = hyperparameters.find(std::string(name));
  if (given == hyperparameters.end()) return otherwise;
  const auto value = parse_double(given->second);
  if (value && std::isfinite(*value)) return *value;
  return fail(ErrorKind::kInvalid, std::string(name) + " must be a number, not: " + given->second, std::string(name));
}

bool is_item_recipe(std::string_view recipe) { return find(recipe) != nullptr; }

std::vector<std::string_view> item_recipes() {
  std::vector<std::string_view> names;
  for (const ItemRecipe& recipe : kRecipes) names.push_back(recipe.name);
  return names;
}

std::string_view type_of_item_recipe(std::string_view recipe) {
  const ItemRecipe* found = find(recipe);
  return found == nullptr ? "" : found->type;
}

std::string_view event_type_of_item_recipe(std::string_view recipe) {
  const ItemRecipe* found = find(recipe);
  return found == nullptr ? "" : found->event_type;
}

Result<TrainedItems> train_items(Dataset& dataset, const ItemTraining& training, const TrainingControl& control,
                                 LearningCurve curve) {
  const double begun = monotonic_seconds();
  const ItemRecipe* recipe = TRY(require(training.recipe));
  TrainedItems trained;
  const bool evaluated = training.evaluate == Evaluate::kHeldOutUsers && !dataset.interactions.empty();
  if (evaluated) trained = TRY(evaluate(dataset, {*recipe, training, part_of(control, 0, 0.5)}, curve));
  trained.model = TRY(recipe->learn(dataset, training, part_of(control, evaluated ? 0.5 : 0, 1)));
  if (control.stop.stop_requested()) return training_stopped();
  trained.cost.seconds = monotonic_seconds() - begun;
  if (control.progress) control.progress(1, "trained");
  return trained;
}

Result<TrainedItems> evaluate_items(Dataset& dataset, const ItemTraining& training, const TrainingControl& control) {
  const double begun = monotonic_seconds();
  const ItemRecipe* recipe = TRY(require(training.recipe));
  TrainedItems trained = TRY(evaluate(dataset, {*recipe, training, control}, LearningCurve::kNo));
  trained.cost.seconds = monotonic_seconds() - begun;
  return trained;
}

}  // namespace rapport::learn
