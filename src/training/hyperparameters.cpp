#include "training/hyperparameters.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace rapport::training {
namespace {

using Kind = Hyperparameter::Kind;
using Tunable = Hyperparameter::Tunable;

constexpr std::uint32_t kTrainingsMax = 40;
constexpr std::size_t kEventTypesMax = 10;
constexpr std::string_view kAlgorithm = "algorithmHyperParameters";
constexpr std::string_view kFeatures = "featureTransformationParameters";

constexpr std::string_view kTruth[] = {"true", "false"};
constexpr std::string_view kTrendWindows[] = {"30 minutes", "1 hour", "3 hours", "1 day"};

constexpr Hyperparameter kAffinity[] = {{"hidden_dimension", Kind::kInteger, "149", 32, 256}};
constexpr Hyperparameter kVersionTwo[] = {{"apply_recency_bias", Kind::kCategorical, "true", 0, 0, kTruth},
                                          {"network_millions", Kind::kInteger, "0", 0, 1000}};
constexpr Hyperparameter kVersionOne[] = {{"hidden_dimension", Kind::kInteger, "149", 32, 256, {}, Tunable::kYes},
                                          {"bptt", Kind::kInteger, "32", 2, 32, {}, Tunable::kYes},
                                          {"recency_mask", Kind::kCategorical, "true", 0, 0, kTruth, Tunable::kYes},
                                          {"network_millions", Kind::kInteger, "0", 0, 1000}};
constexpr Hyperparameter kSimilarItems[] = {
    {"item_id_hidden_dim", Kind::kInteger, "100", 30, 200, {}, Tunable::kYes},
    {"item_metadata_hidden_dim", Kind::kInteger, "100", 30, 200, {}, Tunable::kYes}};
constexpr Hyperparameter kSims[] = {{"popularity_discount_factor", Kind::kContinuous, "0.5", 0, 1, {}, Tunable::kYes},
                                    {"min_cointeraction_count", Kind::kInteger, "3", 0, 10, {}, Tunable::kYes}};

constexpr Hyperparameter kHistoryLengths[] = {{"min_user_history_length_percentile", Kind::kContinuous, "0.0", 0, 1},
                                              {"max_user_history_length_percentile", Kind::kContinuous, "0.99", 0, 1}};
constexpr Hyperparameter kSimsFeatures[] = {{"min_user_history_length_percentile", Kind::kContinuous, "0.005", 0, 1},
                                            {"max_user_history_length_percentile", Kind::kContinuous, "0.995", 0, 1},
                                            {"min_item_interaction_count_percentile", Kind::kContinuous, "0.01", 0, 1},
                                            {"max_item_interaction_count_percentile", Kind::kContinuous, "0.9", 0, 1}};
constexpr Hyperparameter kTrending[] = {
    {"trend_discovery_frequency", Kind::kCategorical, "3 hours", 0, 0, kTrendWindows}};
constexpr Hyperparameter kActions[] = {{"action_optimization_period", Kind::kInteger, "14", 7, 28}};

struct RecipeParameters {
  std::string_view recipe;
  std::span<const Hyperparameter> algorithm;
  std::span<const Hyperparameter> features = {};
};

constexpr RecipeParameters kParameters[] = {
    {"aws-user-personalization-v2", kVersionTwo},
    {"aws-personalized-ranking-v2", kVersionTwo},
    {"aws-user-personalization", kVersionOne, kHistoryLengths},
    {"aws-personalized-ranking", kVersionOne, kHistoryLengths},
    {"aws-hrnn", kVersionOne, kHistoryLengths},
    {"aws-hrnn-metadata", kVersionOne, kHistoryLengths},
    {"aws-hrnn-coldstart", kVersionOne, kHistoryLengths},
    {"aws-similar-items", kSimilarItems},
    {"aws-sims", kSims, kSimsFeatures},
    {"aws-trending-now", {}, kTrending},
    {"aws-item-affinity", kAffinity},
    {"aws-item-attribute-affinity", kAffinity},
    {"aws-next-best-action", {}, kActions},
};

const RecipeParameters* find(std::string_view recipe) {
  const auto found = std::ranges::find(kParameters, recipe, &RecipeParameters::recipe);
  return found == std::end(kParameters) ? nullptr : found;
}

const Hyperparameter* find(std::span<const Hyperparameter> known, std::string_view name) {
  const auto found = std::ranges::find(known, name, &Hyperparameter::name);
  return found == known.end() ? nullptr : &*found;
}

const json::object* config_of(const json::object& details) { return json::find_object(details, "solutionConfig"); }

const json::object* object_in(const json::object* outer, std::string_view member) {
  return outer == nullptr ? nullptr : json::find_object(*outer, member);
}

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(json::view(value.get_string())) : json::serialize(value);
}

