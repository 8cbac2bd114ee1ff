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

// Learns from a share of the known rows (a prefix of the users, so that histories stay whole).
Result<LearningPoint> learning_point(Dataset& dataset, const ItemSplit& split, double share, const ItemRecipe& recipe,
                                     const ItemTraining& training, const TrainingControl& control) {
  dataset.interactions.clear();
  const auto users = static_cast<std::uint32_t>(share * static_cast<double>(dataset.users.size()));
  std::vector<bool> asked(dataset.users.size(), false);
  for (const HeldOut& held_out : split.held_out) asked[held_out.user] = true;
  for (const Interaction& row : split.known) {
    if (row.user < users && !asked[row.user]) dataset.interactions.push_back(row);
  }
  const auto model = TRY(recipe.learn(dataset, training, control));
  return LearningPoint{share, ask_held_out(*model, question_of(recipe.type), split, split.known, control).metrics};
}

// Everything that is measured with the held-out interactions hidden.
Status evaluate(Dataset& dataset, const ItemRecipe& recipe, const ItemTraining& training,
                const TrainingControl& control, LearningCurve curve, TrainedItems& trained) {
  const ItemSplit split = split_tenth_of_users(dataset.interactions, dataset.users.size(), training.seed);
  std::vector<Interaction> all = std::exchange(dataset.interactions, split.known);
  const auto model = TRY(recipe.learn(dataset, training, part_of(control, 0, 0.4)));
  if (control.progress) control.progress(0.4, "evaluating");
  Answers answers = ask_held_out(*model, question_of(recipe.type), split, all, control);
  trained.metrics = answers.metrics;
  trained.popularity_metrics = answers.popularity_metrics;
  trained.random_metrics = answers.random_metrics;
  if (recipe.learn == learn_next_items) trained.calibration = std::move(answers.calibration);
  if (curve == LearningCurve::kYes) {
    for (const double share : {0.1, 0.3, 0.6}) {
      trained.learning_curve.push_back(TRY(learning_point(dataset, split, share, recipe, training, control)));
    }
    trained.learning_curve.push_back({1, trained.metrics});
  }
  dataset.interactions = std::move(all);
  if (recipe.learn == learn_trending_now) {
    trained.more_metrics["trend_prediction_accuracy"] = TRY(trend_prediction_accuracy(dataset, training, control));
  }
  if (std::ranges::any_of(dataset.interactions, [](const Interaction& row) { return row.weight != 1; })) {
    for (const auto& [length, value] : answers.weighted_gain) {
      trained.more_metrics["normalized_discounted_cumulative_gain_with_event_weights_at_" + std::to_string(length)] =
          value;
    }
  }
  return {};
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

Result<TrainedItems> train_items(Dataset dataset, const ItemTraining& training, const TrainingControl& control,
                                 LearningCurve curve) {
  const double begun = monotonic_seconds();
  const ItemRecipe* recipe = find(training.recipe);
  if (recipe == nullptr) {
    return fail(ErrorKind::kNotFound, "There is no such recipe of items: " + training.recipe);
  }
  TrainedItems trained;
  const bool evaluated = training.evaluate == Evaluate::kHeldOutUsers && !dataset.interactions.empty();
  if (evaluated) TRY(evaluate(dataset, *recipe, training, control, curve, trained));
  trained.model = TRY(recipe->learn(dataset, training, part_of(control, evaluated ? 0.5 : 0, 1)));
  if (control.stop.stop_requested()) return training_stopped();
  trained.cost.seconds = monotonic_seconds() - begun;
  if (control.progress) control.progress(1, "trained");
  return trained;
}

}  // namespace rapport::learn
