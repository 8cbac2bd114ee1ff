// aws-user-personalization and aws-personalized-ranking, both versions.

#include "learn/item_learners.h"
#include "learn/percentiles.h"
#include "learn/sequence_training.h"

namespace rapport::learn {

// hidden_dimension is that of the factorised taste; users outside the percentiles of history lengths are left out.
Result<std::unique_ptr<ItemModel>> learn_next_items(const Dataset& dataset, const ItemTraining& training,
                                                    const TrainingControl& control) {
  SequenceTraining parameters{.recipe = training.recipe, .seed = training.seed};
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
