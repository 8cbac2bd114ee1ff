#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "base/text.h"
#include "event_store/store.h"

namespace rapport::event_store {

// The store as plainly as it can be said: a list of events, each question a loop.
class NaiveStore : public Store {
 public:
  std::vector<events::Event> events;

  Result<std::vector<Row>> measure(const Query& query) override {
    std::map<std::vector<std::optional<std::string>>, std::vector<const events::Event*>> groups;
    if (query.group_by.empty()) groups[{}];
    for (const auto& event : events) {
      if (!is_in_scope(event, query.app, query.range, query.types) || !meets(event, query.where)) continue;
      std::vector<std::optional<std::string>> group;
      for (const Key& key : query.group_by) group.push_back(value_of(event, key));
      groups[group].push_back(&event);
    }
    std::vector<Row> rows;
    for (const auto& [group, members] : groups) {
      Row& row = rows.emplace_back(Row{group, {}});
      for (const Measure& measure : query.measures) row.values.push_back(figure(measure, members));
    }
    return rows;
  }

  Status for_each(const Selection& selection, const std::function<bool(const events::Event&)>& visit) override {
    for (const auto& event : events) {
      if (!is_in_scope(event, selection.app, selection.range, selection.types)) continue;
      if (selection.endpoint && event.endpoint != *selection.endpoint) continue;
      const bool of_endpoint = event.user.empty() && std::ranges::find(selection.endpoints_of_user, event.endpoint) !=
                                                         selection.endpoints_of_user.end();
      if (selection.user && event.user != *selection.user && !of_endpoint) continue;
      if (!visit(event)) break;
    }
    return {};
  }

  Result<std::vector<TypeProfile>> profile(const std::string& app, const TimeRange& range,
                                           std::size_t values_max) override {
    std::map<std::string, std::int64_t> types;
    std::map<std::pair<std::string, std::string>, std::map<std::string, std::int64_t>> texts;
    std::map<std::pair<std::string, std::string>, std::vector<double>> numbers;
    for (const auto& event : events) {
      if (!is_in_scope(event, app, range, {})) continue;
      ++types[event.type];
      std::set<std::string> names;
      for (const auto& [name, value] : event.attributes) {
        if (name == "message_id" || name == "campaign_activity_id" || name == "journey_run_id") continue;
        if (names.insert(name).second) ++texts[{event.type, name}][value];
      }
      names.clear();
      for (const auto& [name, value] : event.metrics) {
        if (names.insert(name).second) numbers[{event.type, name}].push_back(value);
      }
    }
    std::vector<TypeProfile> profiles;
    for (const auto& [type, count] : types) profiles.push_back({type, count, {}, {}});
    std::ranges::stable_sort(profiles, std::greater<>(), &TypeProfile::events);
    const auto of_type = [&](const std::string& type) -> TypeProfile& {
      return *std::ranges::find(profiles, type, &TypeProfile::type);
    };
    for (const auto& [key, values] : texts) {
      AttributeProfile made{key.second, 0, {}};
      for (const auto& [value, count] : values) made.events += count, made.values.push_back({value, count});
      std::ranges::stable_sort(made.values, std::greater<>(), &ValueCount::events);
      if (made.values.size() > values_max) made.values.resize(values_max);
      of_type(key.first).attributes.push_back(std::move(made));
    }
    for (const auto& [key, values] : numbers) {
      double sum = 0;
      for (const double value : values) sum += value;
      of_type(key.first).metrics.push_back({key.second, static_cast<std::int64_t>(values.size()),
                                            std::ranges::min(values), std::ranges::max(values),
                                            sum / static_cast<double>(values.size())});
    }
    return profiles;
  }

  Status erase_application(const std::string& app) override {
    std::erase_if(events, [&](const events::Event& event) { return event.app == app; });
    return {};
  }

  static bool is_in_scope(const events::Event& event, const std::string& app, const TimeRange& range,
                          const std::vector<std::string>& types) {
    return event.app == app && event.time >= range.start && event.time <= range.end &&
           (types.empty() || std::ranges::find(types, event.type) != types.end());
  }

 private:
  static std::optional<std::string> text_or_none(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  }

  static std::optional<std::string> value_of(const events::Event& event, const Key& key) {
    switch (key.field) {
      case Field::kEndpoint: return event.endpoint;
      case Field::kUser: return text_or_none(event.user);
      case Field::kId: return event.id;
      case Field::kType: return event.type;
      case Field::kSession: return text_or_none(event.session_id);
      case Field::kTime: return std::to_string(event.time.micros);
      case Field::kDay: return format_iso8601(event.time).substr(0, 10);
      case Field::kHour: return format_iso8601(event.time).substr(0, 13);
      case Field::kMinute: return format_iso8601(event.time).substr(0, 16);
      case Field::kArrivalHour: return format_iso8601(event.arrival).substr(0, 13);
      case Field::kAttribute:
        for (const auto& [name, value] : event.attributes) {
          if (name == key.name) return value;
        }
        return {};
      case Field::kMetric:
        for (const auto& [name, value] : event.metrics) {
          if (name == key.name) return std::to_string(value);
        }
        return {};
    }
    return {};
  }

  static bool meets(const events::Event& event, const Conditions& conditions) {
    return std::ranges::all_of(conditions, [&](const Condition& condition) {
      const auto value = value_of(event, condition.key);
      const bool listed = value && std::ranges::find(condition.values, *value) != condition.values.end();
      switch (condition.test) {
        case Test::kAnyOf: return listed;
        case Test::kNoneOf: return !listed;
        case Test::kExists: return value.has_value();
        case Test::kMissing: return !value.has_value();
      }
      return false;
    });
  }

  static bool meets_one(const events::Event& event, const std::vector<Conditions>& alternatives) {
    return alternatives.empty() ||
           std::ranges::any_of(alternatives, [&](const Conditions& one) { return meets(event, one); });
  }

  static double figure(const Measure& measure, const std::vector<const events::Event*>& members) {
    double count = 0;
    double sum = 0;
    double least = std::nan("");
    double most = std::nan("");
    std::set<std::vector<std::optional<std::string>>> distinct;
    for (const auto* event : members) {
      if (!meets_one(*event, measure.where)) continue;
      ++count;
      std::vector<std::optional<std::string>> values;
      for (const Key& key : measure.of) values.push_back(value_of(*event, key));
      const bool is_new = !values.empty() && values.front() && distinct.insert(values).second;
      std::optional<double> number;
      if (measure.aggregate == Aggregate::kFirst || measure.aggregate == Aggregate::kLast) {
        number = static_cast<double>(event->time.micros);
      } else if (!values.empty() && values.front()) {
        number = parse_double(*values.front());
      }
      if (!number) continue;
      if (is_new || measure.aggregate != Aggregate::kSumOnce) sum += *number;
      least = std::isnan(least) ? *number : std::min(least, *number);
      most = std::isnan(most) ? *number : std::max(most, *number);
    }
    switch (measure.aggregate) {
      case Aggregate::kCount: return count;
      case Aggregate::kDistinct: return static_cast<double>(distinct.size());
      case Aggregate::kSum:
      case Aggregate::kSumOnce: return sum;
      case Aggregate::kMin:
      case Aggregate::kFirst: return least;
      case Aggregate::kMax:
      case Aggregate::kLast: return most;
    }
    return 0;
  }
};

}  // namespace rapport::event_store
