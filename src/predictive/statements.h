#pragma once

// The SQL of predictive segments and their runs.

#include <string_view>

namespace rapport::predictive {

// `generation` grows whenever the schedule is set anew: a refresh job of an older generation does nothing. `job_id` of
// a run is the one job that may advance it.
constexpr std::string_view kCreateTables = R"(
CREATE TABLE predictive_segments (
  id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL,
  request TEXT NOT NULL,
  summary TEXT NOT NULL,
  latest_run TEXT NOT NULL,
  created BIGINT NOT NULL,
  modified BIGINT NOT NULL,
  next_refresh BIGINT,
  generation BIGINT NOT NULL
);
CREATE INDEX predictive_segments_by_app ON predictive_segments (app_id, created, id);
CREATE TABLE predictive_runs (
  id TEXT PRIMARY KEY,
  predictive_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  job_id TEXT NOT NULL,
  document TEXT NOT NULL,
  started BIGINT NOT NULL,
  ended BIGINT
);
CREATE INDEX predictive_runs_by_segment ON predictive_runs (predictive_id, started, id);
)";

constexpr std::string_view kInsertSegment =
    "INSERT INTO predictive_segments (id, app_id, request, summary, latest_run, created, modified, next_refresh, "
    "generation) VALUES ($1, $2, $3, '{}', '', $4, $4, NULL, 0)";
constexpr std::string_view kUpdateRequest =
    "UPDATE predictive_segments SET request = $3, modified = $4 WHERE id = $1 AND app_id = $2";
constexpr std::string_view kSetLatestRun = "UPDATE predictive_segments SET latest_run = $2 WHERE id = $1";
constexpr std::string_view kSetSummary = "UPDATE predictive_segments SET summary = $2 WHERE id = $1";
constexpr std::string_view kSetSchedule =
    "UPDATE predictive_segments SET next_refresh = $2, generation = generation + 1 WHERE id = $1 RETURNING generation";
constexpr std::string_view kGetGeneration = "SELECT generation FROM predictive_segments WHERE id = $1";

#define RAPPORT_PREDICTIVE_COLUMNS                                                                  \
  "SELECT s.app_id, s.id, s.request, s.summary, r.document, s.created, s.modified, s.next_refresh " \
  "FROM predictive_segments s LEFT JOIN predictive_runs r ON r.id = s.latest_run WHERE "

constexpr std::string_view kGetSegment = RAPPORT_PREDICTIVE_COLUMNS "s.id = $1 AND s.app_id = $2";
constexpr std::string_view kGetSegmentById = RAPPORT_PREDICTIVE_COLUMNS "s.id = $1";
constexpr std::string_view kListSegments = RAPPORT_PREDICTIVE_COLUMNS
    "s.app_id = $1 AND (s.created > $2 OR (s.created = $2 AND s.id > $3)) ORDER BY s.created, s.id LIMIT $4";

#undef RAPPORT_PREDICTIVE_COLUMNS

constexpr std::string_view kInsertRun =
    "INSERT INTO predictive_runs (id, predictive_id, app_id, job_id, document, started, ended) "
    "VALUES ($1, $2, $3, $4, $5, $6, NULL)";
constexpr std::string_view kGetRun = "SELECT predictive_id, job_id, document FROM predictive_runs WHERE id = $1";
constexpr std::string_view kSaveRun =
    "UPDATE predictive_runs SET document = $3, job_id = $4 WHERE id = $1 AND job_id = $2";
constexpr std::string_view kEndRun = "UPDATE predictive_runs SET document = $2, ended = $3, job_id = '' WHERE id = $1";
constexpr std::string_view kAnyRunInProgress =
    "SELECT 1 FROM predictive_runs WHERE predictive_id = $1 AND ended IS NULL LIMIT 1";
constexpr std::string_view kListRuns =
    "SELECT id, document, started FROM predictive_runs WHERE predictive_id = $1 AND "
    "(started < $2 OR (started = $2 AND id < $3)) ORDER BY started DESC, id DESC LIMIT $4";

constexpr std::string_view kDeleteRuns = "DELETE FROM predictive_runs WHERE predictive_id = $1";
constexpr std::string_view kDeleteSegment = "DELETE FROM predictive_segments WHERE id = $1";
constexpr std::string_view kEraseApplicationRuns = "DELETE FROM predictive_runs WHERE app_id = $1";
constexpr std::string_view kEraseApplicationSegments = "DELETE FROM predictive_segments WHERE app_id = $1";

}  // namespace rapport::predictive
