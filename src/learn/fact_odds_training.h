#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "learn/dataset.h"
#include "learn/fact_odds.h"
#include "learn/training_control.h"

namespace rapport::learn {

enum class FactCarrier { kUser, kContext };

// The facts that are told of each interaction.
struct ToldFacts {
  FactCarrier carrier = FactCarrier::kUser;
  const ItemAttributes& attributes;  // of users, or of contexts
  std::uint32_t item_count = 0;

  std::uint32_t of(const Interaction& row) const { return carrier == FactCarrier::kUser ? row.user : row.context; }
};

// The odds that the rows tell, each column with the weight 1. A user's rows with one item count once.
FactOdds count_fact_odds(const ToldFacts& told, std::span<const Interaction> rows, const TrainingControl& control);

// Learns what each column is worth: `choices` are interactions of people the odds do not know, each the chosen
// alternative among others drawn by popularity, so that popularity itself says nothing. Columns that say nothing are
// dropped, and all of them when they do not foretell better than popularity on half of the users held out. kConflict
// when stopped.
Status weigh_fact_odds(const ToldFacts& told, std::span<const Interaction> choices, std::uint64_t seed,
                       const TrainingControl& control, FactOdds& odds);

// Keeps of `counted` the columns that `weighed` has, with its weights and its half length.
FactOdds with_weights_of(FactOdds counted, const FactOdds& weighed);

}  // namespace rapport::learn
