#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "learn/dataset.h"
#include "learn/item_evaluation.h"
#include "learn/item_model.h"
#include "learn/training_control.h"

namespace rapport::learn {

enum class Evaluate { kNo, kHeldOutUsers };

struct SequenceTraining {
  std::string recipe = "aws-user-personalization-v2";  // what the model calls itself
  Evaluate evaluate = Evaluate::kHeldOutUsers;
  std::uint64_t seed = 1;
};

struct TrainedItemModel {
  std::unique_ptr<ItemModel> model;  // knows all interactions
  ItemMetrics metrics;               // of a model that did not know the newest tenth of a tenth of the users
  ItemMetrics popularity_metrics;    // what ranking by popularity reaches on the same
  TrainingCost cost;                 // of everything, evaluation included
};

// kInvalid for too little data, kConflict when stopped.
Result<TrainedItemModel> train_sequence_model(const Dataset& dataset, const SequenceTraining& training,
                                              const TrainingControl& control = {});

}  // namespace rapport::learn
