#include "learn/recipe.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/text.h"
#include "learn/affinity_weights.h"
#include "learn/attribute_affinity.h"
#include "learn/segment_evaluation.h"
#include "learn/segment_models.h"

namespace rapport::learn {
namespace {

constexpr std::uint32_t kUsersMin = 25;  // each with two interactions

Status check_enough(const Dataset& dataset) {
  std::vector<std::uint32_t> rows(dataset.users.size(), 0);
  for (const Interaction& row : dataset.interactions) ++rows[row.user];
  const auto usable = std::ranges::count_if(rows, [](std::uint32_t count) { return count >= 2; });
  if (usable >= kUsersMin) return {};
  return fail(ErrorKind::kInvalid, "Dataset has fewer than 25 users with at least 2 interactions each");
}

Result<AlsParameters> als_parameters(const SegmentTraining& training) {
  AlsParameters parameters;
  parameters.seed = training.seed;
  for (const auto& [name, value] : training.hyperparameters) {
    if (name != "hidden_dimension") {
      return fail(ErrorKind::kInvalid, "Unknown hyperparameter of this recipe: " + name, name);
    }
    const auto dimension = parse_integer(value);
    if (!dimension || *dimension < 32 || *dimension > 256) {
      return fail(ErrorKind::kInvalid, "hidden_dimension must be a whole number from 32 to 256, not: " + value, name);
    }
    parameters.dimension = static_cast<std::uint32_t>(*dimension);
  }
  return parameters;
}

// A control whose progress fills the part of the whole from `first` to `last`.
TrainingControl part_of(const TrainingControl& whole, double first, double last) {
  TrainingControl part = whole;
  if (whole.progress) {
    part.progress = [&whole, first, last](double share, std::string_view stage) {
      whole.progress(first + (last - first) * share, stage);
    };
  }
  return part;
}

Result<AffinityModel> learn_affinity(const Dataset& dataset, const std::vector<Interaction>& interactions,
                                     const AlsParameters& parameters, const TrainingControl& control) {
  return AffinityModel(TRY(
      AffinityModel::learn(Histories(interactions, dataset.users.size(), dataset.items.size()), parameters, control)));
}

std::unique_ptr<SegmentModel> segment_model(const Dataset& dataset, std::string_view recipe, AffinityModel affinity,
                                            AttributeWeights weights) {
  if (recipe == kItemAffinity) {
    return std::make_unique<ItemAffinityModel>(dataset.users, dataset.items, std::move(affinity));
  }
  return std::make_unique<ItemAttributeAffinityModel>(dataset.users, dataset.attributes, std::move(affinity),
                                                      std::move(weights));
}

Status check_training(const Dataset& dataset, const SegmentTraining& training) {
  if (training.recipe != kItemAffinity && training.recipe != kItemAttributeAffinity) {
    return fail(ErrorKind::kNotFound, "There is no such segmentation recipe: " + training.recipe);
  }
  TRY(check_enough(dataset));
  if (training.recipe == kItemAttributeAffinity && dataset.attributes.columns().empty()) {
    return fail(ErrorKind::kInvalid,
                "The recipe needs an Items dataset with at least one non-textual attribute column");
  }
  return {};
}

}  // namespace

Result<TrainedSegmentModel> train_segment_model(const Dataset& dataset, const SegmentTraining& training,
                                                const TrainingControl& control) {
  const double started = monotonic_seconds();
  TRY(check_training(dataset, training));
  const AlsParameters parameters = TRY(als_parameters(training));

  const Split known = split_by_user(dataset.interactions);
  AffinityWeights weights;
  AttributeWeights attribute_weights;
  {
    const Split inner = split_by_user(known.older);
    AffinityModel model = TRY(learn_affinity(dataset, inner.older, parameters, part_of(control, 0, 0.3)));
    weights = TRY(learn_affinity_weights(model, inner.newer, training.seed, part_of(control, 0.3, 0.35)));
    if (training.recipe == kItemAttributeAffinity) {
      model.set_weights(weights);
      attribute_weights = TRY(
          learn_attribute_weights(model, dataset.attributes, inner.newer, training.seed, part_of(control, 0.35, 0.4)));
    }
  }
  TrainedSegmentModel trained;
  {
    AffinityModel model = TRY(learn_affinity(dataset, known.older, parameters, part_of(control, 0.4, 0.5)));
    model.set_weights(weights);
    const TrainingControl rest = part_of(control, 0.5, 0.8);
    const SegmentTest test{model, known.newer, training.seed};
    SegmentResults results = training.recipe == kItemAffinity
                                 ? evaluate_item_segments(test, rest)
                                 : evaluate_attribute_segments(test, attribute_weights, dataset.attributes, rest);
    trained.metrics = results.of_model;
    trained.baselines = std::move(results.of_baselines);
  }
  AffinityModel model = TRY(learn_affinity(dataset, dataset.interactions, parameters, part_of(control, 0.8, 1)));
  model.set_weights(weights);
  trained.cost.memory_bytes_peak = model.memory_bytes();
  trained.model = segment_model(dataset, training.recipe, std::move(model), std::move(attribute_weights));
  trained.cost.seconds = monotonic_seconds() - started;
  return trained;
}

}  // namespace rapport::learn
