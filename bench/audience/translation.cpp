#include "translation.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "base/check.h"

namespace rapport::bench {
namespace {

constexpr double kEarthRadiusKilometers = 6371.0088;
constexpr double kKilometersPerDegree = 111.0;

using Parts = std::vector<std::string>;

std::string joined(const Parts& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

// ALL, ANY or NONE of conditions.
std::string combined(const Parts& parts, const std::string& kind) {
  if (parts.empty()) return "TRUE";
  if (kind == "ANY") return "(" + joined(parts, " OR ") + ")";
  if (kind == "NONE") return "NOT COALESCE(" + joined(parts, " OR ") + ", FALSE)";
  return "(" + joined(parts, " AND ") + ")";
}

Parts texts_of(const json::object& dimension) {
  Parts texts;
  for (const auto& value : *json::find_array(dimension, "Values")) texts.emplace_back(value.as_string());
  return texts;
}

std::string literals(const Parts& texts) {
  Parts quoted;
  for (const auto& text : texts) quoted.push_back("'" + text + "'");
  return joined(quoted, ", ");
}

std::string timestamp(Timestamp time) {
  std::string text = format_iso8601(time);
  text[10] = ' ';
  text.pop_back();
  return "TIMESTAMP '" + text + "'";
}

class Translator {
 public:
  Translator(Dialect dialect, Timestamp now) : dialect_(dialect), now_(now) {}

  std::string segment(const json::object& definition, const std::map<std::string, json::object>& sources) const {
    if (const auto* given = json::find_object(definition, "Dimensions")) return dimensions(*given);
    const auto& groups = *json::find_object(definition, "SegmentGroups");
    Parts parts;
    for (const auto& each : *json::find_array(groups, "Groups")) parts.push_back(group(each.as_object(), sources));
    return combined(parts, json::string_or(groups, "Include"));
  }

 private:
  std::string group(const json::object& group, const std::map<std::string, json::object>& sources) const {
    Parts bases, parts;
    if (const auto* listed = json::find_array(group, "SourceSegments")) {
      for (const auto& source : *listed) {
        bases.push_back(segment(sources.at(json::string_or(source.as_object(), "Id")), sources));
      }
    }
    for (const auto& each : *json::find_array(group, "Dimensions")) parts.push_back(dimensions(each.as_object()));
    return combined(
        {combined(bases, json::string_or(group, "SourceType")), combined(parts, json::string_or(group, "Type"))},
        "ALL");
  }

  std::string dimensions(const json::object& given) const {
    Parts parts;
    for (const auto& [group, members] : given) {
      for (const auto& [name, value] : members.as_object()) {
        parts.push_back(dimension(std::string(group), std::string(name), value.as_object()));
      }
    }
    return combined(parts, "ALL");
  }

  std::string dimension(const std::string& group, const std::string& name, const json::object& given) const {
    if (name == "Recency") return recency(given);
    if (name == "GPSPoint") return circle(given);
    if (name == "Channel") return channel(given);
    const auto& column = column_of(group, name);
    if (group == "Metrics") return metric(column, given);
    if (column.kind == Kind::kDay || column.kind == Kind::kTime) return date(column, given);
    const bool excluded =
        json::string_or(given, group.ends_with("ttributes") ? "AttributeType" : "DimensionType") == "EXCLUSIVE";
    if (column.kind == Kind::kTexts) return (excluded ? "NOT " : "") + overlaps(column, texts_of(given));
    if (json::string_or(given, "AttributeType") == "CONTAINS") return contains(column, texts_of(given));
    const auto listed = literals(texts_of(given));
    if (excluded) return fmt::format("({0} IS NULL OR {0} NOT IN ({1}))", column.name, listed);
    return fmt::format("{} IN ({})", column.name, listed);
  }

  std::string overlaps(const Column& column, const Parts& texts) const {
    if (dialect_ == Dialect::kDuckdb) return fmt::format("list_has_any({}, [{}])", column.name, literals(texts));
    return fmt::format("({} && ARRAY[{}])", column.name, literals(texts));
  }

  std::string contains(const Column& column, const Parts& texts) const {
    CHECK(texts.size() == 1);
    if (dialect_ == Dialect::kDuckdb) return fmt::format("contains({}, '{}')", column.name, texts[0]);
    return fmt::format("{} LIKE '%{}%'", column.name, texts[0]);
  }

  std::string channel(const json::object& given) const {
    CHECK(texts_of(given) == Parts{"PUSH"});
    return "channel IN ('GCM', 'APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'ADM', 'BAIDU')";
  }

  static std::string metric(const Column& column, const json::object& given) {
    static const std::map<std::string, std::string_view> kOperators = {{"GREATER_THAN", ">"},
                                                                       {"LESS_THAN", "<"},
                                                                       {"GREATER_THAN_OR_EQUAL", ">="},
                                                                       {"LESS_THAN_OR_EQUAL", "<="},
                                                                       {"EQUAL", "="}};
    return fmt::format("{} {} {}", column.name, kOperators.at(json::string_or(given, "ComparisonOperator")),
                       *json::find_number(given, "Value"));
  }

  static std::string date(const Column& column, const json::object& given) {
    const auto texts = texts_of(given);
    const auto type = json::string_or(given, "AttributeType");
    const auto first = timestamp(parse_iso8601(texts[0]).value());
    if (type == "BEFORE") return fmt::format("{} < {}", column.name, first);
    if (type == "AFTER") return fmt::format("{} > {}", column.name, first);
    CHECK(type == "BETWEEN");
    return fmt::format("{} BETWEEN {} AND {}", column.name, first, timestamp(parse_iso8601(texts[1]).value()));
  }

  std::string recency(const json::object& given) const {
    static const std::map<std::string, int> kDays = {{"HR_24", 1}, {"DAY_7", 7}, {"DAY_14", 14}, {"DAY_30", 30}};
    const auto bound = timestamp(now_ - kDays.at(json::string_or(given, "Duration")) * kMicrosPerDay);
    return fmt::format("effective {} {}", json::string_or(given, "RecencyType") == "ACTIVE" ? ">=" : "<", bound);
  }

  // A box first, which an index can find, then the haversine formula.
  static std::string circle(const json::object& given) {
    const auto& center = *json::find_object(given, "Coordinates");
    const double latitude = *json::find_number(center, "Latitude"), longitude = *json::find_number(center, "Longitude");
    const double range = *json::find_number(given, "RangeInKilometers");
    const double high = range / kKilometersPerDegree;
    const double wide = high / std::max(0.01, std::cos((std::abs(latitude) + high) * std::numbers::pi / 180));
    const auto box = fmt::format("latitude BETWEEN {} AND {}", latitude - high, latitude + high);
    const bool wraps = longitude - wide < -180 || longitude + wide > 180;
    const auto sides = wraps ? "TRUE" : fmt::format("longitude BETWEEN {} AND {}", longitude - wide, longitude + wide);
    return fmt::format(
        "{} AND {} AND 2 * {} * asin(least(1.0, sqrt(power(sin(radians(latitude - ({})) / 2), 2) + cos(radians({})) * "
        "cos(radians(latitude)) * power(sin(radians(longitude - ({})) / 2), 2)))) <= {}",
        box, sides, kEarthRadiusKilometers, latitude, latitude, longitude, range);
  }

  Dialect dialect_;
  Timestamp now_;
};

}  // namespace

std::string condition_of(const Question& question, Dialect dialect, Timestamp now) {
  return Translator(dialect, now).segment(question.definition, question.sources);
}

}  // namespace rapport::bench