Status check_value(const Hyperparameter& parameter, const std::string& text, std::string_view member) {
  if (parameter.kind == Kind::kCategorical) {
    if (std::ranges::any_of(parameter.categories, [&](auto one) { return equals_ignore_case(one, text); })) return {};
    return fail(
        ErrorKind::kInvalid,
        fmt::format("{} must be one of {}, not {}", parameter.name, fmt::join(parameter.categories, ", "), text),
        std::string(member));
  }
  const bool whole = parameter.kind == Kind::kInteger;
  const auto number = whole && !parse_integer(text) ? std::nullopt : parse_double(text);
  if (number && *number >= parameter.min && *number <= parameter.max) return {};
  return fail(ErrorKind::kInvalid,
              fmt::format("{} must be a {}number from {} to {}, not {}", parameter.name, whole ? "whole " : "",
                          parameter.min, parameter.max, text),
              std::string(member));
}

std::unexpected<Error> bad_range(std::string_view why) {
  return fail(ErrorKind::kInvalid, std::string(why), "hyperParameterRanges");
}

// The documented parameter that a range is about.
Result<const Hyperparameter*> tunable(std::span<const Hyperparameter> known, const json::object& range, Kind kind) {
  const std::string name = json::string_or(range, "name");
  const Hyperparameter* parameter = find(known, name);
  if (parameter == nullptr || parameter->tunable == Tunable::kNo || parameter->kind != kind) {
    return bad_range(fmt::format("The recipe has no such hyperparameter to tune: {}", name));
  }
  return parameter;
}

Status add_number_range(std::span<const Hyperparameter> known, const json::object& range, Kind kind, TuningPlan& plan) {
  Hyperparameter narrowed = *TRY(tunable(known, range, kind));
  narrowed.min = json::find_number(range, "minValue").value_or(narrowed.min);
  const double min = find(known, narrowed.name)->min;
  const double max = find(known, narrowed.name)->max;
  narrowed.max = json::find_number(range, "maxValue").value_or(narrowed.max);
  if (narrowed.min < min || narrowed.max > max || narrowed.min > narrowed.max) {
    return bad_range(fmt::format("The range of {} must lie within {} to {}", narrowed.name, min, max));
  }
  plan.ranges.push_back(narrowed);
  return {};
}

Status add_category_range(std::span<const Hyperparameter> known, const json::object& range, TuningPlan& plan) {
  Hyperparameter narrowed = *TRY(tunable(known, range, Kind::kCategorical));
  const json::value* values = json::find(range, "values");
  std::vector<std::string_view> kept;
  if (values != nullptr && values->is_array()) {
    for (const json::value& value : values->get_array()) {
      TRY(check_value(narrowed, text_of(value), "hyperParameterRanges"));
      for (const std::string_view known_value : narrowed.categories) {
        if (equals_ignore_case(known_value, text_of(value))) kept.push_back(known_value);
      }
    }
  }
  if (kept.size() == 1) narrowed.categories = narrowed.categories.subspan(kept[0] == narrowed.categories[0] ? 0 : 1, 1);
  plan.ranges.push_back(narrowed);
  return {};
}

