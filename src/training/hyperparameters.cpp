#include "training/hyperparameters.h"

#include <fmt/format.h>

#include "base/text.h"

namespace rapport::training {
namespace {

constexpr std::string_view kHiddenDimension = "hidden_dimension";
constexpr long long kHiddenDimensionMin = 32;
constexpr long long kHiddenDimensionMax = 256;

const json::object* config_of(const json::object& details) { return json::find_object(details, "solutionConfig"); }

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(json::view(value.get_string())) : json::serialize(value);
}

}  // namespace

Result<std::map<std::string, std::string>> hyperparameters_of(const json::object& details) {
  std::map<std::string, std::string> parameters;
  const json::object* config = config_of(details);
  const json::object* given = config == nullptr ? nullptr : json::find_object(*config, "algorithmHyperParameters");
  if (given == nullptr) return parameters;
  for (const auto& [name, value] : *given) {
    if (name != kHiddenDimension) {
      return fail(ErrorKind::kInvalid, fmt::format("The recipe has no hyperparameter {}", std::string_view(name)),
                  "algorithmHyperParameters");
    }
    const auto number = parse_integer(text_of(value));
    if (!number || *number < kHiddenDimensionMin || *number > kHiddenDimensionMax) {
      return fail(ErrorKind::kInvalid,
                  fmt::format("hidden_dimension must be a whole number from {} to {}, not {}", kHiddenDimensionMin,
                              kHiddenDimensionMax, text_of(value)),
                  "algorithmHyperParameters");
    }
    parameters.emplace(name, text_of(value));
  }
  return parameters;
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

std::vector<std::string> item_columns_of(const json::object& details, ColumnList list) {
  std::vector<std::string> columns;
  const json::object* config = config_of(details);
  const json::object* data = config == nullptr ? nullptr : json::find_object(*config, "trainingDataConfig");
  const json::object* by_type =
      data == nullptr ? nullptr
                      : json::find_object(
                            *data, list == ColumnList::kExcluded ? "excludedDatasetColumns" : "includedDatasetColumns");
  if (by_type == nullptr) return columns;
  for (const auto& [type, names] : *by_type) {
    if (!equals_ignore_case(std::string_view(type), "ITEMS") || !names.is_array()) continue;
    for (const json::value& name : names.get_array()) columns.push_back(text_of(name));
  }
  return columns;
}

}  // namespace rapport::training
