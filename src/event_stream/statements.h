#pragma once

#include <string_view>

namespace rapport::event_stream {

// A place is how far one node's log was handed on.
constexpr std::string_view kCreateTables = R"(
CREATE TABLE event_streams (
  app_id TEXT PRIMARY KEY,
  arn TEXT NOT NULL,
  role TEXT NOT NULL,
  modified BIGINT NOT NULL,
  modified_by TEXT NOT NULL
);
CREATE TABLE event_stream_places (
  app_id TEXT NOT NULL,
  log TEXT NOT NULL,
  place BIGINT NOT NULL,
  PRIMARY KEY (app_id, log)
);
)";

constexpr std::string_view kPutStream =
    "INSERT INTO event_streams (app_id, arn, role, modified, modified_by) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (app_id) DO UPDATE SET arn = excluded.arn, role = excluded.role, modified = excluded.modified, "
    "modified_by = excluded.modified_by";
constexpr std::string_view kGetStream =
    "SELECT app_id, arn, role, modified, modified_by FROM event_streams WHERE app_id = $1";
constexpr std::string_view kListStreams = "SELECT app_id, arn, role, modified, modified_by FROM event_streams";
constexpr std::string_view kEraseStream = "DELETE FROM event_streams WHERE app_id = $1";

constexpr std::string_view kBeginAt =
    "INSERT INTO event_stream_places (app_id, log, place) VALUES ($1, $2, $3) ON CONFLICT (app_id, log) DO NOTHING";
constexpr std::string_view kGetPlace = "SELECT place FROM event_stream_places WHERE app_id = $1 AND log = $2";
constexpr std::string_view kMovePlace =
    "UPDATE event_stream_places SET place = $4 WHERE app_id = $1 AND log = $2 AND place = $3";
constexpr std::string_view kOldestPlace = "SELECT MIN(place) FROM event_stream_places WHERE log = $1";
constexpr std::string_view kErasePlaces = "DELETE FROM event_stream_places WHERE app_id = $1";

}  // namespace rapport::event_stream
