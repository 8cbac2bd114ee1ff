#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "learn/dataset.h"
#include "learn/item_evaluation.h"
#include "learn/item_model.h"
#include "learn/network_training.h"
#include "learn/objective.h"
#include "learn/sequence_evidence.h"
#include "learn/training_control.h"

namespace rapport::learn {

// Whether recent interactions count more, half at a quarter of the time the data span, and a quarter at least.
enum class Recency { kAlike, kMore };

enum class Evaluate { kNo, kHeldOutUsers };

struct SequenceTraining {
  std::string recipe = "aws-user-personalization-v2";  // what the model calls itself
  // How long the network may read: network.places is what it costs, about 15 s of two cores a million for a few
  // thousand items; 0 leaves it out.
  NetworkTraining network = {};
  TransitionParameters transitions = {};
  LinearParameters linear = {};
  AlsParameters taste = {.epochs = 10, .regularization = 0.006F, .unobserved_weight = 0.05F};
  Recency recency = Recency::kAlike;
  ObjectiveSensitivity objective = ObjectiveSensitivity::kOff;
  std::uint64_t seed = 1;
};

struct TrainedSequenceModel {
  std::unique_ptr<ItemModel> model;  // its tables know all interactions, its network all but the last of some users
  SequenceWeights weights;
  std::vector<NetworkEpoch> curve;  // of the network
  TrainingCost cost;
};

// Learns what each kind of evidence is worth from the last interaction of some users, which the evidence does not know
// then. Data in which hardly any user's times differ counts as without order. kInvalid for too little data, kConflict
// when stopped.
Result<TrainedSequenceModel> train_sequence_model(const Dataset& dataset, const SequenceTraining& training,
                                                  const TrainingControl& control = {});

}  // namespace rapport::learn
