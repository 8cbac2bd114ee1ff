#pragma once

// What endpoints did, as a dimension of segments: our own extension, `Behavior.Events`.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "index/predicate.h"
#include "json/json.h"
#include "json/member_path.h"

namespace rapport::audience {

// Which events count: of one type, with attributes and metrics as named.
struct EventFilter {
  enum class Text { kIsOneOf, kIsNoneOf, kHoldsOneOf };
  enum class Comparison { kEqual, kNotEqual, kGreater, kGreaterOrEqual, kLess, kLessOrEqual };
  struct Attribute {
    std::string name;
    Text test = Text::kIsOneOf;
    std::vector<std::string> values;
  };
  struct Metric {
    std::string name;
    Comparison comparison = Comparison::kEqual;
    double value = 0;
  };
  std::string type;
  std::vector<Attribute> attributes;
  std::vector<Metric> metrics;
};

bool compare(double number, EventFilter::Comparison comparison, double with);

// Who did, or did not do, something: so often, so much, within a time, one thing after another. A criterion that holds
// of whoever did nothing at all (less than 3 times) is turned around when it is read: `did` is the other one, and the
// comparison is its opposite, so that it never holds without an event.
//
//   {"EventType": "purchase", "Attributes": {"Team": {"AttributeType": "INCLUSIVE", "Values": ["Reds"]}},
//    "Metrics": {"Price": {"ComparisonOperator": "GREATER_THAN", "Value": 10}},
//    "Measure": "SUM", "Of": "Price", "ComparisonOperator": "GREATER_THAN_OR_EQUAL", "Value": 100,
//    "Within": {"Days": 30}, "Did": true}
//   {"EventType": "cart", "Then": [{"EventType": "purchase", "Within": {"Hours": 2}}], "Did": false}
//   {"EventType": "signup", "Occurrence": "FIRST", "Since": "2026-01-01"}
struct EventCriterion {
  enum class Measure { kCount, kSum, kDistinct };
  enum class Occurrence { kAny, kFirst, kLast };
  struct Step {
    EventFilter filter;
    std::int64_t within_micros = 0;  // of the event before it
  };
  EventFilter filter;
  bool did = true;  // false: those of whom the rest does not hold, also when they never did anything
  Measure measure = Measure::kCount;
  std::string of;  // the metric that is summed, the attribute whose different values count
  EventFilter::Comparison comparison = EventFilter::Comparison::kGreaterOrEqual;
  double value = 1;
  std::optional<std::int64_t> within_micros;  // up to now
  std::optional<Timestamp> since;
  std::optional<Timestamp> until;            // not included
  Occurrence occurrence = Occurrence::kAny;  // of all such events ever, the one that must be within the time
  std::vector<Step> then;                    // after it, in this order
  std::string name;                          // canonical: the same for criteria that mean the same
};

// Of whom a criterion holds: those of a list that changes seldom, but for a few. A list whose name was seen before
// lists the same.
struct Doers {
  using List = std::shared_ptr<const index::MemberList>;
  struct Part {
    List base;
    List left;    // of the base
    List joined;  // besides it
  };
  Part endpoints;  // lists of endpoints alone: what was done while no user was known
  Part users;      // lists of users alone

  index::PredicatePtr predicate() const;
  bool hold(std::string_view key_id, std::string_view user) const;
};
// Of an application's endpoints and users, those of whom the criterion holds as of now, whatever its `did`.
using WhoDid = std::function<Result<Doers>(const std::string& app, const EventCriterion& criterion, Timestamp now)>;
// Where events are not kept.
Result<Doers> nobody_did(const std::string& app, const EventCriterion& criterion, Timestamp now);

// kInvalid names the member at fault by its path.
Result<EventCriterion> parse_event_criterion(const json::object& document, const json::MemberPath& path);

// Those of a SegmentDimensions document, which has them at Behavior.Events.
Result<std::vector<EventCriterion>> event_criteria(const json::object& dimensions, const json::MemberPath& path);

}  // namespace rapport::audience
