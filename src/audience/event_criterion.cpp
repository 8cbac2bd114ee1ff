#include "audience/event_criterion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string_view>

namespace rapport::audience {
namespace {

using json::MemberPath;

constexpr std::size_t kFiltersMax = 20;
constexpr std::size_t kValuesMax = 1'000;
constexpr std::size_t kStepsMax = 5;
constexpr std::int64_t kMicrosPerHour = 3600 * kMicrosPerSecond;
constexpr double kHoursMax = 24 * 3660;  // ten years

template <class Value>
using Choice = std::pair<std::string_view, Value>;

constexpr std::array<Choice<EventFilter::Comparison>, 5> kComparisons = {{
    {"EQUAL", EventFilter::Comparison::kEqual},
    {"GREATER_THAN", EventFilter::Comparison::kGreater},
    {"GREATER_THAN_OR_EQUAL", EventFilter::Comparison::kGreaterOrEqual},
    {"LESS_THAN", EventFilter::Comparison::kLess},
    {"LESS_THAN_OR_EQUAL", EventFilter::Comparison::kLessOrEqual},
}};
constexpr std::array<Choice<EventFilter::Text>, 3> kTexts = {{
    {"INCLUSIVE", EventFilter::Text::kIsOneOf},
    {"EXCLUSIVE", EventFilter::Text::kIsNoneOf},
    {"CONTAINS", EventFilter::Text::kHoldsOneOf},
}};
constexpr std::array<Choice<EventCriterion::Measure>, 3> kMeasures = {{
    {"COUNT", EventCriterion::Measure::kCount},
    {"SUM", EventCriterion::Measure::kSum},
    {"DISTINCT", EventCriterion::Measure::kDistinct},
}};
constexpr std::array<Choice<EventCriterion::Occurrence>, 3> kOccurrences = {{
    {"ANY", EventCriterion::Occurrence::kAny},
    {"FIRST", EventCriterion::Occurrence::kFirst},
    {"LAST", EventCriterion::Occurrence::kLast},
}};

std::unexpected<Error> refuse(const MemberPath& path, std::string_view rule) {
  const std::string name = path.text();
  return fail(ErrorKind::kInvalid, fmt::format("{} {}", name, rule), name);
}

Status check_members(const json::object& holder, const MemberPath& path, std::span<const std::string_view> known) {
  for (const auto& [key, value] : holder) {
    const std::string_view name = key;
    if (std::ranges::find(known, name) == known.end()) {
      return refuse(path.member(name), fmt::format("is not known here; known are {}", fmt::join(known, ", ")));
    }
    if (value.is_null()) return refuse(path.member(name), "must not be null");
  }
  return {};
}

// The member as one of the choices; `fallback` when it is absent.
template <class Value, std::size_t count>
Result<Value> choose(const json::object& holder, const MemberPath& path, std::string_view member,
                     const std::array<Choice<Value>, count>& choices, std::optional<Value> fallback) {
  if (json::find(holder, member) == nullptr && fallback) return *fallback;
  const std::string text = json::string_or(holder, member);
  std::vector<std::string_view> names;
  for (const auto& [name, value] : choices) {
    if (name == text) return value;
    names.push_back(name);
  }
  return refuse(path.member(member), fmt::format("must be one of {}", fmt::join(names, ", ")));
}

Result<double> number(const json::object& holder, const MemberPath& path, std::string_view member) {
  const auto found = json::find_number(holder, member);
  if (found && std::isfinite(*found)) return *found;
  return refuse(path.member(member), "must be a number");
}

Result<std::vector<std::string>> texts(const json::object& holder, const MemberPath& path) {
  const json::array* values = json::find_array(holder, "Values");
  const MemberPath list = path.member("Values");
  if (values == nullptr || values->empty()) return refuse(list, "must hold at least one text");
  if (values->size() > kValuesMax) return refuse(list, fmt::format("must hold at most {} texts", kValuesMax));
  std::vector<std::string> found;
  for (std::size_t i = 0; i < values->size(); ++i) {
    if (!(*values)[i].is_string()) return refuse(list.item(i), "must be a text");
    found.emplace_back(json::view((*values)[i].get_string()));
  }
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

// Calls `read` with each entry of a map of objects, in the order of their names.
template <class Read>
Status each_of(const json::object& holder, const MemberPath& path, std::string_view member, const Read& read) {
  const json::value* value = json::find(holder, member);
  if (value == nullptr) return {};
  const MemberPath map = path.member(member);
  if (!value->is_object()) return refuse(map, "must be an object");
  if (value->get_object().size() > kFiltersMax) {
    return refuse(map, fmt::format("must have at most {} entries", kFiltersMax));
  }
  std::vector<std::string_view> names;
  for (const auto& entry : value->get_object()) names.push_back(entry.key());
  std::ranges::sort(names);
  for (const std::string_view name : names) {
    const MemberPath here = map.key(name);
    const json::value& entry = value->get_object().at(name);
    if (!entry.is_object()) return refuse(here, "must be an object");
    TRY(read(std::string(name), entry.get_object(), here));
  }
  return {};
}

Result<EventFilter> parse_filter(const json::object& document, const MemberPath& path) {
  EventFilter filter;
  filter.type = json::string_or(document, "EventType");
  if (filter.type.empty()) return refuse(path.member("EventType"), "must name a type of events");
  TRY(each_of(document, path, "Attributes",
              [&](std::string name, const json::object& dimension, const MemberPath& here) -> Status {
                TRY(check_members(dimension, here, std::array<std::string_view, 2>{"AttributeType", "Values"}));
                const auto test =
                    TRY(choose(dimension, here, "AttributeType", kTexts, std::optional(EventFilter::Text::kIsOneOf)));
                filter.attributes.push_back({ std::move(name), test, TRY(texts(dimension, here)) });
                return {};
              }));
  TRY(each_of(document, path, "Metrics",
              [&](std::string name, const json::object& dimension, const MemberPath& here) -> Status {
                TRY(check_members(dimension, here, std::array<std::string_view, 2>{"ComparisonOperator", "Value"}));
                const auto comparison = TRY(choose(dimension, here, "ComparisonOperator", kComparisons,
                                                   std::optional<EventFilter::Comparison>()));
                filter.metrics.push_back({ std::move(name), comparison, TRY(number(dimension, here, "Value")) });
                return {};
              }));
  return filter;
}

// {"Days": 30} or {"Hours": 2}.
Result<std::optional<std::int64_t>> parse_within(const json::object& document, const MemberPath& path) {
  const json::value* value = json::find(document, "Within");
  if (value == nullptr) return std::nullopt;
  const MemberPath here = path.member("Within");
  if (!value->is_object() || value->get_object().size() != 1) return refuse(here, "must have either Hours or Days");
  const json::object& within = value->get_object();
  TRY(check_members(within, here, std::array<std::string_view, 2>{"Days", "Hours"}));
  const bool days = within.contains("Days");
  const double hours = TRY(number(within, here, days ? "Days" : "Hours"))
  *(days ? 24 : 1);
  if (hours > 0 && hours <= kHoursMax) return static_cast<std::int64_t>(hours * static_cast<double>(kMicrosPerHour));
  return refuse(here.member(days ? "Days" : "Hours"), "must be more than 0, and at most ten years");
}

Result<std::optional<Timestamp>> parse_date(const json::object& document, const MemberPath& path,
                                            std::string_view member) {
  if (json::find(document, member) == nullptr) return std::nullopt;
  const auto date = parse_iso8601(json::string_or(document, member));
  if (date) return *date;
  return refuse(path.member(member), "must be a date in ISO 8601 form");
}

EventFilter::Comparison opposite(EventFilter::Comparison comparison) {
  using enum EventFilter::Comparison;
  switch (comparison) {
    case kEqual: return kNotEqual;
    case kNotEqual: return kEqual;
    case kGreater: return kLessOrEqual;
    case kGreaterOrEqual: return kLess;
    case kLess: return kGreaterOrEqual;
    case kLessOrEqual: return kGreater;
  }
  return kEqual;
}

Status parse_steps(const json::object& document, const MemberPath& path, EventCriterion& criterion) {
  const json::value* value = json::find(document, "Then");
  if (value == nullptr) return {};
  const MemberPath list = path.member("Then");
  if (!value->is_array() || value->get_array().empty() || value->get_array().size() > kStepsMax) {
    return refuse(list, fmt::format("must be a list of 1 to {} events", kStepsMax));
  }
  for (std::size_t i = 0; i < value->get_array().size(); ++i) {
    const MemberPath here = list.item(i);
    const json::value& step = value->get_array()[i];
    if (!step.is_object()) return refuse(here, "must be an object");
    TRY(check_members(step.get_object(), here,
                      std::array<std::string_view, 4>{"EventType", "Attributes", "Metrics", "Within"}));
    const auto within = TRY(parse_within(step.get_object(), here));
    if (!within) return refuse(here.member("Within"), "is required: how long after the event before it");
    criterion.then.push_back({
      TRY(parse_filter(step.get_object(), here))
      , *within
    });
  }
  return {};
}

Status parse_measure(const json::object& document, const MemberPath& path, EventCriterion& criterion) {
  criterion.measure = TRY(choose(document, path, "Measure", kMeasures, std::optional(EventCriterion::Measure::kCount)));
  criterion.of = json::string_or(document, "Of");
  const bool of_something = criterion.measure != EventCriterion::Measure::kCount;
  if (of_something == criterion.of.empty()) {
    return refuse(path.member("Of"), "names the metric of a SUM or the attribute of a DISTINCT, and nothing else");
  }
  criterion.comparison = TRY(choose(document, path, "ComparisonOperator", kComparisons,
                                    std::optional(EventFilter::Comparison::kGreaterOrEqual)));
  const bool compares = json::find(document, "ComparisonOperator") != nullptr || of_something;
  if (compares || json::find(document, "Value") != nullptr) criterion.value = TRY(number(document, path, "Value"));
  return {};
}

Status check_together(const json::object& document, const MemberPath& path, const EventCriterion& criterion) {
  if (criterion.within_micros && criterion.since) {
    return refuse(path.member("Since"), "cannot stand beside Within: both say from when on");
  }
  if (criterion.since && criterion.until && *criterion.until <= *criterion.since) {
    return refuse(path.member("Until"), "must be after Since");
  }
  const bool measured = json::find(document, "Measure") != nullptr ||
                        json::find(document, "ComparisonOperator") != nullptr ||
                        json::find(document, "Value") != nullptr;
  if (measured && (!criterion.then.empty() || criterion.occurrence != EventCriterion::Occurrence::kAny)) {
    return refuse(path.member("Measure"), "cannot stand beside Then or Occurrence");
  }
  if (!criterion.then.empty() && criterion.occurrence != EventCriterion::Occurrence::kAny) {
    return refuse(path.member("Occurrence"), "cannot stand beside Then");
  }
  return {};
}

}  // namespace

bool compare(double number, EventFilter::Comparison comparison, double with) {
  switch (comparison) {
    case EventFilter::Comparison::kEqual: return number == with;
    case EventFilter::Comparison::kNotEqual: return number != with;
    case EventFilter::Comparison::kGreater: return number > with;
    case EventFilter::Comparison::kGreaterOrEqual: return number >= with;
    case EventFilter::Comparison::kLess: return number < with;
    case EventFilter::Comparison::kLessOrEqual: return number <= with;
  }
  return false;
}

index::PredicatePtr Doers::predicate() const {
  using index::Predicate;
  std::vector<index::PredicatePtr> parts;
  for (const Part* part : {&endpoints, &users}) {
    parts.push_back(
        Predicate::all_of({Predicate::members(part->base), Predicate::negation(Predicate::members(part->left))}));
    parts.push_back(Predicate::members(part->joined));
  }
  return Predicate::any_of(std::move(parts));
}

bool Doers::hold(std::string_view key_id, std::string_view user) const {
  const bool as_endpoint = (endpoints.base->has_endpoint(key_id) && !endpoints.left->has_endpoint(key_id)) ||
                           endpoints.joined->has_endpoint(key_id);
  const bool as_user =
      !user.empty() && ((users.base->has_user(user) && !users.left->has_user(user)) || users.joined->has_user(user));
  return as_endpoint || as_user;
}

Result<Doers> nobody_did(const std::string& /*app*/, const EventCriterion& /*criterion*/, Timestamp /*now*/) {
  const auto nobody = std::make_shared<const index::MemberList>("nobody", index::TextArena(), index::TextArena());
  return Doers{{nobody, nobody, nobody}, {nobody, nobody, nobody}};
}

Result<EventCriterion> parse_event_criterion(const json::object& document, const MemberPath& path) {
  TRY(check_members(document, path,
                    std::array<std::string_view, 13>{"EventType", "Attributes", "Metrics", "Did", "Measure", "Of",
                                                     "ComparisonOperator", "Value", "Within", "Since", "Until",
                                                     "Occurrence", "Then"}));
  EventCriterion criterion;
  criterion.filter = TRY(parse_filter(document, path));
  if (json::find(document, "Did") != nullptr) {
    const auto did = json::find_bool(document, "Did");
    if (!did) return refuse(path.member("Did"), "must be true or false");
    criterion.did = *did;
  }
  TRY(parse_measure(document, path, criterion));
  criterion.within_micros = TRY(parse_within(document, path));
  criterion.since = TRY(parse_date(document, path, "Since"));
  criterion.until = TRY(parse_date(document, path, "Until"));
  criterion.occurrence =
      TRY(choose(document, path, "Occurrence", kOccurrences, std::optional(EventCriterion::Occurrence::kAny)));
  TRY(parse_steps(document, path, criterion));
  TRY(check_together(document, path, criterion));
  const bool is_measured = criterion.then.empty() && criterion.occurrence == EventCriterion::Occurrence::kAny;
  if (is_measured && compare(0, criterion.comparison, criterion.value)) {
    criterion.comparison = opposite(criterion.comparison);
    criterion.did = !criterion.did;
  }
  json::object named = document;
  named.erase("Did");  // who did not is whoever is not among those who did
  criterion.name = json::serialize(named);
  return criterion;
}

Result<std::vector<EventCriterion>> event_criteria(const json::object& dimensions, const MemberPath& path) {
  std::vector<EventCriterion> criteria;
  const json::object* behavior = json::find_object(dimensions, "Behavior");
  const json::value* events = behavior == nullptr ? nullptr : json::find(*behavior, "Events");
  if (events == nullptr) return criteria;
  const MemberPath holder = path.member("Behavior");
  const MemberPath list = holder.member("Events");
  if (!events->is_array()) return refuse(list, "must be a list");
  for (std::size_t i = 0; i < events->get_array().size(); ++i) {
    const json::value& document = events->get_array()[i];
    const MemberPath here = list.item(i);
    if (!document.is_object()) return refuse(here, "must be an object");
    criteria.push_back(TRY(parse_event_criterion(document.get_object(), here)));
  }
  return criteria;
}

}  // namespace rapport::audience
