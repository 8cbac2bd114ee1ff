#pragma once

// The one way to train a model of actions (aws-next-best-action).

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "learn/action_dataset.h"
#include "learn/action_evaluation.h"
#include "learn/action_model.h"
#include "learn/action_offers.h"
#include "learn/calibration.h"
#include "learn/training_control.h"

namespace rapport::learn {

struct ActionTraining {
  int optimization_period_days = 14;  // 7..28: the propensity is that of taking the action within it
  // An action has a propensity when the newest rows hold so many taken, and so many not taken or viewed.
  OfferMinimum minimum = {};
  int minimum_window_days = 42;
  std::uint64_t seed = 1;
};

// What kind of fact moves propensities, over all actions and many users.
struct ActionInfluence {
  ActionReason::Kind kind = ActionReason::Kind::kActivity;
  std::string name;  // the column or measure; empty for past items and answers
  double share = 0;  // of all that moves; largest first
};

// What a model learned from some of the users reaches on the users held out.
struct ActionLearningPoint {
  double share = 0;  // of the users learned from
  ActionMetrics metrics;
};

struct TrainedActionModel {
  std::unique_ptr<ActionModel> model;               // learned from all users
  ActionMetrics metrics;                            // of a model learned from nine tenths of the users, on the others
  ActionMetrics popularity_metrics;                 // of giving everybody an action's share of takers, on the same
  ActionMetrics random_metrics;                     // of propensities by chance, on the same
  std::vector<ReliabilityBin> calibration;          // of the offers of the others
  std::vector<ActionLearningPoint> learning_curve;  // by rising share, to 1
  std::vector<ActionInfluence> influence;
  TrainingCost cost;
};

// Without action interactions the model knows no action and scores all 0. kInvalid for a period out of range (field
// action_optimization_period), kConflict when stopped.
Result<TrainedActionModel> train_action_model(const ActionDataset& dataset, const ActionTraining& training,
                                              const TrainingControl& control = {});

}  // namespace rapport::learn
