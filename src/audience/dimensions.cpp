#include "audience/dimensions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "audience/distance.h"
#include "base/text.h"

namespace rapport::audience {
namespace {

using Texts = std::vector<std::string>;

constexpr std::array<std::pair<std::string_view, int>, 4> kDurations = {
    {{"HR_24", 1}, {"DAY_7", 7}, {"DAY_14", 14}, {"DAY_30", 30}}};
constexpr std::array<std::string_view, 7> kPushChannels = {
    "GCM", "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "ADM", "BAIDU"};

template <class List>
bool contains(const List& list, std::string_view text) {
  return std::ranges::find(list, text) != std::ranges::end(list);
}

// The texts of a list, or of a single text.
Texts texts_of(const json::value* value) {
  Texts texts;
  if (value == nullptr) return texts;
  if (value->is_string()) texts.emplace_back(json::view(value->get_string()));
  if (!value->is_array()) return texts;
  for (const auto& element : value->get_array()) {
    if (element.is_string()) texts.emplace_back(json::view(element.get_string()));
  }
  return texts;
}

bool any_equal(const Texts& values, const Texts& listed) {
  return std::ranges::any_of(values, [&](const auto& value) { return contains(listed, value); });
}

bool any_contains(const Texts& values, const Texts& listed) {
  return std::ranges::any_of(values, [&](const auto& value) {
    return std::ranges::any_of(listed, [&](const auto& text) { return value.find(text) != value.npos; });
  });
}

bool matches_set(const json::object& dimension, const Texts& values) {
  const bool listed = any_equal(values, texts_of(json::find(dimension, "Values")));
  return json::string_or(dimension, "DimensionType", "INCLUSIVE") == "EXCLUSIVE" ? !listed : listed;
}

std::int64_t day_of(Timestamp time) {
  return time.micros >= 0 ? time.micros / kMicrosPerDay : (time.micros - kMicrosPerDay + 1) / kMicrosPerDay;
}

bool matches_date(std::string_view type, const std::string& value, const std::vector<Timestamp>& listed) {
  const auto time = parse_iso8601(value);
  if (!time || listed.empty()) return false;
  if (type == "BEFORE") return *time < listed[0];
  if (type == "AFTER") return *time > listed[0];
  if (type == "ON") return day_of(*time) == day_of(listed[0]);
  return listed.size() > 1 && *time >= std::min(listed[0], listed[1]) && *time <= std::max(listed[0], listed[1]);
}

bool matches_attribute(const json::object& dimension, const Texts& values) {
  const std::string type = json::string_or(dimension, "AttributeType", "INCLUSIVE");
  const Texts listed = texts_of(json::find(dimension, "Values"));
  if (type == "INCLUSIVE") return any_equal(values, listed);
  if (type == "EXCLUSIVE") return !any_equal(values, listed);
  if (type == "CONTAINS") return any_contains(values, listed);
  std::vector<Timestamp> times;
  for (const auto& text : listed) times.push_back(parse_iso8601(text).value_or(Timestamp{}));
  return std::ranges::any_of(values, [&](const auto& value) { return matches_date(type, value, times); });
}

bool matches_attributes(const json::object& dimensions, const json::object* attributes) {
  return std::ranges::all_of(dimensions, [&](const auto& entry) {
    const json::value* values = attributes == nullptr ? nullptr : json::find(*attributes, entry.key());
    return matches_attribute(entry.value().as_object(), texts_of(values));
  });
}

bool matches_metric(const json::object& dimension, double value) {
  const std::string comparison = json::string_or(dimension, "ComparisonOperator");
  const double bound = json::find_number(dimension, "Value").value_or(0);
  if (comparison == "GREATER_THAN") return value > bound;
  if (comparison == "LESS_THAN") return value < bound;
  if (comparison == "GREATER_THAN_OR_EQUAL") return value >= bound;
  if (comparison == "LESS_THAN_OR_EQUAL") return value <= bound;
  return value == bound;
}

bool matches_metrics(const json::object& dimensions, const json::object* metrics) {
  return std::ranges::all_of(dimensions, [&](const auto& entry) {
    const auto value = metrics == nullptr ? std::nullopt : json::find_number(*metrics, entry.key());
    return value && matches_metric(entry.value().as_object(), *value);
  });
}

// A channel also answers to PUSH when it is one of the push channels.
Texts channel_names(const json::object& endpoint) {
  Texts names = texts_of(json::find(endpoint, "ChannelType"));
  if (!names.empty() && contains(kPushChannels, names.front())) names.emplace_back("PUSH");
  return names;
}

bool matches_demographic(const json::object& dimensions, const json::object& endpoint) {
  const auto* demographic = json::find_object(endpoint, "Demographic");
  return std::ranges::all_of(dimensions, [&](const auto& entry) {
    const json::value* value = demographic == nullptr ? nullptr : json::find(*demographic, entry.key());
    const Texts values = entry.key() == "Channel" ? channel_names(endpoint) : texts_of(value);
    return matches_set(entry.value().as_object(), values);
  });
}

bool matches_point(const json::object& dimension, const json::object* location) {
  const auto* center = json::find_object(dimension, "Coordinates");
  if (center == nullptr || location == nullptr) return false;
  const auto latitude = json::find_number(*location, "Latitude");
  const auto longitude = json::find_number(*location, "Longitude");
  if (!latitude || !longitude) return false;
  const double distance = kilometers_between(
      {json::find_number(*center, "Latitude").value_or(0), json::find_number(*center, "Longitude").value_or(0)},
      {*latitude, *longitude});
  return distance <= json::find_number(dimension, "RangeInKilometers").value_or(0);
}

bool matches_location(const json::object& dimensions, const json::object& endpoint) {
  const auto* location = json::find_object(endpoint, "Location");
  if (const auto* country = json::find_object(dimensions, "Country")) {
    if (!matches_set(*country, texts_of(location ? json::find(*location, "Country") : nullptr))) return false;
  }
  const auto* point = json::find_object(dimensions, "GPSPoint");
  return point == nullptr || matches_point(*point, location);
}

bool matches_recency(const json::object& recency, const json::object& endpoint, Timestamp now) {
  const std::string duration = json::string_or(recency, "Duration");
  const auto days = std::ranges::find(kDurations, duration, &std::pair<std::string_view, int>::first);
  const auto updated = parse_iso8601(json::string_or(endpoint, "EffectiveDate"));
  if (days == kDurations.end() || !updated) return false;
  const bool active = *updated >= now - days->second * kMicrosPerDay;
  return json::string_or(recency, "RecencyType") == "INACTIVE" ? !active : active;
}

}  // namespace

void Combination::add(bool condition) {
  ++count_;
  met_ += condition ? 1 : 0;
}

bool Combination::holds() const {
  if (count_ == 0) return true;
  if (kind_ == "ANY") return met_ > 0;
  return kind_ == "NONE" ? met_ == 0 : met_ == count_;
}

bool matches_dimensions(const json::object& dimensions, const json::object& endpoint, Timestamp now) {
  const auto* attributes = json::find_object(dimensions, "Attributes");
  if (attributes && !matches_attributes(*attributes, json::find_object(endpoint, "Attributes"))) return false;
  const auto* user_attributes = json::find_object(dimensions, "UserAttributes");
  const auto* user = json::find_object(endpoint, "User");
  const auto* held = user ? json::find_object(*user, "UserAttributes") : nullptr;
  if (user_attributes && !matches_attributes(*user_attributes, held)) return false;
  const auto* metrics = json::find_object(dimensions, "Metrics");
  if (metrics && !matches_metrics(*metrics, json::find_object(endpoint, "Metrics"))) return false;
  const auto* demographic = json::find_object(dimensions, "Demographic");
  if (demographic && !matches_demographic(*demographic, endpoint)) return false;
  const auto* location = json::find_object(dimensions, "Location");
  if (location && !matches_location(*location, endpoint)) return false;
  const auto* behavior = json::find_object(dimensions, "Behavior");
  const auto* recency = behavior ? json::find_object(*behavior, "Recency") : nullptr;
  return recency == nullptr || matches_recency(*recency, endpoint, now);
}

}  // namespace rapport::audience
