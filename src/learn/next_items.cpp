// aws-user-personalization and aws-personalized-ranking, both versions.

#include "learn/item_learners.h"
#include "learn/sequence_training.h"

namespace rapport::learn {

Result<std::unique_ptr<ItemModel>> learn_next_items(const Dataset& dataset, const ItemTraining& training,
                                                    const TrainingControl& control) {
  TrainedSequenceModel trained =
      TRY(train_sequence_model(dataset, {.recipe = training.recipe, .seed = training.seed}, control));
  return std::move(trained.model);
}

}  // namespace rapport::learn
