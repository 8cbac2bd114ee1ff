#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "learn/affinity_model.h"
#include "learn/dataset.h"
#include "learn/training_control.h"

namespace rapport::learn {

// Weights that say what usually decides, for data too scarce to learn them from.
AffinityWeights usual_affinity_weights();

// Learns how much each kind of evidence counts: `model` knows the older interactions, `newer` are those that followed.
// For a seeded sample of items, the users who met the item later are the chosen alternatives among (a sample of) all.
Result<AffinityWeights> learn_affinity_weights(const AffinityModel& model, const std::vector<Interaction>& newer,
                                               std::uint64_t seed, const TrainingControl& control);

}  // namespace rapport::learn
