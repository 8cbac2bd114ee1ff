#include "event_store/columns.h"

#include <algorithm>
#include <array>

#include "event_store/connection.h"

namespace rapport::event_store {
namespace {

using parquet::ColumnType;

constexpr std::array<std::string_view, 14> kOwnAttributes = {"campaign_id",
                                                             "campaign_activity_id",
                                                             "treatment_id",
                                                             "journey_id",
                                                             "journey_activity_id",
                                                             "journey_run_id",
                                                             "message_id",
                                                             "delivery_type",
                                                             "campaign_send_status",
                                                             "journey_send_status",
                                                             "record_status",
                                                             "iso_country_code",
                                                             "number_of_message_parts",
                                                             "feedback"};
constexpr std::array<std::string_view, 1> kOwnMetrics = {"price_in_millicents_usd"};
constexpr std::size_t kFirstOwnMetric = kFirstOwnColumn + kOwnAttributes.size();

std::vector<parquet::Column> make_columns() {
  std::vector<parquet::Column> columns = {
      {"position", ColumnType::kLong},      {"app", ColumnType::kText},          {"type", ColumnType::kText},
      {"time", ColumnType::kTime},          {"arrival", ColumnType::kTime},      {"endpoint", ColumnType::kText},
      {"user_id", ColumnType::kText},       {"event_id", ColumnType::kText},     {"session_id", ColumnType::kText},
      {"session_start", ColumnType::kTime}, {"session_stop", ColumnType::kTime}, {"context", ColumnType::kText},
      {"attributes", ColumnType::kTexts},   {"metrics", ColumnType::kNumbers}};
  for (const auto name : kOwnAttributes) columns.push_back({std::string(name), ColumnType::kText});
  for (const auto name : kOwnMetrics) columns.push_back({std::string(name), ColumnType::kNumber});
  return columns;
}

std::optional<std::size_t> place_in(std::span<const std::string_view> names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return {};
  return static_cast<std::size_t>(found - names.begin());
}

// True for a key that came before: the first value counts, since a map has each key once.
template <class Map>
bool is_repeated(const Map& map, std::size_t i) {
  for (std::size_t before = 0; before < i; ++before) {
    if (map[before].first == map[i].first) return true;
  }
  return false;
}

void put_text_if_any(parquet::Chunk& chunk, Column column, const std::string& text) {
  if (!text.empty()) chunk.put_text(column, text);
}

struct Vector {
  Vector(duckdb_data_chunk chunk, std::size_t column) : Vector(duckdb_data_chunk_get_vector(chunk, column)) {}
  explicit Vector(duckdb_vector vector)
      : data(duckdb_vector_get_data(vector)), validity(duckdb_vector_get_validity(vector)) {}
  bool has(idx_t row) const { return validity == nullptr || duckdb_validity_row_is_valid(validity, row); }
  std::string text(idx_t row) const {
    return has(row) ? std::string(text_at(static_cast<duckdb_string_t*>(data), row)) : std::string();
  }
  template <class Number>
  Number number(idx_t row) const {
    return static_cast<Number*>(data)[row];
  }
  std::optional<Timestamp> time(idx_t row) const {
    if (!has(row)) return {};
    return Timestamp{number<std::int64_t>(row)};
  }

