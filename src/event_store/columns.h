#pragma once

#include <duckdb.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/event.h"
#include "events/log.h"
#include "parquet/chunk.h"

namespace rapport::event_store {

// The columns of an event, in the table and in sealed files alike. What is asked for most of the attributes and metrics
// has columns of its own, the rest lies in maps.
enum Column : std::size_t {
  kPosition,  // the place behind the event in the log
  kApp,
  kType,
  kTime,
  kArrival,
  kEndpoint,
  kUser,
  kId,
  kSession,
  kSessionStart,
  kSessionStop,
  kContext,
  kAttributes,
  kMetrics,
  kFirstOwnColumn,
};

const std::vector<parquet::Column>& columns();
std::string_view name_of(Column column);
// The column an attribute or a metric has for itself.
std::optional<std::string_view> column_of_attribute(std::string_view name);
std::optional<std::string_view> column_of_metric(std::string_view name);

void put_event(parquet::Chunk& chunk, const events::Entry& entry);
// Reads a row of a chunk that holds every column. Attributes with columns of their own come first.
events::Event event_at(duckdb_data_chunk chunk, idx_t row);

}  // namespace rapport::event_store
