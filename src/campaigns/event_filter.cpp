#include "campaigns/event_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rapport::campaigns {
namespace {

constexpr std::string_view kPath = "Schedule.EventFilter";
constexpr std::array<std::string_view, 6> kAttributeTypes = {"INCLUSIVE", "EXCLUSIVE", "CONTAINS",
                                                             "BEFORE",    "AFTER",     "BETWEEN"};
constexpr std::array<std::string_view, 5> kComparisons = {"GREATER_THAN", "LESS_THAN", "GREATER_THAN_OR_EQUAL",
                                                          "LESS_THAN_OR_EQUAL", "EQUAL"};

std::unexpected<Error> invalid(std::string message, std::string_view member) {
  return fail(ErrorKind::kInvalid, std::move(message), fmt::format("{}.{}", kPath, member));
}

std::vector<std::string> texts_of(const json::object& dimension) {
  std::vector<std::string> texts;
  const json::array* values = json::find_array(dimension, "Values");
  if (values == nullptr) return texts;
  for (const json::value& value : *values) {
    if (value.is_string()) texts.emplace_back(json::view(value.get_string()));
  }
  return texts;
}

bool has(const std::vector<std::string>& values, const std::string& text) {
  return std::ranges::find(values, text) != values.end();
}

// As in a segment: BEFORE and AFTER compare with one date, BETWEEN with two.
Status check_values(std::string_view kind, const std::vector<std::string>& values, const std::string& member) {
  if (values.empty()) return invalid("An attribute needs Values", member);
  if (kind != "BEFORE" && kind != "AFTER" && kind != "BETWEEN") return {};
  const std::size_t wanted = kind == "BETWEEN" ? 2 : 1;
  if (values.size() == wanted &&
      std::ranges::all_of(values, [](const auto& text) { return parse_iso8601(text).has_value(); })) {
    return {};
  }
  return invalid(
      fmt::format("Values must hold {} in ISO 8601 form for {}", wanted == 1 ? "one date" : "two dates", kind),
      member + ".Values");
}

// Dates are compared as in a segment: before the earliest, after the latest... of those given.
bool is_dated(std::string_view kind, const std::vector<std::string>& values, const std::string& text) {
  const auto date = parse_iso8601(text);
  if (!date) return false;
  std::vector<Timestamp> bounds;
  for (const std::string& value : values) {
    if (const auto bound = parse_iso8601(value)) bounds.push_back(*bound);
  }
  if (bounds.empty()) return false;
  const auto [low, high] = std::ranges::minmax(bounds);
  if (kind == "BEFORE") return *date < low;
  if (kind == "AFTER") return *date > low;
  return *date >= low && *date <= high;
}

}  // namespace

Result<EventFilter> EventFilter::read(const json::object& document) {
  EventFilter filter;
  filter.is_of_system_ = json::string_or(document, "FilterType") == "SYSTEM";
  const json::object* dimensions = json::find_object(document, "Dimensions");
  const json::object* type = dimensions == nullptr ? nullptr : json::find_object(*dimensions, "EventType");
  auto types = type == nullptr ? std::vector<std::string>() : texts_of(*type);
  if (types.empty()) return invalid("EventFilter needs Dimensions.EventType with Values", "Dimensions.EventType");
  const bool excludes = json::string_or(*type, "DimensionType", "INCLUSIVE") == "EXCLUSIVE";
  (excludes ? filter.excluded_types_ : filter.types_) = std::move(types);
  if (const json::object* attributes = json::find_object(*dimensions, "Attributes")) {
    for (const auto& [name, value] : *attributes) {
      if (!value.is_object()) continue;
      TextTest test{std::string(name), json::string_or(value.get_object(), "AttributeType", "INCLUSIVE"),
                    texts_of(value.get_object())};
      const std::string member = "Dimensions.Attributes." + test.name;
      if (std::ranges::find(kAttributeTypes, test.kind) == kAttributeTypes.end()) {
        return invalid("AttributeType must be INCLUSIVE, EXCLUSIVE, CONTAINS, BEFORE, AFTER or BETWEEN: " + test.kind,
                       member);
      }
      TRY(check_values(test.kind, test.values, member));
      filter.attributes_.push_back(std::move(test));
    }
  }
  if (const json::object* metrics = json::find_object(*dimensions, "Metrics")) {
    for (const auto& [name, value] : *metrics) {
      if (!value.is_object()) continue;
      NumberTest test{std::string(name), json::string_or(value.get_object(), "ComparisonOperator"),
                      json::find_number(value.get_object(), "Value").value_or(0)};
      if (std::ranges::find(kComparisons, test.comparison) == kComparisons.end()) {
        return invalid(
            "ComparisonOperator must be EQUAL, GREATER_THAN, LESS_THAN, GREATER_THAN_OR_EQUAL or "
            "LESS_THAN_OR_EQUAL: " +
                test.comparison,
            "Dimensions.Metrics." + test.name);
      }
      filter.metrics_.push_back(std::move(test));
    }
  }
  return filter;
}

bool EventFilter::TextTest::holds(const events::Event& event) const {
  const auto found = std::ranges::find(event.attributes, name, [](const auto& pair) { return pair.first; });
  if (kind == "EXCLUSIVE") return found == event.attributes.end() || !has(values, found->second);
  if (found == event.attributes.end()) return false;
  if (kind == "INCLUSIVE") return has(values, found->second);
  if (kind == "CONTAINS") {
    return std::ranges::any_of(values,
                               [&](const std::string& text) { return found->second.find(text) != std::string::npos; });
  }
  return is_dated(kind, values, found->second);
}

bool EventFilter::NumberTest::holds(const events::Event& event) const {
  const auto found = std::ranges::find(event.metrics, name, [](const auto& pair) { return pair.first; });
  if (found == event.metrics.end()) return false;
  const double number = found->second;
  if (comparison == "GREATER_THAN") return number > value;
  if (comparison == "LESS_THAN") return number < value;
  if (comparison == "GREATER_THAN_OR_EQUAL") return number >= value;
  if (comparison == "LESS_THAN_OR_EQUAL") return number <= value;
  return number == value;
}

bool EventFilter::matches(const events::Event& event) const {
  if (!types_.empty() && !has(types_, event.type)) return false;
  if (has(excluded_types_, event.type)) return false;
  return std::ranges::all_of(attributes_, [&](const TextTest& test) { return test.holds(event); }) &&
         std::ranges::all_of(metrics_, [&](const NumberTest& test) { return test.holds(event); });
}

}  // namespace rapport::campaigns
