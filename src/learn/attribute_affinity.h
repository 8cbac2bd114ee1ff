#pragma once

// Who will meet any of a set of items: the sum of what a model of affinity expects of the items, corrected by what
// users' own share of such items, of late and ever, has told before.

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "learn/affinity_model.h"
#include "learn/affinity_scores.h"
#include "learn/dataset.h"
#include "learn/training_control.h"

namespace rapport::learn {

// Of a logistic regression over AttributeEvidence. Empty: the sums are not corrected.
struct AttributeWeights {
  static constexpr std::size_t kCount = 20;
  std::vector<float> of;  // kCount of them
};

// The items of every value of every column.
std::vector<std::vector<std::uint32_t>> attribute_sets(const ItemAttributes& attributes);

// Learns from whom the `newer` interactions, which `model` does not know, met of a seeded sample of attribute values.
Result<AttributeWeights> learn_attribute_weights(const AffinityModel& model, const ItemAttributes& attributes,
                                                 const std::vector<Interaction>& newer, std::uint64_t seed,
                                                 const TrainingControl& control);

// For each set of items and each user of the scorer the expected number of interactions with any of them: -log(1 - the
// probability of one).
std::vector<std::vector<float>> expected_counts_for_attributes(AffinityScorer& scorer, const AttributeWeights& weights,
                                                               std::span<const std::vector<std::uint32_t>> sets,
                                                               const TrainingControl& control);

}  // namespace rapport::learn
