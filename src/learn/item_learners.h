#pragma once

// What each recipe of items learns: its model, from everything in the data set. kInvalid for data the recipe cannot
// learn from, kConflict when stopped.

#include <memory>

#include "base/result.h"
#include "learn/dataset.h"
#include "learn/item_model.h"
#include "learn/item_recipe.h"
#include "learn/training_control.h"

namespace rapport::learn {

using LearnItems = Result<std::unique_ptr<ItemModel>> (*)(const Dataset& dataset, const ItemTraining& training,
                                                          const TrainingControl& control);

// The items that most users met.
Result<std::unique_ptr<ItemModel>> learn_popularity_count(const Dataset& dataset, const ItemTraining& training,
                                                          const TrainingControl& control);
// The items whose interactions grew most from the last window of trend_discovery_frequency but one to the last.
Result<std::unique_ptr<ItemModel>> learn_trending_now(const Dataset& dataset, const ItemTraining& training,
                                                      const TrainingControl& control);
// Items met by the same users, popular ones discounted.
Result<std::unique_ptr<ItemModel>> learn_sims(const Dataset& dataset, const ItemTraining& training,
                                              const TrainingControl& control);
// Items met soon before or after by the same users, or with the same attributes.
Result<std::unique_ptr<ItemModel>> learn_similar_items(const Dataset& dataset, const ItemTraining& training,
                                                       const TrainingControl& control);
// Items whose names and descriptions are of the same things. Needs no interactions.
Result<std::unique_ptr<ItemModel>> learn_semantic_similarity(const Dataset& dataset, const ItemTraining& training,
                                                             const TrainingControl& control);
// What users do next.
Result<std::unique_ptr<ItemModel>> learn_next_items(const Dataset& dataset, const ItemTraining& training,
                                                    const TrainingControl& control);

// The number of users that met each item.
std::vector<std::uint32_t> count_users(const Dataset& dataset);
std::unexpected<Error> training_stopped();

// Lengths of a trend's window: "30 minutes", "1 hour", "3 hours", "1 day"; nullopt for another text.
std::optional<std::int64_t> trend_window_seconds(std::string_view frequency);

// How much of the growth of the 25 items that grew most in the last window is that of the 25 items which a model that
// does not know this window names: 0..1.
Result<double> trend_prediction_accuracy(const Dataset& dataset, const ItemTraining& training,
                                         const TrainingControl& control);

}  // namespace rapport::learn
