#pragma once

// The SQL of the job table. `ready_at` is when a worker may claim the job: its start time while pending, the end of its
// lease while running, never once it is over.

#include <cstdint>
#include <limits>
#include <string_view>

namespace rapport::jobs {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

constexpr std::string_view kCreateTables = R"(
CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  owner TEXT NOT NULL,
  state TEXT NOT NULL,
  input TEXT NOT NULL,
  checkpoint TEXT NOT NULL,
  progress TEXT NOT NULL,
  failure TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  attempts_max BIGINT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  finished BIGINT,
  cancel_requested BIGINT NOT NULL,
  lease_owner TEXT NOT NULL,
  ready_at BIGINT NOT NULL
);
CREATE INDEX jobs_by_ready_at ON jobs (ready_at);
CREATE INDEX jobs_by_owner ON jobs (kind, owner, created, id);
)";

#define RAPPORT_JOB_COLUMNS                                                                              \
  "id, kind, owner, state, input, checkpoint, progress, failure, attempts, created, updated, finished, " \
  "cancel_requested"

constexpr std::string_view kInsert =
    "INSERT INTO jobs (id, kind, owner, state, input, checkpoint, progress, failure, attempts, attempts_max, created, "
    "updated, finished, cancel_requested, lease_owner, ready_at) "
    "VALUES ($1, $2, $3, 'pending', $4, '{}', '{}', '', 0, $5, $6, $6, NULL, 0, '', $7) RETURNING " RAPPORT_JOB_COLUMNS;

constexpr std::string_view kGet = "SELECT " RAPPORT_JOB_COLUMNS " FROM jobs WHERE id = $1";

constexpr std::string_view kList =
    "SELECT " RAPPORT_JOB_COLUMNS " FROM jobs WHERE kind = $1 AND owner = $2 ORDER BY created DESC, id DESC LIMIT $3";

constexpr std::string_view kListAfter =
    "SELECT " RAPPORT_JOB_COLUMNS
    " FROM jobs WHERE kind = $1 AND owner = $2 AND (created < $4 OR (created = $4 AND id < $5))"
    " ORDER BY created DESC, id DESC LIMIT $3";

constexpr std::string_view kAnyReady = "SELECT 1 FROM jobs WHERE ready_at <= $1 LIMIT 1";

// Followed by the list of kinds, `)`, the order, and the engine's way to skip rows that others claim.
constexpr std::string_view kClaimBegin =
    "UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_owner = $1, ready_at = $2, updated = $3 "
    "WHERE id = (SELECT id FROM jobs WHERE ready_at <= $3 AND kind IN (";
constexpr std::string_view kClaimOrder = ") ORDER BY ready_at LIMIT 1";
constexpr std::string_view kClaimEnd = ") RETURNING attempts_max, " RAPPORT_JOB_COLUMNS;

constexpr std::string_view kRenew =
    "UPDATE jobs SET ready_at = $3 WHERE id = $1 AND lease_owner = $2 RETURNING cancel_requested";

constexpr std::string_view kSave =
    "UPDATE jobs SET checkpoint = $3, progress = $4, updated = $5 WHERE id = $1 AND lease_owner = $2 "
    "RETURNING cancel_requested";

constexpr std::string_view kFinish =
    "UPDATE jobs SET state = $3, failure = $4, updated = $5, finished = $5, lease_owner = '', ready_at = $6 "
    "WHERE id = $1 AND lease_owner = $2";

constexpr std::string_view kForget = "DELETE FROM jobs WHERE id = $1 AND lease_owner = $2";

constexpr std::string_view kRetry =
    "UPDATE jobs SET state = 'pending', failure = $3, updated = $4, lease_owner = '', ready_at = $5 "
    "WHERE id = $1 AND lease_owner = $2";

// A worker that stops gives the job back, and the attempt does not count.
constexpr std::string_view kRelease =
    "UPDATE jobs SET state = 'pending', attempts = attempts - 1, lease_owner = '', ready_at = $3 "
    "WHERE id = $1 AND lease_owner = $2";

constexpr std::string_view kReleaseAll = "UPDATE jobs SET ready_at = $1 WHERE state = 'running'";

constexpr std::string_view kCancelPending =
    "UPDATE jobs SET state = 'cancelled', updated = $2, finished = $2, ready_at = $3 "
    "WHERE id = $1 AND state = 'pending' RETURNING " RAPPORT_JOB_COLUMNS;

constexpr std::string_view kRequestCancel =
    "UPDATE jobs SET cancel_requested = 1, updated = $2 WHERE id = $1 AND state = 'running'";

#undef RAPPORT_JOB_COLUMNS

}  // namespace rapport::jobs
