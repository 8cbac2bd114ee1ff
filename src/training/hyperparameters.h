#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/json.h"
#include "training/training_data.h"

// What a solution's details (the wire's members) mean for a training. kInvalid names the member at fault.
namespace rapport::training {

// Of our own in a version's details.
inline constexpr std::string_view kModelKey = "rapport.modelKey";
inline constexpr std::string_view kMetrics = "rapport.metrics";

// Of a recipe by its name: what is given as algorithmHyperParameters, and as featureTransformationParameters.
std::span<const Hyperparameter> hyperparameters_of_recipe(std::string_view recipe);
std::span<const Hyperparameter> feature_parameters_of_recipe(std::string_view recipe);

// solutionConfig.algorithmHyperParameters and featureTransformationParameters, checked; a number is read as its text.
Result<std::map<std::string, std::string>> hyperparameters_of(const json::object& details, std::string_view recipe);
// The values alone; `member` is named in errors.
Result<std::map<std::string, std::string>> checked_parameters(const json::object& given,
                                                              std::span<const Hyperparameter> known,
                                                              std::string_view member);

// solutionConfig.hpoConfig; nothing when performHPO is not set. kInvalid when the recipe has nothing to tune or a range
// is not within the documented one.
Result<std::optional<TuningPlan>> tuning_plan_of(const json::object& details, std::string_view recipe);

// eventType and solutionConfig.eventValueThreshold.
Result<InteractionFilter> filter_of(const json::object& details);
// solutionConfig.eventsConfig.
Result<std::vector<EventWeight>> event_weights_of(const json::object& details, std::string_view recipe);

// solutionConfig.optimizationObjective; MEDIUM unless it says how sensitive it is.
Result<Objective> objective_of(const json::object& details, std::string_view recipe);

enum class ColumnList { kExcluded, kIncluded };
// solutionConfig.trainingDataConfig.{excluded,included}DatasetColumns of a dataset type ("ITEMS").
std::vector<std::string> columns_of(const json::object& details, ColumnList list, std::string_view dataset_type);

}  // namespace rapport::training
