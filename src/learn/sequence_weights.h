#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "learn/histories.h"
#include "learn/item_evaluation.h"
#include "learn/sequence_evidence.h"
#include "learn/training_control.h"

namespace rapport::learn {

// Weights that say what usually decides, for data too scarce to learn them from.
SequenceWeights usual_sequence_weights();

// What to learn weights from: `parts` know the histories, `next` is what came after.
struct WeighedFuture {
  const SequenceParts& parts;
  const Histories& histories;
  const std::vector<HeldOut>& next;
  std::span<const float> counts = {};  // what each of `next` counts; none: each 1
  std::uint64_t seed = 1;
};

// Learns how much each kind of evidence counts: each item that came next is the chosen alternative among (a sample of)
// all. Items met before are alternatives where people come back to them. kConflict when stopped.
Result<SequenceWeights> learn_sequence_weights(const WeighedFuture& future, const TrainingControl& control);

}  // namespace rapport::learn
