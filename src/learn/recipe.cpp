#include "learn/recipe.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/text.h"
#include "learn/affinity_weights.h"
#include "learn/parallel.h"
#include "learn/segment_models.h"

namespace rapport::learn {
namespace {

constexpr std::uint32_t kUsersMin = 25;         // each with two interactions
constexpr std::size_t kScoresMax = 16U << 20U;  // scores held at once while attributes are evaluated

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

SegmentMetrics evaluate_items(const AffinityModel& model, const std::vector<Interaction>& newer,
                              const TrainingControl& control) {
  constexpr std::size_t kBatch = 64;
  const std::uint32_t users = model.histories().user_count();
  const Truth truth = truth_of_items(newer, model.histories().item_count());
  const unsigned workers = worker_count(control);
  std::vector<AffinityReader> readers;
  for (unsigned worker = 0; worker < workers; ++worker) readers.emplace_back(model);
  std::vector<std::vector<float>> scores(kBatch, std::vector<float>(users));
  SegmentEvaluation evaluation(users);
  for (std::size_t first = 0; first < truth.size(); first += kBatch) {
    const std::size_t count = std::min(kBatch, truth.size() - first);
    parallel_for(workers, count, control.stop, [&](std::size_t index, unsigned worker) {
      if (truth[first + index].empty()) return;
      readers[worker].open(static_cast<std::uint32_t>(first + index));
      readers[worker].expected_counts(scores[index]);
    });
    for (std::size_t index = 0; index < count; ++index) evaluation.add(truth[first + index], scores[index]);
    if (control.progress)
      control.progress(static_cast<double>(first + count) / static_cast<double>(truth.size()), "evaluating");
  }
  return evaluation.metrics();
}

// The items of every value of every column.
std::vector<std::vector<std::uint32_t>> attribute_queries(const ItemAttributes& attributes) {
  std::vector<std::vector<std::uint32_t>> queries;
  for (const AttributeColumn& column : attributes.columns()) {
    for (const AttributeValue& value : column.values) queries.push_back(value.items);
  }
  return queries;
}

SegmentMetrics evaluate_attributes(const AffinityModel& model, const ItemAttributes& attributes,
                                   const std::vector<Interaction>& newer, const TrainingControl& control) {
  const std::vector<std::vector<std::uint32_t>> queries = attribute_queries(attributes);
  const Truth truth = truth_of_item_sets(newer, queries);
  const std::uint32_t users = model.histories().user_count();
  SegmentEvaluation evaluation(users);
  const std::size_t batch = std::max<std::size_t>(1, kScoresMax / std::max(1U, users));
  for (std::size_t first = 0; first < queries.size(); first += batch) {
    const std::size_t count = std::min(batch, queries.size() - first);
    const auto sums = expected_counts_of_sets(model, std::span(queries).subspan(first, count), control);
    for (std::size_t index = 0; index < count; ++index) evaluation.add(truth[first + index], sums[index]);
  }
  return evaluation.metrics();
}

std::unique_ptr<SegmentModel> segment_model(const Dataset& dataset, std::string_view recipe, AffinityModel affinity) {
  if (recipe == kItemAffinity) {
    return std::make_unique<ItemAffinityModel>(dataset.users, dataset.items, std::move(affinity));
  }
  return std::make_unique<ItemAttributeAffinityModel>(dataset.users, dataset.attributes, std::move(affinity));
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
  {
    const Split inner = split_by_user(known.older);
    const AffinityModel model = TRY(learn_affinity(dataset, inner.older, parameters, part_of(control, 0, 0.3)));
    weights = TRY(learn_affinity_weights(model, inner.newer, training.seed, part_of(control, 0.3, 0.4)));
  }
  TrainedSegmentModel trained;
  {
    AffinityModel model = TRY(learn_affinity(dataset, known.older, parameters, part_of(control, 0.4, 0.5)));
    model.set_weights(weights);
    const TrainingControl rest = part_of(control, 0.5, 0.8);
    trained.metrics = training.recipe == kItemAffinity
                          ? evaluate_items(model, known.newer, rest)
                          : evaluate_attributes(model, dataset.attributes, known.newer, rest);
  }
  AffinityModel model = TRY(learn_affinity(dataset, dataset.interactions, parameters, part_of(control, 0.8, 1)));
  model.set_weights(weights);
  trained.cost.memory_bytes_peak = model.memory_bytes();
  trained.model = segment_model(dataset, training.recipe, std::move(model));
  trained.cost.seconds = monotonic_seconds() - started;
  return trained;
}

}  // namespace rapport::learn
