#pragma once

#include <string>

#include "base/result.h"
#include "jobs/jobs.h"
#include "json/json.h"
#include "training/recipes.h"
#include "training/training.h"

namespace rapport::serving {

// Trains the model of a domain's use case on the group's data. `details` have the recommender's configuration. kInvalid
// for too little data, kConflict when stopped.
Result<training::TrainedModel> train_use_case(training::Training& training, const training::Recipe& use_case,
                                              const std::string& group_arn, const json::object& details,
                                              jobs::Context& context);

}  // namespace rapport::serving
