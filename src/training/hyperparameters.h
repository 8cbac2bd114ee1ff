#pragma once

#include <map>
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

// solutionConfig.algorithmHyperParameters; a number is read as its text.
Result<std::map<std::string, std::string>> hyperparameters_of(const json::object& details);
// eventType and solutionConfig.eventValueThreshold.
Result<InteractionFilter> filter_of(const json::object& details);

enum class ColumnList { kExcluded, kIncluded };
// solutionConfig.trainingDataConfig.{excluded,included}DatasetColumns of the items.
std::vector<std::string> item_columns_of(const json::object& details, ColumnList list);

}  // namespace rapport::training
