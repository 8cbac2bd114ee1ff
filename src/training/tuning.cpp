#include "training/tuning.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"

namespace rapport::training {
namespace {

constexpr std::uint32_t kObjectiveLength = 10;

std::string draw(const Hyperparameter& range, Random& random) {
  switch (range.kind) {
    case Hyperparameter::Kind::kCategorical:
      return std::string(range.categories[random.below(range.categories.size())]);
    case Hyperparameter::Kind::kInteger: {
      const auto first = static_cast<std::int64_t>(range.min);
      const auto count = static_cast<std::uint64_t>(range.max - range.min) + 1;
      return fmt::format("{}", first + static_cast<std::int64_t>(random.below(count)));
    }
    case Hyperparameter::Kind::kContinuous:
      return fmt::format("{:.4f}", range.min + random.uniform() * (range.max - range.min));
  }
  return {};
}

// What is tried first: the default where the range has it.
std::string first_of(const Hyperparameter& range, Random& random) {
  const auto number = parse_double(range.otherwise);
  const bool within = range.kind == Hyperparameter::Kind::kCategorical
                          ? std::ranges::find(range.categories, range.otherwise) != range.categories.end()
                          : number && *number >= range.min && *number <= range.max;
  return within ? std::string(range.otherwise) : draw(range, random);
}

Result<double> value_of(learn::Dataset& dataset, const learn::ItemTraining& training,
                        const learn::TrainingControl& control) {
  const learn::TrainedItems trained = TRY(learn::evaluate_items(dataset, training, control));
  return trained.metrics.normalized_discounted_cumulative_gain.at(kObjectiveLength);
}

learn::TrainingControl quiet(const learn::TrainingControl& control) {
  return {.threads = control.threads, .stop = control.stop};
}

}  // namespace

Result<std::vector<Trial>> tune(learn::Dataset& dataset, const learn::ItemTraining& training, const TuningPlan& plan,
                                const learn::TrainingControl& control, double seconds_max) {
  const double begun = monotonic_seconds();
  Random random(training.seed);
  std::vector<Trial> trials;
  for (std::uint32_t number = 0; number < plan.trainings_max; ++number) {
    if (number > 0 && monotonic_seconds() - begun > seconds_max) break;
    learn::ItemTraining tried = training;
    for (const Hyperparameter& range : plan.ranges) {
      const std::string value = number > 0 ? draw(range, random) : first_of(range, random);
      if (number == 0) {
        tried.hyperparameters.emplace(range.name, value);  // what was given stays
      } else {
        tried.hyperparameters[std::string(range.name)] = value;
      }
    }
    if (control.progress) control.progress(static_cast<double>(number) / plan.trainings_max, "tuning");
    trials.push_back({ tried.hyperparameters, TRY(value_of(dataset, tried, quiet(control))) });
  }
  std::ranges::stable_sort(trials, std::ranges::greater{}, &Trial::value);
  return trials;
}

std::vector<std::string_view> automatic_recipes() { return {"aws-user-personalization-v2", "aws-popularity-count"}; }

Result<std::string> choose_recipe(learn::Dataset& dataset, const learn::TrainingControl& control) {
  std::string best;
  double best_value = -1;
  for (const std::string_view recipe : automatic_recipes()) {
    const double value = TRY(value_of(dataset, {.recipe = std::string(recipe)}, quiet(control)));
    if (value > best_value) best = recipe;
    best_value = std::max(best_value, value);
  }
  return best;
}

}  // namespace rapport::training