template <class Visit>
Status for_each_object(const json::object& in, std::string_view member, const Visit& visit) {
  const json::value* list = json::find(in, member);
  if (list == nullptr || !list->is_array()) return {};
  for (const json::value& one : list->get_array()) {
    if (one.is_object()) TRY(visit(one.get_object()));
  }
  return {};
}

Status read_ranges(const json::object& ranges, std::span<const Hyperparameter> known, TuningPlan& plan) {
  TRY(for_each_object(ranges, "integerHyperParameterRanges",
                      [&](const json::object& range) { return add_number_range(known, range, Kind::kInteger, plan); }));
  TRY(for_each_object(ranges, "continuousHyperParameterRanges", [&](const json::object& range) {
    return add_number_range(known, range, Kind::kContinuous, plan);
  }));
  return for_each_object(ranges, "categoricalHyperParameterRanges",
                         [&](const json::object& range) { return add_category_range(known, range, plan); });
}

}  // namespace

std::span<const Hyperparameter> hyperparameters_of_recipe(std::string_view recipe) {
  const RecipeParameters* found = find(recipe);
  return found == nullptr ? std::span<const Hyperparameter>() : found->algorithm;
}

std::span<const Hyperparameter> feature_parameters_of_recipe(std::string_view recipe) {
  const RecipeParameters* found = find(recipe);
  return found == nullptr ? std::span<const Hyperparameter>() : found->features;
}

Result<std::map<std::string, std::string>> checked_parameters(const json::object& given,
                                                              std::span<const Hyperparameter> known,
                                                              std::string_view member) {
  std::map<std::string, std::string> parameters;
  for (const auto& [name, value] : given) {
    const Hyperparameter* parameter = find(known, std::string_view(name));
    if (parameter == nullptr) {
      return fail(ErrorKind::kInvalid, fmt::format("The recipe has no hyperparameter {}", std::string_view(name)),
                  std::string(member));
    }
    TRY(check_value(*parameter, text_of(value), member));
    parameters.emplace(name, text_of(value));
  }
  return parameters;
}

Result<std::map<std::string, std::string>> hyperparameters_of(const json::object& details, std::string_view recipe) {
  std::map<std::string, std::string> parameters;
  const json::object* algorithm = object_in(config_of(details), kAlgorithm);
  if (algorithm != nullptr) {
    parameters = TRY(checked_parameters(*algorithm, hyperparameters_of_recipe(recipe), kAlgorithm));
  }
  const json::object* features = object_in(config_of(details), kFeatures);
  if (features != nullptr) {
    parameters.merge(TRY(checked_parameters(*features, feature_parameters_of_recipe(recipe), kFeatures)));
  }
  return parameters;
}

Result<std::optional<TuningPlan>> tuning_plan_of(const json::object& details, std::string_view recipe) {
  if (!json::find_bool(details, "performHPO").value_or(false)) return std::nullopt;
  const std::span<const Hyperparameter> known = hyperparameters_of_recipe(recipe);
  TuningPlan plan;
  const json::object* tuning = object_in(config_of(details), "hpoConfig");
  const json::object* ranges = object_in(tuning, "algorithmHyperParameterRanges");
  if (ranges != nullptr) TRY(read_ranges(*ranges, known, plan));
  if (plan.ranges.empty()) {
    std::ranges::copy_if(known, std::back_inserter(plan.ranges),
                         [](const Hyperparameter& parameter) { return parameter.tunable == Tunable::kYes; });
  }
  if (plan.ranges.empty()) {
    return fail(ErrorKind::kInvalid,
                fmt::format("performHPO is not possible: the recipe {} has nothing to tune", recipe), "performHPO");
  }
  const json::object* resources = object_in(tuning, "hpoResourceConfig");
  if (resources == nullptr) return plan;
  const json::value* most = json::find(*resources, "maxNumberOfTrainingJobs");
  const auto number = most == nullptr ? plan.trainings_max : parse_integer(text_of(*most)).value_or(0);
  if (number < 1 || number > kTrainingsMax) {
    return fail(ErrorKind::kInvalid, fmt::format("maxNumberOfTrainingJobs must be from 1 to {}", kTrainingsMax),
                "maxNumberOfTrainingJobs");
  }
  plan.trainings_max = static_cast<std::uint32_t>(number);
  return plan;
}

