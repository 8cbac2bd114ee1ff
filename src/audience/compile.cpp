#include "audience/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "audience/distance.h"
#include "audience/row_encoder.h"

namespace rapport::audience {
namespace {

using index::Predicate;
using index::PredicatePtr;
using Range = index::NumberColumn::Range;

constexpr int kDepthMax = 16;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<std::string> texts_of(const json::object& dimension) {
  std::vector<std::string> texts;
  const auto* values = json::find_array(dimension, "Values");
  if (values == nullptr) return texts;
  for (const auto& value : *values) {
    if (value.is_string()) texts.emplace_back(json::view(value.get_string()));
  }
  std::ranges::sort(texts);
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

// Tells lists of texts apart whatever is in them.
std::string name_of(std::string_view kind, const std::vector<std::string>& texts) {
  std::string name(kind);
  for (const auto& text : texts) name += fmt::format(":{}:{}", text.size(), text);
  return name;
}

PredicatePtr is_one_of(std::string field, std::vector<std::string> texts) {
  if (texts.empty()) return Predicate::negation(Predicate::everything());
  std::string name = name_of("is", texts);
  return Predicate::text(std::move(field), {.matches = {}, .equal = std::move(texts), .name = std::move(name)});
}

PredicatePtr holds_one_of(std::string field, std::vector<std::string> texts) {
  std::string name = name_of("holds", texts);
  const auto matches = [texts = std::move(texts)](std::string_view value) {
    return std::ranges::any_of(texts, [&](const auto& text) { return value.find(text) != value.npos; });
  };
  return Predicate::text(std::move(field), {.matches = matches, .equal = {}, .name = std::move(name)});
}

double micros_of(std::string_view date) {
  return static_cast<double>(parse_iso8601(date).value_or(Timestamp{}).micros);
}

Range dates_of(std::string_view type, const json::object& dimension) {
  std::vector<double> dates;
  for (const auto& text : texts_of(dimension)) dates.push_back(micros_of(text));
  std::ranges::sort(dates);
  if (dates.empty()) return {.low = kInfinity, .low_open = true};
  if (type == "BEFORE") return {.high = dates.front(), .high_open = true};
  if (type == "AFTER") return {.low = dates.front(), .low_open = true};
  if (type == "BETWEEN") return {.low = dates.front(), .high = dates.back()};
  const auto day = static_cast<double>(kMicrosPerDay);
  const double start = std::floor(dates.front() / day) * day;
  return {.low = start, .high = start + day, .high_open = true};
}

PredicatePtr is_dated(std::string_view attribute, const Range& range) {
  const auto matches = [range](std::string_view text) {
    const auto micros = date_micros(text);
    return micros && range.contains(*micros);
  };
  std::string name =
      fmt::format("dated:{}{},{}{}", range.low_open ? '(' : '[', range.low, range.high, range.high_open ? ')' : ']');
  const std::string field = fmt::format("{}{}", kDateFields, attribute);
  return Predicate::any_of({Predicate::number(field, range),
                            Predicate::text(field, {.matches = matches, .equal = {}, .name = std::move(name)})});
}

PredicatePtr compile_attribute(std::string field, const json::object& dimension) {
  const std::string type = json::string_or(dimension, "AttributeType", "INCLUSIVE");
  if (type == "INCLUSIVE") return is_one_of(std::move(field), texts_of(dimension));
  if (type == "EXCLUSIVE") return Predicate::negation(is_one_of(std::move(field), texts_of(dimension)));
  if (type == "CONTAINS") return holds_one_of(std::move(field), texts_of(dimension));
  return is_dated(field, dates_of(type, dimension));
}

Range range_of(std::string_view comparison, double bound) {
  if (comparison == "GREATER_THAN") return {.low = bound, .low_open = true};
  if (comparison == "LESS_THAN") return {.high = bound, .high_open = true};
  if (comparison == "GREATER_THAN_OR_EQUAL") return {.low = bound};
  if (comparison == "LESS_THAN_OR_EQUAL") return {.high = bound};
  return {.low = bound, .high = bound};
}

PredicatePtr compile_metric(std::string field, const json::object& dimension) {
  return Predicate::number(std::move(field), range_of(json::string_or(dimension, "ComparisonOperator"),
                                                      json::find_number(dimension, "Value").value_or(0)));
}

PredicatePtr compile_set(std::string field, const json::object& dimension) {
  auto listed = is_one_of(std::move(field), texts_of(dimension));
  const bool excludes = json::string_or(dimension, "DimensionType", "INCLUSIVE") == "EXCLUSIVE";
  return excludes ? Predicate::negation(std::move(listed)) : listed;
}

PredicatePtr compile_point(const json::object& dimension) {
  const auto* coordinates = json::find_object(dimension, "Coordinates");
  if (coordinates == nullptr) return Predicate::negation(Predicate::everything());
  const Coordinates center{json::find_number(*coordinates, "Latitude").value_or(0),
                           json::find_number(*coordinates, "Longitude").value_or(0)};
  const double kilometers = json::find_number(dimension, "RangeInKilometers").value_or(0);
  const auto matches = [center, kilometers](double latitude, double longitude) {
    return is_within(center, {latitude, longitude}, kilometers);
  };
  const auto box = box_around(center, kilometers);
  return Predicate::pair(std::string(kLatitudeField), std::string(kLongitudeField),
                         {.first = {.low = box.south, .high = box.north},
                          .second = {.low = box.west, .high = box.east},
                          .matches = matches,
                          .name = fmt::format("within:{},{},{}", center.latitude, center.longitude, kilometers)});
}

PredicatePtr compile_recency(const json::object& recency, Timestamp now) {
  const std::string duration = json::string_or(recency, "Duration");
  const int days = duration == "HR_24" ? 1 : duration == "DAY_7" ? 7 : duration == "DAY_14" ? 14 : 30;
  const auto bound = static_cast<double>((now - days * kMicrosPerDay).micros);
  const bool inactive = json::string_or(recency, "RecencyType") == "INACTIVE";
  return Predicate::fleeting(Predicate::number(
      std::string(kEffectiveDateField), inactive ? Range{.high = bound, .high_open = true} : Range{.low = bound}));
}

using CompileOne = PredicatePtr (*)(std::string field, const json::object& dimension);

void compile_each(const json::object& dimensions, std::string_view member, std::string_view fields, CompileOne compile,
                  std::vector<PredicatePtr>& parts) {
  const auto* named = json::find_object(dimensions, member);
  if (named == nullptr) return;
  for (const auto& [name, dimension] : *named) {
    if (dimension.is_object())
      parts.push_back(compile(fmt::format("{}{}", fields, std::string_view(name)), dimension.get_object()));
  }
}

PredicatePtr combine(std::string_view kind, std::vector<PredicatePtr> parts) {
  if (parts.empty()) return Predicate::everything();
  if (kind == "ANY") return Predicate::any_of(std::move(parts));
  if (kind == "NONE") return Predicate::negation(Predicate::any_of(std::move(parts)));
  return Predicate::all_of(std::move(parts));
}

Result<PredicatePtr> compile_nested(const Segment& segment, const CompileSources& sources, Timestamp now, int depth);

Result<PredicatePtr> compile_source(const std::string& app, const json::object& source, const CompileSources& sources,
                                    Timestamp now, int depth) {
  const SegmentRef ref{app, json::string_or(source, "Id"), json::find_integer(source, "Version").value_or(0)};
  if (depth > kDepthMax) {
    return fail(ErrorKind::kInvalid, "Segments are made of each other in a circle: " + ref.segment, "SourceSegments");
  }
  return compile_nested(TRY(sources.load(ref)), sources, now, depth);
}

Result<PredicatePtr> compile_group(const std::string& app, const json::object& group, const CompileSources& sources,
                                   Timestamp now, int depth) {
  std::vector<PredicatePtr> from;
  if (const auto* list = json::find_array(group, "SourceSegments")) {
    for (const auto& source : *list) {
      from.push_back(TRY(compile_source(app, source.as_object(), sources, now, depth + 1)));
    }
  }
  std::vector<PredicatePtr> where;
  if (const auto* list = json::find_array(group, "Dimensions")) {
    for (const auto& dimensions : *list) {
      where.push_back(TRY(compile_dimensions(app, dimensions.as_object(), sources, now)));
    }
  }
  return Predicate::all_of({combine(json::string_or(group, "SourceType"), std::move(from)),
                            combine(json::string_or(group, "Type"), std::move(where))});
}

Result<PredicatePtr> compile_nested(const Segment& segment, const CompileSources& sources, Timestamp now, int depth) {
  if (segment.type == SegmentType::kImport) {
    return Predicate::members(TRY(sources.list(segment)));
  }
  if (const auto* dimensions = json::find_object(segment.definition, "Dimensions")) {
    return compile_dimensions(segment.app, *dimensions, sources, now);
  }
  const auto* description = json::find_object(segment.definition, "SegmentGroups");
  if (description == nullptr) return Predicate::everything();
  std::vector<PredicatePtr> groups;
  if (const auto* list = json::find_array(*description, "Groups")) {
    for (const auto& group : *list) {
      groups.push_back(TRY(compile_group(segment.app, group.as_object(), sources, now, depth)));
    }
  }
  return combine(json::string_or(*description, "Include"), std::move(groups));
}

}  // namespace

Result<PredicatePtr> compile(const Segment& segment, const CompileSources& sources, Timestamp now) {
  return compile_nested(segment, sources, now, 0);
}

Result<PredicatePtr> compile_dimensions(const std::string& app, const json::object& dimensions,
                                        const CompileSources& sources, Timestamp now) {
  std::vector<PredicatePtr> parts;
  compile_each(dimensions, "Attributes", kAttributeFields, compile_attribute, parts);
  compile_each(dimensions, "UserAttributes", kUserAttributeFields, compile_attribute, parts);
  compile_each(dimensions, "Metrics", kMetricFields, compile_metric, parts);
  compile_each(dimensions, "Demographic", kDemographicFields, compile_set, parts);
  if (const auto* location = json::find_object(dimensions, "Location")) {
    if (const auto* country = json::find_object(*location, "Country")) {
      parts.push_back(compile_set(std::string(kCountryField), *country));
    }
    if (const auto* point = json::find_object(*location, "GPSPoint")) parts.push_back(compile_point(*point));
  }
  const auto* behavior = json::find_object(dimensions, "Behavior");
  const auto* recency = behavior ? json::find_object(*behavior, "Recency") : nullptr;
  if (recency != nullptr) parts.push_back(compile_recency(*recency, now));
  for (const EventCriterion& criterion : TRY(event_criteria(dimensions, json::MemberPath::root()))) {
    PredicatePtr did = TRY(sources.who_did(app, criterion, now))
    .predicate();
    parts.push_back(criterion.did ? std::move(did) : Predicate::negation(std::move(did)));
  }
  return Predicate::all_of(std::move(parts));
}

}  // namespace rapport::audience
