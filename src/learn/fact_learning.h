#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "learn/dataset.h"
#include "learn/histories.h"
#include "learn/item_evaluation.h"
#include "learn/sequence_evidence.h"
#include "learn/training_control.h"

namespace rapport::learn {

// What to learn the worth of facts from: `known` rows as the parts know them, and what came after.
struct FactLesson {
  const Dataset& dataset;  // its attributes and contexts
  std::span<const Interaction> known;
  const Histories& histories;  // of the known rows
  const std::vector<HeldOut>& next;
  std::vector<std::uint32_t> contexts_of_next;  // parallel to `next`
  std::uint64_t seed = 1;
};

// Learns what users' attributes and contexts are worth for users of whom nothing else is known, from the first
// interactions of some users whom the odds do not know; and how soon that fades while a history grows, from what came
// after. Puts both into the parts' odds; facts that do not help are left out. REQUIRES parts with weights. kConflict
// when stopped.
Status learn_facts(const FactLesson& lesson, const TrainingControl& control, SequenceParts& parts);

// The odds of all rows, with the weights that `weighed` has.
void count_facts(const Dataset& dataset, std::span<const Interaction> rows, const SequenceParts& weighed,
                 const TrainingControl& control, SequenceParts& parts);

}  // namespace rapport::learn