  void* data;
  std::uint64_t* validity;
};

// Visits the entries of a map: `visit(keys, values, i)`.
template <class Visit>
void for_each_entry(duckdb_data_chunk chunk, Column column, idx_t row, const Visit& visit) {
  const duckdb_vector map = duckdb_data_chunk_get_vector(chunk, column);
  const Vector lists(map);
  if (!lists.has(row)) return;
  const auto list = lists.number<duckdb_list_entry>(row);
  const duckdb_vector entries = duckdb_list_vector_get_child(map);
  const Vector keys(duckdb_struct_vector_get_child(entries, 0));
  const Vector values(duckdb_struct_vector_get_child(entries, 1));
  for (idx_t i = list.offset; i < list.offset + list.length; ++i) visit(keys, values, i);
}

void read_attributes(duckdb_data_chunk chunk, idx_t row, events::Event& event) {
  for (std::size_t i = 0; i < kOwnAttributes.size(); ++i) {
    const Vector column(chunk, kFirstOwnColumn + i);
    if (column.has(row)) event.attributes.emplace_back(kOwnAttributes[i], column.text(row));
  }
  for_each_entry(chunk, kAttributes, row, [&](const Vector& keys, const Vector& values, idx_t i) {
    event.attributes.emplace_back(keys.text(i), values.text(i));
  });
  for (std::size_t i = 0; i < kOwnMetrics.size(); ++i) {
    const Vector column(chunk, kFirstOwnMetric + i);
    if (column.has(row)) event.metrics.emplace_back(kOwnMetrics[i], column.number<double>(row));
  }
  for_each_entry(chunk, kMetrics, row, [&](const Vector& keys, const Vector& values, idx_t i) {
    event.metrics.emplace_back(keys.text(i), values.number<double>(i));
  });
}

}  // namespace

const std::vector<parquet::Column>& columns() {
  static const std::vector<parquet::Column> kColumns = make_columns();
  return kColumns;
}

std::string_view name_of(Column column) { return columns()[column].name; }

std::optional<std::string_view> column_of_attribute(std::string_view name) {
  const auto place = place_in(kOwnAttributes, name);
  return place ? std::optional(kOwnAttributes[*place]) : std::nullopt;
}

std::optional<std::string_view> column_of_metric(std::string_view name) {
  const auto place = place_in(kOwnMetrics, name);
  return place ? std::optional(kOwnMetrics[*place]) : std::nullopt;
}

void put_event(parquet::Chunk& chunk, const events::Entry& entry) {
  const events::Event& event = entry.event;
  chunk.value<std::int64_t>(kPosition) = static_cast<std::int64_t>(entry.next);
  chunk.put_text(kApp, event.app);
  chunk.put_text(kType, event.type);
  chunk.value<std::int64_t>(kTime) = event.time.micros;
  chunk.value<std::int64_t>(kArrival) = event.arrival.micros;
  chunk.put_text(kEndpoint, event.endpoint);
  put_text_if_any(chunk, kUser, event.user);
  chunk.put_text(kId, event.id);
  put_text_if_any(chunk, kSession, event.session_id);
  if (event.session_start) chunk.value<std::int64_t>(kSessionStart) = event.session_start->micros;
  if (event.session_stop) chunk.value<std::int64_t>(kSessionStop) = event.session_stop->micros;
  put_text_if_any(chunk, kContext, event.context);
  for (std::size_t i = 0; i < event.attributes.size(); ++i) {
    const auto& [name, value] = event.attributes[i];
    if (is_repeated(event.attributes, i)) continue;
    if (const auto own = place_in(kOwnAttributes, name)) {
      chunk.put_text(kFirstOwnColumn + *own, value);
    } else {
      chunk.put_key(kAttributes, name);
      chunk.put_value(kAttributes, value);
    }
  }
  for (std::size_t i = 0; i < event.metrics.size(); ++i) {
    const auto& [name, value] = event.metrics[i];
    if (is_repeated(event.metrics, i)) continue;
    if (const auto own = place_in(kOwnMetrics, name)) {
      chunk.value<double>(kFirstOwnMetric + *own) = value;
    } else {
      chunk.put_key(kMetrics, name);
      chunk.put_number(kMetrics, value);
    }
  }
  chunk.end_row();
}

events::Event event_at(duckdb_data_chunk chunk, idx_t row) {
  const auto text = [&](Column column) { return Vector(chunk, column).text(row); };
  const auto time = [&](Column column) { return Vector(chunk, column).time(row); };
  events::Event event;
  event.app = text(kApp);
  event.type = text(kType);
  event.time = time(kTime).value_or(Timestamp());
  event.arrival = time(kArrival).value_or(Timestamp());
  event.endpoint = text(kEndpoint);
  event.user = text(kUser);
  event.id = text(kId);
  event.session_id = text(kSession);
  event.session_start = time(kSessionStart);
  event.session_stop = time(kSessionStop);
  event.context = text(kContext);
  read_attributes(chunk, row, event);
  return event;
}

}  // namespace rapport::event_store
