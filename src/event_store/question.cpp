#include "event_store/question.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "event_store/columns.h"
#include "event_store/connection.h"

namespace rapport::event_store {
namespace {

constexpr std::int64_t kMicrosPerHour = 3'600 * kMicrosPerSecond;

// Builds one statement; hands out parameters.
class Writer {
 public:
  std::string parameter(sql::Value value) {
    parameters_.push_back(std::move(value));
    return fmt::format("${}", parameters_.size());
  }

  std::string key(const Key& key) {
    switch (key.field) {
      case Field::kEndpoint: return "endpoint";
      case Field::kUser: return "user_id";
      case Field::kId: return "event_id";
      case Field::kType: return "type";
      case Field::kSession: return "session_id";
      case Field::kAttribute: return named(column_of_attribute(key.name), "attributes", key.name);
      case Field::kMetric: return named(column_of_metric(key.name), "metrics", key.name);
      case Field::kTime: return "epoch_us(time)";
      case Field::kDay: return fmt::format("(epoch_us(time) // {})", kMicrosPerDay);
      case Field::kMinute: return fmt::format("(epoch_us(time) // {})", 60 * kMicrosPerSecond);
      case Field::kHour: return fmt::format("(epoch_us(time) // {})", kMicrosPerHour);
      case Field::kArrivalHour: return fmt::format("(epoch_us(arrival) // {})", kMicrosPerHour);
    }
    std::unreachable();
  }

  // The key as a number; what does not read as one is NULL.
  std::string number(const Key& key_of_number) { return fmt::format("TRY_CAST({} AS DOUBLE)", key(key_of_number)); }

  std::string condition(const Condition& condition) {
    // Every parameter that is handed out must stand in the statement.
    if (condition.values.empty() && condition.test == Test::kAnyOf) return "FALSE";
    if (condition.values.empty() && condition.test == Test::kNoneOf) return "TRUE";
    const std::string subject = fmt::format("CAST({} AS VARCHAR)", key(condition.key));
    switch (condition.test) {
      case Test::kAnyOf: return fmt::format("{} IN ({})", subject, list(condition.values));
      case Test::kNoneOf: return fmt::format("({0} IS NULL OR {0} NOT IN ({1}))", subject, list(condition.values));
      case Test::kExists: return subject + " IS NOT NULL";
      case Test::kMissing: return subject + " IS NULL";
    }
    std::unreachable();
  }

  std::string conditions(const Conditions& all) {
    std::vector<std::string> parts = {"TRUE"};
    for (const Condition& one : all) parts.push_back(condition(one));
    return fmt::format("({})", fmt::join(parts, " AND "));
  }

  std::string one_of(const std::vector<Conditions>& alternatives) {
    std::vector<std::string> parts;
    for (const Conditions& one : alternatives) parts.push_back(conditions(one));
    return fmt::format("{}", fmt::join(parts, " OR "));
  }

  // What every question begins with: the application, the time and the types.
  std::string scope(const std::string& app, const TimeRange& range, const std::vector<std::string>& types) {
    std::string text = "app = " + parameter(app);
    if (range.start.micros != std::numeric_limits<std::int64_t>::min()) {
      text += fmt::format(" AND time >= make_timestamptz({})", parameter(range.start.micros));
    }
    if (range.end.micros != std::numeric_limits<std::int64_t>::max()) {
      text += fmt::format(" AND time <= make_timestamptz({})", parameter(range.end.micros));
    }
    if (!types.empty()) text += " AND type IN (" + list(types) + ")";
    return text;
  }

  std::string of_user(const std::string& user, const std::vector<std::string>& endpoints) {
    const std::string named = "user_id = " + parameter(user);
    if (endpoints.empty()) return named;
    return fmt::format("({} OR (user_id IS NULL AND endpoint IN ({})))", named, list(endpoints));
  }

  Question finish(std::string statement) && { return {std::move(statement), std::move(parameters_)}; }

 private:
  std::string named(std::optional<std::string_view> column, std::string_view map, const std::string& name) {
    if (column) return std::string(*column);
    return fmt::format("map_extract_value({}, {})", map, parameter(name));
  }

  std::string list(const std::vector<std::string>& values) {
    std::vector<std::string> places;
    for (const std::string& value : values) places.push_back(parameter(value));
    return fmt::format("{}", fmt::join(places, ", "));
  }

