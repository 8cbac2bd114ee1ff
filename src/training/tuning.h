#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "learn/item_recipe.h"
#include "training/hyperparameters.h"

namespace rapport::training {

// One set of hyperparameters that was tried.
struct Trial {
  std::map<std::string, std::string> hyperparameters;
  double value = 0;  // NDCG at 10, on the held-out interactions
};

// Tries the training's own hyperparameters (or the defaults) and then random ones of the plan's ranges, until the
// plan's number of trainings or the time is spent. The best first. The same data, plan and seed try the same sets.
// kConflict when stopped.
Result<std::vector<Trial>> tune(learn::Dataset& dataset, const learn::ItemTraining& training, const TuningPlan& plan,
                                const learn::TrainingControl& control, double seconds_max = 1800);

// The USER_PERSONALIZATION recipes automatic choice is among, and the one with the highest NDCG at 10.
std::vector<std::string_view> automatic_recipes();
Result<std::string> choose_recipe(learn::Dataset& dataset, const learn::TrainingControl& control);

}  // namespace rapport::training
