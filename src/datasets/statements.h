#pragma once

// The SQL of the resources, their tags and the files of the datasets.

#include <string_view>

namespace rapport::datasets {

constexpr std::string_view kCreateTables = R"(
CREATE TABLE personalize_resources (
  arn TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  parent TEXT NOT NULL,
  status TEXT NOT NULL,
  failure_reason TEXT NOT NULL,
  job TEXT NOT NULL,
  details TEXT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL
);
CREATE INDEX personalize_resources_by_kind ON personalize_resources (kind, created, arn);
CREATE INDEX personalize_resources_by_parent ON personalize_resources (kind, parent, created, arn);
CREATE TABLE personalize_tags (
  arn TEXT NOT NULL,
  tag_key TEXT NOT NULL,
  tag_value TEXT NOT NULL,
  PRIMARY KEY (arn, tag_key)
);
CREATE TABLE dataset_files (
  dataset TEXT NOT NULL,
  position BIGINT NOT NULL,
  object_key TEXT NOT NULL,
  row_count BIGINT NOT NULL,
  import_job TEXT NOT NULL,
  PRIMARY KEY (dataset, position)
);
)";

#define RAPPORT_RESOURCE_COLUMNS "arn, kind, name, parent, status, failure_reason, job, details, created, updated"

constexpr std::string_view kInsertResource =
    "INSERT INTO personalize_resources (" RAPPORT_RESOURCE_COLUMNS
    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT (arn) DO NOTHING";
constexpr std::string_view kGetResource =
    "SELECT " RAPPORT_RESOURCE_COLUMNS " FROM personalize_resources WHERE arn = $1 AND kind = $2";
constexpr std::string_view kHasResource = "SELECT 1 FROM personalize_resources WHERE arn = $1";
constexpr std::string_view kUpdateResource =
    "UPDATE personalize_resources SET status = $2, failure_reason = $3, job = $4, details = $5, updated = $6 "
    "WHERE arn = $1";
constexpr std::string_view kDeleteResource = "DELETE FROM personalize_resources WHERE arn = $1";
constexpr std::string_view kListResources =
    "SELECT " RAPPORT_RESOURCE_COLUMNS
    " FROM personalize_resources WHERE kind = $1 AND (created > $2 OR (created = $2 AND arn > $3))"
    " ORDER BY created, arn LIMIT $4";
constexpr std::string_view kListChildren =
    "SELECT " RAPPORT_RESOURCE_COLUMNS
    " FROM personalize_resources WHERE kind = $1 AND parent = $5 AND (created > $2 OR (created = $2 AND arn > $3))"
    " ORDER BY created, arn LIMIT $4";

constexpr std::string_view kListNewest =
    "SELECT " RAPPORT_RESOURCE_COLUMNS
    " FROM personalize_resources WHERE kind = $1 AND ($2 = -1 OR created < $2 OR (created = $2 AND arn < $3))"
    " AND ($5 = '' OR parent = $5) ORDER BY created DESC, arn DESC LIMIT $4";

constexpr std::string_view kUpsertTag =
    "INSERT INTO personalize_tags (arn, tag_key, tag_value) VALUES ($1, $2, $3) "
    "ON CONFLICT (arn, tag_key) DO UPDATE SET tag_value = excluded.tag_value";
constexpr std::string_view kDeleteTag = "DELETE FROM personalize_tags WHERE arn = $1 AND tag_key = $2";
constexpr std::string_view kDeleteTags = "DELETE FROM personalize_tags WHERE arn = $1";
constexpr std::string_view kListTags =
    "SELECT tag_key, tag_value FROM personalize_tags WHERE arn = $1 ORDER BY tag_key";

constexpr std::string_view kListFiles =
    "SELECT position, object_key, row_count, updated FROM dataset_files "
    "LEFT JOIN personalize_resources ON arn = import_job WHERE dataset = $1 ORDER BY position";
constexpr std::string_view kInsertFile =
    "INSERT INTO dataset_files (dataset, position, object_key, row_count, import_job) VALUES ($1, $2, $3, $4, $5)";
constexpr std::string_view kReplaceFile =
    "UPDATE dataset_files SET object_key = $4, row_count = $5 WHERE dataset = $1 AND position = $2 AND object_key = $3";
constexpr std::string_view kDeleteFiles = "DELETE FROM dataset_files WHERE dataset = $1";

}  // namespace rapport::datasets
