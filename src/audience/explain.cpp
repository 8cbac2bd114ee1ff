#include "audience/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "audience/dimensions.h"

namespace rapport::audience {
namespace {

constexpr int kDepthMax = 16;
constexpr std::size_t kWordsBytesMax = 200;

// Texts of a list one after the other, cut off when there are many.
std::string words_of(const json::value* value) {
  if (value == nullptr) return {};
  if (value->is_string()) return std::string(json::view(value->get_string()));
  if (!value->is_array()) return json::serialize(*value);
  std::string words;
  for (const auto& element : value->get_array()) {
    if (!words.empty()) words += ", ";
    if (words.size() > kWordsBytesMax) return words + "...";
    words += element.is_string() ? std::string(json::view(element.get_string())) : json::serialize(element);
  }
  return words;
}

std::string_view verb_of(std::string_view type) {
  if (type == "EXCLUSIVE") return "is none of";
  if (type == "CONTAINS") return "contains one of";
  if (type == "BEFORE") return "is before";
  if (type == "AFTER") return "is after";
  if (type == "ON") return "is on the day of";
  if (type == "BETWEEN") return "is between";
  return "is one of";
}

std::string_view sign_of(std::string_view comparison) {
  if (comparison == "GREATER_THAN") return ">";
  if (comparison == "LESS_THAN") return "<";
  if (comparison == "GREATER_THAN_OR_EQUAL") return ">=";
  if (comparison == "LESS_THAN_OR_EQUAL") return "<=";
  return "=";
}

Explanation combine(std::string path, std::string_view kind, std::string_view what, std::vector<Explanation> parts) {
  Combination combination(kind);
  for (const auto& part : parts) combination.add(part.holds);
  const std::string_view words = kind == "ANY" ? "any" : kind == "NONE" ? "none" : "all";
  return {.path = std::move(path),
          .rule = fmt::format("{} of these {} must hold", words, what),
          .holds = combination.holds(),
          .parts = std::move(parts)};
}

// Explains one endpoint; sources are read as they are met.
class Explainer {
 public:
  Explainer(const Endpoint& endpoint, const SegmentSources& sources, Timestamp now)
      : endpoint_(endpoint), document_(endpoint.document()), sources_(sources), now_(now) {}

  Result<Explanation> segment(const Segment& segment, std::string path, int depth) const {
    if (segment.type == SegmentType::kImport) {
      const bool listed = TRY(sources_.is_imported({segment.app, segment.id, segment.version}, endpoint_));
      return Explanation{.path = std::move(path),
                         .rule = fmt::format("is on the imported list \"{}\"", segment.name),
                         .actual = listed ? "listed" : "not listed",
                         .holds = listed};
    }
    if (const auto* given = json::find_object(segment.definition, "Dimensions")) {
      return dimensions(segment.app, *given, path + "Dimensions");
    }
    const auto* groups = json::find_object(segment.definition, "SegmentGroups");
    if (groups == nullptr) return Explanation{.path = std::move(path), .rule = "every endpoint", .holds = true};
    return combination(segment.app, *groups, path + "SegmentGroups", depth);
  }

 private:
  // Explains the one dimension that `dimensions` holds.
  Explanation leaf(std::string path, std::string rule, const json::value* actual,
                   const json::object& dimensions) const {
    return {.path = std::move(path),
            .rule = std::move(rule),
            .actual = words_of(actual),
            .holds = matches_dimensions(dimensions, document_, now_)};
  }

  const json::value* held(std::string_view group, std::string_view name) const {
    const json::object* holder = &document_;
    if (group == "UserAttributes") holder = json::find_object(document_, "User");
    if (holder != nullptr && !group.empty()) holder = json::find_object(*holder, group);
    return holder == nullptr ? nullptr : json::find(*holder, name);
  }

  static std::string rule_of(std::string_view member, std::string_view name, const json::object& dimension) {
    if (member == "Metrics") {
      return fmt::format("{}.{} {} {}", member, name, sign_of(json::string_or(dimension, "ComparisonOperator")),
                         json::find_number(dimension, "Value").value_or(0));
    }
    const bool attribute = member == "Attributes" || member == "UserAttributes";
    const std::string type = json::string_or(dimension, attribute ? "AttributeType" : "DimensionType", "INCLUSIVE");
    return fmt::format("{}.{} {} {}", member, name, verb_of(type), words_of(json::find(dimension, "Values")));
  }

  void named(const json::object& dimensions, std::string_view member, const std::string& path,
             std::vector<Explanation>& parts) const {
    const auto* list = json::find_object(dimensions, member);
    if (list == nullptr) return;
    for (const auto& [key, value] : *list) {
      const std::string_view name = key;
      if (name == "GPSPoint" || !value.is_object()) continue;
      const json::value* actual =
          member == "Demographic" && name == "Channel" ? held("", "ChannelType") : held(member, name);
      const bool is_map = member != "Demographic" && member != "Location";
      const std::string step = is_map ? fmt::format(R"(["{}"])", name) : fmt::format(".{}", name);
      parts.push_back(leaf(fmt::format("{}.{}{}", path, member, step), rule_of(member, name, value.get_object()),
                           actual, {{member, {{name, value}}}}));
    }
  }

