#pragma once

#include "base/result.h"
#include "learn/action_dataset.h"
#include "training/training_data.h"

namespace rapport::training {

// Everything the group holds that a model of actions learns from: actions and what users did with them, item
// interactions, users' and items' attributes. kInvalid without actions, or with fewer item interactions than the
// minimum.
Result<learn::ActionDataset> load_action_data(const TrainingRequest& request);

}  // namespace rapport::training
