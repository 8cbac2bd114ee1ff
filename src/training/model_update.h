#pragma once

#include <string_view>

#include "base/result.h"
#include "datasets/resource.h"
#include "training/recipes.h"
#include "training/training_data.h"

namespace rapport::training {

class Training;

inline constexpr std::string_view kFullMode = "FULL";
inline constexpr std::string_view kUpdateMode = "UPDATE";

// kInvalid unless the recipe can be updated without training it anew.
Status check_updatable(std::string_view recipe);
// The newest ACTIVE version of the solution that was trained in full; nullopt when there is none.
Result<std::optional<datasets::Resource>> newest_full_version(Training& training, std::string_view solution_arn);

// The model of the solution's newest full version, with the items that came since. kInvalid when there is none.
Result<TrainedModel> updated_model(Training& training, const datasets::Resource& version,
                                   const TrainingRequest& request);

}  // namespace rapport::training
