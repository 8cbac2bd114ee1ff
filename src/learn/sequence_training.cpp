#include "learn/sequence_training.h"

#include <utility>
#include <vector>

#include "base/clock.h"
#include "learn/histories.h"
#include "learn/sequence_model.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kInteractionsMin = 2;
constexpr std::size_t kListLength = 25;

SequenceParts learn_parts(const Dataset& dataset, const std::vector<Interaction>& rows,
                          const SequenceTraining& training, const TrainingControl& control) {
  const Histories histories(rows, dataset.users.size(), dataset.items.size());
  SequenceParts parts;
  parts.recipe = training.recipe;
  parts.items = dataset.items;
  parts.attributes = dataset.attributes;
  for (std::uint32_t item = 0; item < dataset.items.size(); ++item) {
    parts.popularity.push_back(static_cast<std::uint32_t>(histories.meetings(item).size()));
  }
  parts.transitions = count_transitions(histories, {}, control);
  return parts;
}

void evaluate(const ItemModel& model, const ItemSplit& split, std::uint32_t user_count, TrainedItemModel& result) {
  const Histories histories(split.known, user_count, model.items().size());
  ItemEvaluation evaluation(model.items().size());
  ItemEvaluation by_popularity(model.items().size());
  const std::vector<float> popularity(model.popularity().begin(), model.popularity().end());
  const std::vector<std::uint32_t> popular = top_items(popularity, kListLength, {});
  std::vector<float> scores(model.items().size());
  for (const HeldOut& held_out : split.held_out) {
    std::vector<PastEvent> past;
    for (const std::uint32_t item : histories.of(held_out.user)) past.push_back({item, 0});
    model.score({.history = past}, scores);
    evaluation.add(held_out.items, top_items(scores, kListLength, {}));
    by_popularity.add(held_out.items, popular);
  }
  result.metrics = evaluation.metrics();
  result.popularity_metrics = by_popularity.metrics();
}

}  // namespace

Result<TrainedItemModel> train_sequence_model(const Dataset& dataset, const SequenceTraining& training,
                                              const TrainingControl& control) {
  const double begun = monotonic_seconds();
  if (dataset.interactions.size() < kInteractionsMin) {
    return fail(ErrorKind::kInvalid, "There are too few interactions to train on; import more. Interactions: " +
                                         std::to_string(dataset.interactions.size()));
  }
  TrainedItemModel result;
  if (training.evaluate == Evaluate::kHeldOutUsers) {
    const ItemSplit split = split_tenth_of_users(dataset.interactions, dataset.users.size(), training.seed);
    const auto model = make_sequence_model(learn_parts(dataset, split.known, training, control));
    evaluate(*model, split, dataset.users.size(), result);
    if (control.progress) control.progress(0.5, "evaluating");
  }
  result.model = make_sequence_model(learn_parts(dataset, dataset.interactions, training, control));
  if (control.stop.stop_requested()) return fail(ErrorKind::kConflict, "The training was stopped.");
  result.cost.seconds = monotonic_seconds() - begun;
  if (control.progress) control.progress(1, "trained");
  return result;
}

}  // namespace rapport::learn
