#pragma once

// event_store: every event that ever happened, for questions: counts, distinct counts and sums over filters and
// groups, and the events of one endpoint, user or application in the order of their time. Filled from the event log.

#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "event_store/profile.h"
#include "events/event.h"

namespace rapport::event_store {

enum class Field {
  kEndpoint,
  kUser,
  kId,
  kType,
  kSession,
  kAttribute,    // by name
  kMetric,       // by name
  kTime,         // in microseconds
  kDay,          // of the event's time, UTC: 2026-11-22
  kHour,         // of the event's time, UTC: 2026-11-22T09
  kMinute,       // of the event's time, UTC: 2026-11-22T09:41
  kArrivalHour,  // of its arrival
};

// What of an event is looked at. An event may lack it: a user, a session, an attribute, a metric.
struct Key {
  Field field = Field::kType;
  std::string name = {};  // of the attribute or metric
};

enum class Test {
  kAnyOf,   // has one of the values
  kNoneOf,  // has none of the values, or lacks the key
  kExists,
  kMissing,
};

struct Condition {
  Key key;
  Test test = Test::kExists;
  std::vector<std::string> values = {};
};

enum class Aggregate {
  kCount,     // events
  kDistinct,  // different values of the keys together, of events that have the first
  kSum,       // of a metric, or of an attribute that reads as a number; 0 when there is none
  kSumOnce,   // the same over different values of all keys together: the first of them, once for what the others name
  kMin,       // the same; NaN when there is none
  kMax,
  kFirst,  // time in microseconds; NaN when there is none
  kLast,
};

using Conditions = std::vector<Condition>;  // met when all are

// One figure, of the events that meet one of `where`; of all events when it is empty.
struct Measure {
  Aggregate aggregate = Aggregate::kCount;
  std::vector<Key> of = {};
  std::vector<Conditions> where = {};
};

struct TimeRange {
  Timestamp start = {std::numeric_limits<std::int64_t>::min()};
  Timestamp end = {std::numeric_limits<std::int64_t>::max()};  // inclusive
};

// What a question must have seen.
enum class Freshness {
  kSoon,      // what was published before, but for the newest when there are too many to wait for
  kComplete,  // every event that was published before it was asked; kUnavailable when the store cannot catch up soon
};

struct Query {
  std::string app;
  TimeRange range = {};                 // of the events' time
  std::vector<std::string> types = {};  // any when empty
  Conditions where = {};
  std::vector<Measure> measures = {};  // at least one
  std::vector<Key> group_by = {};
  std::optional<std::size_t> largest_of = {};  // rows by falling value of this measure; else by rising groups
  std::size_t limit = 100'000;
  Freshness freshness = Freshness::kSoon;
};

struct Row {
  std::vector<std::optional<std::string>> groups;  // parallel to group_by
  std::vector<double> values;                      // parallel to measures
};

enum class Order { kOldestFirst, kNewestFirst };

struct Selection {
  std::string app;
  TimeRange range = {};
  std::vector<std::string> types = {};  // any when empty
  std::optional<std::string> endpoint = {};
  std::optional<std::string> user = {};
  // With a user: also what these endpoints did that names no user, as opening a message does.
  std::vector<std::string> endpoints_of_user = {};
  Order order = Order::kOldestFirst;
  Freshness freshness = Freshness::kSoon;
};

// The port. Thread-safe. A question sees what was published before it, unless events came faster than they are stored:
// then it sees what is stored, if it does not ask for more.
class Store {
 public:
  virtual ~Store() = default;
  // Without groups there is exactly one row. kInvalid when the query makes no sense.
  virtual Result<std::vector<Row>> measure(const Query& query) = 0;
  // The same row by row, for answers that are too large to hold. Return false from `visit` to stop.
  virtual Status for_each_row(const Query& query, const std::function<bool(const Row&)>& visit) {
    for (const Row& row : TRY(measure(query))) {
      if (!visit(row)) break;
    }
    return {};
  }
  // Return false from `visit` to stop.
  virtual Status for_each(const Selection& selection, const std::function<bool(const events::Event&)>& visit) = 0;
  // What the events of a time were like, the most frequent types first (at most kProfiledTypesMax); at most so many
  // values of each attribute. Of many events, attributes and metrics are those of a part, counted as if of all.
  virtual Result<std::vector<TypeProfile>> profile(const std::string& app, const TimeRange& range,
                                                   std::size_t values_max) = 0;
  // Every event of an application, gone.
  virtual Status erase_application(const std::string& app) = 0;
};

}  // namespace rapport::event_store
