#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "event_store/seals.h"
#include "event_store/store.h"
#include "sql/database.h"

namespace rapport::event_store {

// A statement and what it asks with. Every value that came from outside is a parameter.
struct Question {
  std::string statement;
  std::vector<sql::Value> parameters;
};

// Where the events lie: rows of the table behind a place, and sealed files.
struct Sources {
  events::Position table_from = 0;
  std::vector<std::string> files;
};

// Which events a profile is of.
struct Profiled {
  std::string app;
  TimeRange range;
  std::int64_t one_in = 1;
};

// Groups and measures of each row, in this order. kInvalid when a measure lacks a key or groups are out of reason.
Result<Question> question_of(const Query& query, const Sources& sources);
// Every column of the events.
Question question_of(const Selection& selection, const Sources& sources);

// What Store::profile asks: type and count; type, name, value, its count and that of the name, by type and name; type,
// name, count, minimum, maximum and mean. The latter two of one event in so many, counts as if of all.
Question types_question(const std::string& app, const TimeRange& range, const Sources& sources);
Question attributes_question(const Profiled& of, const Sources& sources, std::size_t values_max);
Question metrics_question(const Profiled& of, const Sources& sources);

}  // namespace rapport::event_store