  std::vector<sql::Value> parameters_;
};

std::string relation(const Sources& sources) {
  const std::string table = fmt::format("SELECT * FROM events WHERE position > {}", sources.table_from);
  if (sources.files.empty()) return "(" + table + ")";
  std::vector<std::string> files;
  for (const std::string& file : sources.files) files.push_back(literal(file));
  return fmt::format("({} UNION ALL BY NAME SELECT * FROM read_parquet([{}], hive_partitioning = false))", table,
                     fmt::join(files, ", "));
}

// Distinct over several keys counts their combinations, of events that have the first.
std::string distinct(Writer& writer, const std::vector<Key>& keys) {
  if (keys.size() == 1) return "count(DISTINCT " + writer.key(keys.front()) + ")";
  std::vector<std::string> parts;
  for (const Key& key : keys) parts.push_back(writer.key(key));
  return fmt::format("count(DISTINCT CASE WHEN {} IS NULL THEN NULL ELSE ({}) END)", parts.front(),
                     fmt::join(parts, ", "));
}

std::string sum_once(Writer& writer, const std::vector<Key>& keys, const std::string& filter) {
  std::vector<std::string> parts = {"n := " + writer.number(keys.front())};
  for (std::size_t i = 1; i < keys.size(); ++i) parts.push_back(fmt::format("k{} := {}", i, writer.key(keys[i])));
  return fmt::format("list_sum(list_transform(list(DISTINCT struct_pack({})){}, lambda x: x.n))",
                     fmt::join(parts, ", "), filter);
}

std::string aggregate(Writer& writer, const Measure& measure) {
  const std::string filter =
      measure.where.empty() ? "" : fmt::format(" FILTER (WHERE {})", writer.one_of(measure.where));
  switch (measure.aggregate) {
    case Aggregate::kCount: return "count(*)" + filter;
    case Aggregate::kDistinct: return distinct(writer, measure.of) + filter;
    case Aggregate::kSum: return "sum(" + writer.number(measure.of.front()) + ")" + filter;
    case Aggregate::kSumOnce: return sum_once(writer, measure.of, filter);
    case Aggregate::kMin: return "min(" + writer.number(measure.of.front()) + ")" + filter;
    case Aggregate::kMax: return "max(" + writer.number(measure.of.front()) + ")" + filter;
    case Aggregate::kFirst: return "min(epoch_us(time))" + filter;
    case Aggregate::kLast: return "max(epoch_us(time))" + filter;
  }
  std::unreachable();
}

Status check(const Query& query) {
  if (query.measures.empty()) return fail(ErrorKind::kInvalid, "A question to the event store needs a measure");
  for (const Measure& measure : query.measures) {
    const bool keyed = measure.aggregate != Aggregate::kCount && measure.aggregate != Aggregate::kFirst &&
                       measure.aggregate != Aggregate::kLast;
    if (keyed && measure.of.empty()) return fail(ErrorKind::kInvalid, "This measure needs a key to measure");
  }
  if (query.largest_of && *query.largest_of >= query.measures.size()) {
    return fail(ErrorKind::kInvalid, "There is no such measure to order by");
  }
  return {};
}

}  // namespace

Result<Question> question_of(const Query& query, const Sources& sources) {
  TRY(check(query));
  Writer writer;
  std::vector<std::string> selected;
  std::vector<std::string> groups;
  for (const Key& key : query.group_by) {
    selected.push_back(fmt::format("CAST({} AS VARCHAR)", writer.key(key)));
    groups.push_back(std::to_string(selected.size()));
  }
  for (const Measure& measure : query.measures) {
    selected.push_back(fmt::format("CAST({} AS DOUBLE)", aggregate(writer, measure)));
  }
  std::string statement = fmt::format("SELECT {} FROM {} WHERE {}", fmt::join(selected, ", "), relation(sources),
                                      writer.scope(query.app, query.range, query.types));
  if (!query.where.empty()) statement += " AND " + writer.conditions(query.where);
  if (!groups.empty()) statement += fmt::format(" GROUP BY {}", fmt::join(groups, ", "));
  std::string order = fmt::format("{}", fmt::join(groups, ", "));
  if (query.largest_of) {
    order =
        fmt::format("{} DESC NULLS LAST{}{}", groups.size() + *query.largest_of + 1, groups.empty() ? "" : ", ", order);
  }
  if (!order.empty()) statement += " ORDER BY " + order;
  statement += fmt::format(" LIMIT {}", query.limit);
  return std::move(writer).finish(std::move(statement));
}

Question question_of(const Selection& selection, const Sources& sources) {
  Writer writer;
  std::vector<std::string_view> names;
  for (const auto& column : columns()) names.push_back(column.name);
  std::string statement = fmt::format("SELECT {} FROM {} WHERE {}", fmt::join(names, ", "), relation(sources),
                                      writer.scope(selection.app, selection.range, selection.types));
  if (selection.endpoint) statement += " AND endpoint = " + writer.parameter(*selection.endpoint);
  if (selection.user) statement += " AND " + writer.of_user(*selection.user, selection.endpoints_of_user);
  const std::string_view direction = selection.order == Order::kOldestFirst ? "ASC" : "DESC";
  statement += fmt::format(" ORDER BY time {0}, position {0}", direction);
  return std::move(writer).finish(std::move(statement));
}

namespace {

// The names and values of a map and of the columns beside it, one row each. A message's own ids, each with one value
// for one event, tell nothing about the others.
std::string unnested(std::string_view map, const std::string& columns) {
  return fmt::format(
      "unnest(list_concat(map_entries({}), list_filter([{}], lambda entry: entry.value IS NOT NULL))) AS entry", map,
      columns);
}

std::string entries(std::span<const std::string_view> names) {
  std::vector<std::string> made;
  for (const std::string_view name : names) made.push_back(fmt::format("{{'key': '{0}', 'value': {0}}}", name));
  return fmt::format("{}", fmt::join(made, ", "));
}

constexpr std::string_view kProfiledColumns[] = {"campaign_id",
                                                 "treatment_id",
                                                 "journey_id",
                                                 "journey_activity_id",
                                                 "delivery_type",
                                                 "campaign_send_status",
                                                 "journey_send_status",
                                                 "record_status",
                                                 "iso_country_code",
                                                 "number_of_message_parts",
                                                 "feedback"};
constexpr std::string_view kProfiledNumbers[] = {"price_in_millicents_usd"};

// Events picked by their ids: the same ones whenever it is asked.
std::string one_in(std::int64_t count) { return count <= 1 ? "" : fmt::format(" AND hash(event_id) % {} = 0", count); }

}  // namespace

Question types_question(const std::string& app, const TimeRange& range, const Sources& sources) {
  Writer writer;
  std::string statement = fmt::format("SELECT type, count(*) FROM {} WHERE {} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {}",
                                      relation(sources), writer.scope(app, range, {}), kProfiledTypesMax);
  return std::move(writer).finish(std::move(statement));
}

Question attributes_question(const Profiled& of, const Sources& sources, std::size_t values_max) {
  Writer writer;
  const std::string every =
      fmt::format("SELECT type, {} FROM {} WHERE {}{}", unnested("attributes", entries(kProfiledColumns)),
                  relation(sources), writer.scope(of.app, of.range, {}), one_in(of.one_in));
  const std::string counted =
      fmt::format("SELECT type, entry.key AS name, entry.value AS value, count(*) * {} AS n FROM ({}) GROUP BY ALL",
                  of.one_in, every);
  const std::string ranked = fmt::format(
      "SELECT *, sum(n) OVER (PARTITION BY type, name) AS total, "
      "row_number() OVER (PARTITION BY type, name ORDER BY n DESC, value) AS place FROM ({})",
      counted);
  std::string statement = fmt::format(
      "SELECT type, name, value, n, CAST(total AS BIGINT) FROM ({}) WHERE place <= {} ORDER BY type, name, place",
      ranked, values_max);
  return std::move(writer).finish(std::move(statement));
}

Question metrics_question(const Profiled& of, const Sources& sources) {
  Writer writer;
  const std::string every =
      fmt::format("SELECT type, {} FROM {} WHERE {}{}", unnested("metrics", entries(kProfiledNumbers)),
                  relation(sources), writer.scope(of.app, of.range, {}), one_in(of.one_in));
  std::string statement = fmt::format(
      "SELECT type, entry.key, count(*) * {}, min(entry.value), max(entry.value), avg(entry.value) FROM ({}) "
      "GROUP BY 1, 2 ORDER BY 1, 2",
      of.one_in, every);
  return std::move(writer).finish(std::move(statement));
}

}  // namespace rapport::event_store