Result<InteractionFilter> filter_of(const json::object& details) {
  InteractionFilter filter{.event_type = json::string_or(details, "eventType")};
  const json::object* config = config_of(details);
  const json::value* threshold = config == nullptr ? nullptr : json::find(*config, "eventValueThreshold");
  if (threshold == nullptr) return filter;
  filter.event_value_at_least = parse_double(text_of(*threshold));
  if (!filter.event_value_at_least) {
    return fail(ErrorKind::kInvalid, fmt::format("eventValueThreshold must be a number, not {}", text_of(*threshold)),
                "eventValueThreshold");
  }
  return filter;
}

Result<std::vector<EventWeight>> event_weights_of(const json::object& details, std::string_view recipe) {
  std::vector<EventWeight> weights;
  const json::object* config = object_in(config_of(details), "eventsConfig");
  if (config == nullptr) return weights;
  if (!recipe.ends_with("-v2")) {
    return fail(ErrorKind::kInvalid, fmt::format("The recipe {} takes no eventsConfig", recipe), "eventsConfig");
  }
  TRY(for_each_object(*config, "eventParametersList", [&](const json::object& event) -> Status {
    EventWeight weight{.event_type = json::string_or(event, "eventType"),
                       .event_value_at_least = json::find_number(event, "eventValueThreshold"),
                       .weight = static_cast<float>(json::find_number(event, "weight").value_or(1))};
    if (weight.event_type.empty()) {
      return fail(ErrorKind::kInvalid, "Every entry of eventParametersList must name its eventType", "eventsConfig");
    }
    weights.push_back(std::move(weight));
    return {};
  }));
  if (weights.size() <= kEventTypesMax) return weights;
  return fail(ErrorKind::kInvalid, fmt::format("eventParametersList may have at most {} entries", kEventTypesMax),
              "eventsConfig");
}

Result<Objective> objective_of(const json::object& details, std::string_view recipe) {
  Objective objective;
  const json::object* given = object_in(config_of(details), "optimizationObjective");
  if (given == nullptr) return objective;
  const auto wrong = [](std::string why) { return fail(ErrorKind::kInvalid, std::move(why), "optimizationObjective"); };
  if (recipe != "aws-user-personalization" && recipe != "aws-personalized-ranking") {
    return wrong(fmt::format("The recipe {} takes no optimizationObjective", recipe));
  }
  objective.item_column = json::string_or(*given, "itemAttribute");
  if (objective.item_column.empty()) return wrong("Name the column of the objective as itemAttribute");
  using enum learn::ObjectiveSensitivity;
  static constexpr std::pair<std::string_view, learn::ObjectiveSensitivity> kNames[] = {
      {"OFF", kOff}, {"LOW", kLow}, {"", kMedium}, {"MEDIUM", kMedium}, {"HIGH", kHigh}};
  const std::string name = json::string_or(*given, "objectiveSensitivity");
  const auto* found = std::ranges::find(kNames, std::string_view(name), [](const auto& one) { return one.first; });
  if (found == std::end(kNames)) return wrong(fmt::format("There is no objectiveSensitivity {}", name));
  objective.sensitivity = found->second;
  return objective;
}

std::vector<std::string> columns_of(const json::object& details, ColumnList list, std::string_view dataset_type) {
  std::vector<std::string> columns;
  const json::object* by_type =
      object_in(object_in(config_of(details), "trainingDataConfig"),
                list == ColumnList::kExcluded ? "excludedDatasetColumns" : "includedDatasetColumns");
  if (by_type == nullptr) return columns;
  for (const auto& [type, names] : *by_type) {
    if (!equals_ignore_case(std::string_view(type), dataset_type) || !names.is_array()) continue;
    for (const json::value& name : names.get_array()) columns.push_back(text_of(name));
  }
  return columns;
}

}  // namespace rapport::training
