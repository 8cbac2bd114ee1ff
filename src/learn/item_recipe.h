#pragma once

// The one way to train a model of items: recipes by name, each with a function that learns.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "learn/dataset.h"
#include "learn/item_evaluation.h"
#include "learn/item_model.h"
#include "learn/objective.h"
#include "learn/sequence_training.h"
#include "learn/training_control.h"

namespace rapport::learn {

struct ItemTraining {
  std::string recipe;                                       // "aws-sims"
  std::map<std::string, std::string> hyperparameters = {};  // those left out have their defaults
  Evaluate evaluate = Evaluate::kHeldOutUsers;
  std::uint64_t seed = 1;
  ObjectiveSensitivity objective = ObjectiveSensitivity::kOff;  // for the rewards of the data set

  // kInvalid with the name as field when it is not a number.
  Result<double> number(std::string_view name, double otherwise) const;
};

// Of all scores that fell between two bounds when turned into probabilities.
struct CalibrationBin {
  double predicted = 0;  // mean probability of being the next item
  double observed = 0;   // share that was
  std::uint64_t count = 0;
};

// How the model did with a share of the interactions only.
struct LearningPoint {
  double share = 0;
  ItemMetrics metrics;
};

struct TrainedItems {
  std::unique_ptr<ItemModel> model;            // knows all interactions
  ItemMetrics metrics;                         // of a model that did not know the newest tenth of a tenth of the users
  ItemMetrics popularity_metrics;              // of ranking by popularity on the same
  ItemMetrics random_metrics;                  // of ranking by chance on the same
  std::map<std::string, double> more_metrics;  // those only this recipe has, by their keys
  std::vector<CalibrationBin> calibration;     // empty for recipes whose scores have no meaning
  std::vector<LearningPoint> learning_curve;   // when asked for, and one training takes seconds only
  TrainingCost cost;                           // of everything, evaluation included
};

enum class LearningCurve { kNo, kYes };

bool is_item_recipe(std::string_view recipe);
std::vector<std::string_view> item_recipes();
// What the API calls it: USER_PERSONALIZATION, PERSONALIZED_RANKING, POPULAR_ITEMS, RELATED_ITEMS.
std::string_view type_of_item_recipe(std::string_view recipe);
// The type of events that alone count with this recipe ("Purchase"); empty when all do.
std::string_view event_type_of_item_recipe(std::string_view recipe);

// Learns and measures. The data set is changed meanwhile and as before afterwards. kNotFound for an unknown recipe,
// kInvalid for a bad hyperparameter or too little data, kConflict when stopped.
Result<TrainedItems> train_items(Dataset& dataset, const ItemTraining& training, const TrainingControl& control = {},
                                 LearningCurve curve = LearningCurve::kNo);
// The same without the model that knows all interactions.
Result<TrainedItems> evaluate_items(Dataset& dataset, const ItemTraining& training,
                                    const TrainingControl& control = {});

}  // namespace rapport::learn
