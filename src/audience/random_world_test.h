#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "json/json.h"

namespace rapport::audience {

// Endpoints and segment definitions at random, from a small vocabulary, so that conditions are met often and values
// collide. The same seed gives the same world.
class RandomWorld {
 public:
  RandomWorld(std::uint64_t seed, Timestamp now) : random_(seed), now_(now) {}

  std::size_t below(std::size_t bound) { return random_.below(bound); }
  bool once_in(std::size_t times) { return below(times) == 0; }
  std::string endpoint_id() { return (once_in(2) ? "E/" : "e-") + std::to_string(below(400)); }
  std::string user_id() { return "user " + std::to_string(below(120)); }

  // An EndpointRequest that says something of everything now and then.
  json::object request() {
    json::object request;
    if (once_in(2)) request["Attributes"] = lists();
    if (once_in(2)) request["Metrics"] = metrics();
    if (once_in(2)) request["ChannelType"] = one_of({"EMAIL", "SMS", "GCM", "APNS", "CUSTOM", "BAIDU"});
    if (once_in(8)) request["OptOut"] = one_of({"ALL", "NONE"});
    if (once_in(8)) request["EndpointStatus"] = one_of({"ACTIVE", "INACTIVE"});
    if (once_in(3)) request["EffectiveDate"] = format_iso8601(moment());
    if (once_in(2)) {
      request["Demographic"] = {{"Platform", one_of({"ios", "android", "web"})}, {"Make", one_of({"A", "a", "b", ""})}};
    }
    if (once_in(2)) request["Location"] = location();
    if (once_in(2)) {
      json::object user = {{"UserId", user_id()}};
      if (once_in(2)) user["UserAttributes"] = lists();
      request["User"] = std::move(user);
    }
    return request;
  }

  // {"Dimensions": ...} or {"SegmentGroups": ...} with some of these as sources.
  json::object definition(const std::vector<json::object>& sources) {
    if (once_in(12)) return {};
    if (once_in(3)) return {{"Dimensions", dimensions()}};
    json::array groups;
    for (std::size_t count = below(4); count > 0; --count) groups.push_back(group(sources));
    return {{"SegmentGroups", {{"Groups", std::move(groups)}, {"Include", combination()}}}};
  }

 private:
  std::string one_of(std::initializer_list<std::string_view> texts) {
    return std::string(*(texts.begin() + below(texts.size())));
  }
  std::string name() { return one_of({"Team", "team", "City", "Since", "x.y"}); }
  std::string combination() { return one_of({"ALL", "ANY", "NONE"}); }
  Timestamp moment() {
    // Near the bounds of recency too: whole days ago, give or take some milliseconds.
    const auto days = static_cast<std::int64_t>(below(40)) * kMicrosPerDay;
    return now_ - days + (static_cast<std::int64_t>(below(5)) - 2) * 1000;
  }
  std::string text() {
    switch (below(4)) {
      case 0: return format_iso8601(moment());
      case 1: return format_date(moment());
      case 2: return one_of({"New York City", "Newcastle", "York", "new", "Zürich", "", "2020-13-01"});
      default: return one_of({"Lions", "Tigers", "Bears", "lions", "1", "2"});
    }
  }
  json::object lists() {
    json::object lists;
    for (std::size_t count = 1 + below(3); count > 0; --count) {
      json::array values;
      for (std::size_t more = below(4); more > 0; --more) values.emplace_back(text());
      lists[name()] = std::move(values);
    }
    return lists;
  }
  json::object metrics() {
    json::object metrics;
    for (std::size_t count = 1 + below(2); count > 0; --count) metrics[one_of({"visits", "spend"})] = number();
    return metrics;
  }
  double number() {
    return once_in(2) ? static_cast<double>(below(6)) : (static_cast<double>(below(1000)) - 500) / 100;
  }
  json::object location() {
    json::object location;
    if (once_in(2)) location["Country"] = one_of({"DE", "TW", "JP", "US"});
    if (once_in(2)) {
      location["Latitude"] = 50 + static_cast<double>(below(20)) / 10;
      if (!once_in(4)) location["Longitude"] = 10 + static_cast<double>(below(20)) / 10;
    }
    return location;
  }

  json::array values() {
    json::array values;
    for (std::size_t count = 1 + below(3); count > 0; --count) values.emplace_back(text());
    return values;
  }
  json::object attribute() {
    const std::string type = one_of({"INCLUSIVE", "EXCLUSIVE", "CONTAINS", "BEFORE", "AFTER", "ON", "BETWEEN", ""});
    if (type.empty()) return {{"Values", values()}};
    if (type == "INCLUSIVE" || type == "EXCLUSIVE") return {{"AttributeType", type}, {"Values", values()}};
    if (type == "CONTAINS") return {{"AttributeType", type}, {"Values", {one_of({"ew", "EW", "ions", "2", "York"})}}};
    json::array dates = {format_iso8601(moment())};
    if (type == "BETWEEN") dates.emplace_back(format_iso8601(moment()));
    return {{"AttributeType", type}, {"Values", std::move(dates)}};
  }
  json::object set(std::initializer_list<std::string_view> texts) {
    json::object set = {{"Values", {one_of(texts), one_of(texts)}}};
    if (!once_in(3)) set["DimensionType"] = one_of({"INCLUSIVE", "EXCLUSIVE"});
    return set;
  }
  json::object dimensions() {
    json::object dimensions;
    if (once_in(3)) dimensions["Attributes"] = {{name(), attribute()}, {name(), attribute()}};
    if (once_in(3)) dimensions["UserAttributes"] = {{name(), attribute()}};
    if (once_in(3)) {
      dimensions["Metrics"] = {{one_of({"visits", "spend", "none"}),
                                {{"ComparisonOperator", one_of({"GREATER_THAN", "LESS_THAN", "GREATER_THAN_OR_EQUAL",
                                                                "LESS_THAN_OR_EQUAL", "EQUAL"})},
                                 {"Value", number()}}}};
    }
    if (once_in(3)) {
      dimensions["Demographic"] = {{"Channel", set({"EMAIL", "PUSH", "GCM", "SMS"})}, {"Make", set({"A", "b", "c"})}};
    }
    if (once_in(6)) dimensions["Demographic"] = {{"DeviceType", set({"A"})}, {"Platform", set({"ios", "web"})}};
    if (once_in(4)) dimensions["Location"] = {{"Country", set({"DE", "JP", "FR"})}};
    if (once_in(4)) {
      dimensions["Location"] = {{"GPSPoint",
                                 {{"Coordinates", {{"Latitude", 51.0}, {"Longitude", 11.0}}},
                                  {"RangeInKilometers", static_cast<double>(1 + below(120))}}}};
    }
    if (once_in(4)) {
      dimensions["Behavior"] = {{"Recency",
                                 {{"Duration", one_of({"HR_24", "DAY_7", "DAY_14", "DAY_30"})},
                                  {"RecencyType", one_of({"ACTIVE", "INACTIVE"})}}}};
    }
    return dimensions;
  }
  json::object group(const std::vector<json::object>& sources) {
    json::object group = {{"Type", combination()}, {"SourceType", combination()}};
    json::array from;
    for (std::size_t count = sources.empty() ? 0 : below(3); count > 0; --count) {
      from.push_back(sources[below(sources.size())]);
    }
    if (!from.empty()) group["SourceSegments"] = std::move(from);
    json::array where;
    for (std::size_t count = below(4); count > 0; --count) where.push_back(dimensions());
    if (!where.empty()) group["Dimensions"] = std::move(where);
    return group;
  }

  Random random_;
  Timestamp now_;
};

}  // namespace rapport::audience