  void point(const json::object& dimensions, const std::string& path, std::vector<Explanation>& parts) const {
    const auto* location = json::find_object(dimensions, "Location");
    const auto* point = location ? json::find(*location, "GPSPoint") : nullptr;
    if (point == nullptr || !point->is_object()) return;
    const auto* center = json::find(point->get_object(), "Coordinates");
    const json::value actual = {{"Latitude", value_or_null(held("Location", "Latitude"))},
                                {"Longitude", value_or_null(held("Location", "Longitude"))}};
    parts.push_back(
        leaf(path + ".Location.GPSPoint",
             fmt::format("is within {} km of {}",
                         json::find_number(point->get_object(), "RangeInKilometers").value_or(0), words_of(center)),
             &actual, {{"Location", {{"GPSPoint", *point}}}}));
  }

  static json::value value_or_null(const json::value* value) { return value == nullptr ? json::value() : *value; }

  void recency(const json::object& dimensions, const std::string& path, std::vector<Explanation>& parts) const {
    const auto* behavior = json::find_object(dimensions, "Behavior");
    const auto* recency = behavior ? json::find_object(*behavior, "Recency") : nullptr;
    if (recency == nullptr) return;
    parts.push_back(leaf(
        path + ".Behavior.Recency",
        fmt::format("is {} in {}", json::string_or(*recency, "RecencyType"), json::string_or(*recency, "Duration")),
        held("", "EffectiveDate"), {{"Behavior", *behavior}}));
  }

  Status events(const std::string& app, const json::object& dimensions, const std::string& path,
                std::vector<Explanation>& parts) const {
    const auto criteria = TRY(event_criteria(dimensions, json::MemberPath::root()));
    for (std::size_t i = 0; i < criteria.size(); ++i) {
      const Doers doers = TRY(sources_.who_did(app, criteria[i], now_));
      const bool did = doers.hold(endpoint_.key_id(), endpoint_.user_id());
      parts.push_back({.path = fmt::format("{}.Behavior.Events[{}]", path, i),
                       .rule = fmt::format("{} {}", criteria[i].did ? "did" : "did not", criteria[i].name),
                       .actual = did ? "did" : "did not",
                       .holds = did == criteria[i].did});
    }
    return {};
  }

  Result<Explanation> dimensions(const std::string& app, const json::object& given, std::string path) const {
    std::vector<Explanation> parts;
    for (const auto member : {"Attributes", "UserAttributes", "Metrics", "Demographic", "Location"}) {
      named(given, member, path, parts);
    }
    point(given, path, parts);
    recency(given, path, parts);
    TRY(events(app, given, path, parts));
    return combine(std::move(path), "ALL", "dimensions", std::move(parts));
  }

  Result<Explanation> group(const std::string& app, const json::object& group, std::string path, int depth) const {
    std::vector<Explanation> from;
    if (const auto* list = json::find_array(group, "SourceSegments")) {
      for (const auto& source : *list)
        from.push_back(TRY(this->source(app, source.as_object(), path, from.size(), depth)));
    }
    std::vector<Explanation> where;
    if (const auto* list = json::find_array(group, "Dimensions")) {
      for (const auto& given : *list) {
        where.push_back(TRY(dimensions(app, given.as_object(), fmt::format("{}.Dimensions[{}]", path, where.size()))));
      }
    }
    std::vector<Explanation> parts;
    if (!from.empty()) {
      parts.push_back(
          combine(path + ".SourceSegments", json::string_or(group, "SourceType"), "source segments", std::move(from)));
    }
    if (!where.empty()) {
      parts.push_back(combine(path + ".Dimensions", json::string_or(group, "Type"), "conditions", std::move(where)));
    }
    return combine(std::move(path), "ALL", "parts", std::move(parts));
  }

  Result<Explanation> source(const std::string& app, const json::object& source, const std::string& path,
                             std::size_t position, int depth) const {
    const SegmentRef ref{app, json::string_or(source, "Id"), json::find_integer(source, "Version").value_or(0)};
    if (depth >= kDepthMax) {
      return fail(ErrorKind::kInvalid, "Segments are made of each other in a circle: " + ref.segment, "SourceSegments");
    }
    const auto loaded = TRY(sources_.load(ref));
    auto inner = TRY(segment(loaded, "", depth + 1));
    Explanation whole{
        .path = fmt::format("{}.SourceSegments[{}]", path, position),
        .rule = fmt::format("is in the segment \"{}\" ({}, version {})", loaded.name, loaded.id, loaded.version),
        .holds = inner.holds};
    whole.parts.push_back(std::move(inner));
    return whole;
  }

  Result<Explanation> combination(const std::string& app, const json::object& given, std::string path,
                                  int depth) const {
    std::vector<Explanation> parts;
    if (const auto* list = json::find_array(given, "Groups")) {
      for (const auto& one : *list) {
        parts.push_back(TRY(group(app, one.as_object(), fmt::format("{}.Groups[{}]", path, parts.size()), depth)));
      }
    }
    return combine(std::move(path), json::string_or(given, "Include"), "groups", std::move(parts));
  }

  const Endpoint& endpoint_;
  const json::object document_;
  const SegmentSources& sources_;
  const Timestamp now_;
};

}  // namespace

Result<Explanation> explain(const Segment& segment, const Endpoint& endpoint, const SegmentSources& sources,
                            Timestamp now) {
  return Explainer(endpoint, sources, now).segment(segment, "", 0);
}

}  // namespace rapport::audience
