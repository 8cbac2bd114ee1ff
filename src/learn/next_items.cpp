// aws-user-personalization and aws-personalized-ranking, both versions.

#include "learn/item_learners.h"
#include "learn/percentiles.h"
#include "learn/sequence_training.h"

namespace rapport::learn {

// hidden_dimension is that of the factorised taste; users outside the percentiles of history lengths are left out.
// network_millions, of our own, is what the sequence network costs: the millions of places of histories that it reads,
// about 15 s of two cores each for a few thousand items; 0, the default, leaves it out.
Result<std::unique_ptr<ItemModel>> learn_next_items(const Dataset& dataset, const ItemTraining& training,
                                                    const TrainingControl& control) {
  SequenceTraining parameters{.recipe = training.recipe, .seed = training.seed};
  parameters.network.places = static_cast<std::uint64_t>(1e6 * TRY(training.number("network_millions", 0)));
  parameters.network.epochs_max = 1000;
  parameters.taste.dimension =
      static_cast<std::uint32_t>(TRY(training.number("hidden_dimension", parameters.taste.dimension)));
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
