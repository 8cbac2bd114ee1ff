// aws-user-personalization and aws-personalized-ranking, both versions.

#include "base/text.h"
#include "learn/item_learners.h"
#include "learn/percentiles.h"
#include "learn/sequence_training.h"

namespace rapport::learn {
namespace {

// apply_recency_bias of version 2, recency_mask of version 1: true unless told.
Recency recency_of(const ItemTraining& training) {
  for (const char* name : {"apply_recency_bias", "recency_mask"}) {
    const auto given = training.hyperparameters.find(name);
    if (given != training.hyperparameters.end()) {
      return equals_ignore_case(given->second, "true") ? Recency::kMore : Recency::kAlike;
    }
  }
  return Recency::kMore;
}

}  // namespace

// bptt is how many places apart items of a history still tell of each other's order. hidden_dimension is that of the
// factorised taste; users outside the percentiles of history lengths are left out. network_millions, of our own, is
// what the sequence network costs: the millions of places of histories that it reads, about 15 s of two cores each for
// a few thousand items; 0, the default, leaves it out.
Result<std::unique_ptr<ItemModel>> learn_next_items(const Dataset& dataset, const ItemTraining& training,
                                                    const TrainingControl& control) {
  SequenceTraining parameters{.recipe = training.recipe, .objective = training.objective, .seed = training.seed};
  parameters.network.places = static_cast<std::uint64_t>(1e6 * TRY(training.number("network_millions", 0)));
  parameters.network.epochs_max = 1000;
  parameters.taste.dimension =
      static_cast<std::uint32_t>(TRY(training.number("hidden_dimension", parameters.taste.dimension)));
  parameters.transitions.window =
      static_cast<std::uint32_t>(TRY(training.number("bptt", parameters.transitions.window)));
  parameters.recency = recency_of(training);
  const PercentileRange lengths {
    TRY(training.number("min_user_history_length_percentile", 0))
    , TRY(training.number("max_user_history_length_percentile", 1))
  };
  if (lengths.min <= 0 && lengths.max >= 1) {
    return std::move(TRY(train_sequence_model(dataset, parameters, control)).model);
  }
  Dataset within = dataset;
  within.interactions = within_percentiles(dataset.interactions, lengths, CountBy::kUser);
  return std::move(TRY(train_sequence_model(within, parameters, control)).model);
}

}  // namespace rapport::learn
