#include "audience/segment_rows.h"

#include <limits>
#include <utility>
#include <vector>

#include "base/fold_case.h"

namespace rapport::audience {

const std::string_view kCreateSegmentTables = R"sql(
CREATE TABLE segments (
  app TEXT NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  created BIGINT NOT NULL,
  latest BIGINT NOT NULL,
  PRIMARY KEY (app, id)
);
CREATE INDEX segments_by_creation ON segments (app, created, id);
CREATE TABLE segment_versions (
  app TEXT NOT NULL,
  segment TEXT NOT NULL,
  version BIGINT NOT NULL,
  name TEXT NOT NULL,
  definition TEXT NOT NULL,
  modified BIGINT NOT NULL,
  ready BIGINT NOT NULL,
  PRIMARY KEY (app, segment, version)
)
)sql";

// The folded name is that of the latest version. The indexes hold all that a search looks at.
const std::string_view kAddFoldedNames = R"sql(
ALTER TABLE segments ADD COLUMN folded_name TEXT NOT NULL DEFAULT '';
UPDATE segments SET folded_name = COALESCE((SELECT lower(v.name) FROM segment_versions v
  WHERE v.app = segments.app AND v.segment = segments.id AND v.version = segments.latest), '');
DROP INDEX segments_by_creation;
CREATE INDEX segments_by_creation ON segments (app, created, id, folded_name, type);
CREATE INDEX segments_by_name ON segments (app, folded_name, id, type)
)sql";

namespace {

constexpr std::string_view kInsertSegment =
    "INSERT INTO segments (app, id, type, created, latest, folded_name) VALUES ($1, $2, $3, $4, $5, $6)";
constexpr std::string_view kInsertVersion =
    "INSERT INTO segment_versions (app, segment, version, name, definition, modified, ready) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)";
constexpr std::string_view kPublishVersion =
    "UPDATE segment_versions SET definition = $4, modified = $5, ready = 1 "
    "WHERE app = $1 AND segment = $2 AND version = $3";
constexpr std::string_view kNameOfVersion =
    "SELECT name FROM segment_versions WHERE app = $1 AND segment = $2 AND version = $3";
constexpr std::string_view kRaiseLatest =
    "UPDATE segments SET latest = $3, folded_name = $4 WHERE app = $1 AND id = $2 AND latest < $3";
constexpr std::string_view kGet =
    "SELECT s.id, s.type, s.created, v.version, v.name, v.definition, v.modified, v.ready FROM segments s "
    "JOIN segment_versions v ON v.app = s.app AND v.segment = s.id AND v.version = s.latest "
    "WHERE s.app = $1 AND s.id = $2";
constexpr std::string_view kGetVersion =
    "SELECT s.id, s.type, s.created, v.version, v.name, v.definition, v.modified, v.ready FROM segments s "
    "JOIN segment_versions v ON v.app = s.app AND v.segment = s.id "
    "WHERE s.app = $1 AND s.id = $2 AND v.version = $3 AND (v.ready = 1 OR v.version = 1)";
constexpr std::string_view kLockSegment = "UPDATE segments SET latest = latest WHERE app = $1 AND id = $2";
constexpr std::string_view kNextVersion = "SELECT MAX(version) FROM segment_versions WHERE app = $1 AND segment = $2";
constexpr std::string_view kList =
    "SELECT s.id, s.type, s.created, v.version, v.name, v.definition, v.modified, v.ready FROM segments s "
    "JOIN segment_versions v ON v.app = s.app AND v.segment = s.id AND v.version = s.latest "
    "WHERE s.app = $1 AND (s.created > $2 OR (s.created = $2 AND s.id > $3)) ORDER BY s.created, s.id LIMIT $4";
constexpr std::string_view kListVersions =
    "SELECT s.id, s.type, s.created, v.version, v.name, v.definition, v.modified, v.ready FROM segments s "
    "JOIN segment_versions v ON v.app = s.app AND v.segment = s.id "
    "WHERE s.app = $1 AND s.id = $2 AND v.version < $3 AND (v.ready = 1 OR v.version = 1) ORDER BY v.version DESC "
    "LIMIT $4";
constexpr std::string_view kDeleteSegment = "DELETE FROM segments WHERE app = $1 AND id = $2";
constexpr std::string_view kDeleteVersions = "DELETE FROM segment_versions WHERE app = $1 AND segment = $2";
constexpr std::string_view kDeleteAllSegments = "DELETE FROM segments WHERE app = $1";
constexpr std::string_view kDeleteAllVersions = "DELETE FROM segment_versions WHERE app = $1";

std::string_view name_of(SegmentType type) { return type == SegmentType::kImport ? "IMPORT" : "DIMENSIONAL"; }

Result<Segment> segment_of(const std::string& app, const sql::Row& row) {
  Segment segment;
  segment.app = app;
  segment.id = row.text(0);
  segment.version = row.integer(3);
  segment.name = row.text(4);
  segment.type = row.text(1) == "IMPORT" ? SegmentType::kImport : SegmentType::kDimensional;
  segment.created = {row.integer(2)};
  segment.modified = {row.integer(6)};
  segment.ready = row.integer(7) == 1;
  segment.definition = TRY(json::parse(row.text(5)))
  .as_object();
  return segment;
}

// Reads a page of at most `limit` segments from rows of which there may be one more.
template <class TokenOf>
Result<apps::Page<Segment>> page_of(const std::string& app, const sql::Answer& answer, std::size_t limit,
                                    const TokenOf& token_of) {
  apps::Page<Segment> page;
  for (const auto& row : answer.rows) {
    if (page.items.size() == limit) {
      page.next = token_of(page.items.back());
      break;
    }
    page.items.push_back(TRY(segment_of(app, row)));
  }
  return page;
}

}  // namespace

std::unexpected<Error> segment_not_found() { return fail(ErrorKind::kNotFound, "Segment not found"); }

Status insert_segment(sql::Session& session, const Segment& segment) {
  TRY(session.execute(kInsertSegment, {segment.app, segment.id, std::string(name_of(segment.type)),
                                       segment.created.micros, segment.version, fold_case(segment.name)}));
  return insert_version(session, segment);
}

Status insert_version(sql::Session& session, const Segment& segment) {
  const std::int64_t ready = segment.ready ? 1 : 0;
  TRY(session.execute(kInsertVersion, {segment.app, segment.id, segment.version, segment.name,
                                       json::serialize(segment.definition), segment.modified.micros, ready}));
  return {};
}

Status publish_version(sql::Session& session, const SegmentRef& ref, const json::object& definition, Timestamp now) {
  TRY(session.execute(kPublishVersion, {ref.app, ref.segment, ref.version, json::serialize(definition), now.micros}));
  const auto named = TRY(session.execute(kNameOfVersion, {ref.app, ref.segment, ref.version}));
  if (named.rows.empty()) return segment_not_found();
  TRY(session.execute(kRaiseLatest, {ref.app, ref.segment, ref.version, fold_case(named.rows.front().text(0))}));
  return {};
}

Result<Segment> load_segment(sql::Session& session, const SegmentRef& ref) {
  std::vector<sql::Value> parameters = {ref.app, ref.segment};
  if (ref.version != 0) parameters.emplace_back(ref.version);
  const auto answer = TRY(session.execute(ref.version == 0 ? kGet : kGetVersion, parameters));
  if (answer.rows.empty()) return segment_not_found();
  return segment_of(ref.app, answer.rows.front());
}

Status lock_segment(sql::Session& session, const SegmentRef& ref) {
  if (TRY(session.execute(kLockSegment, {ref.app, ref.segment})).changed == 0) return segment_not_found();
  return {};
}

Result<std::int64_t> next_version(sql::Session& session, const SegmentRef& ref) {
  return TRY(session.execute(kNextVersion, {ref.app, ref.segment}))
  .rows.front().integer(0) + 1;
}

Result<apps::Page<Segment>> list_segments(sql::Session& session, const std::string& app,
                                          const apps::PageRequest& page) {
  const auto limit = static_cast<std::int64_t>(page.limit);
  const auto answer = TRY(session.execute(kList, {app, page.after_micros, page.after_id, limit + 1}));
  return page_of(app, answer, page.limit,
                 [](const Segment& last) { return apps::page_token(last.created.micros, last.id); });
}

Result<apps::Page<Segment>> list_versions(sql::Session& session, const SegmentRef& ref, const apps::PageRequest& page) {
  const auto limit = static_cast<std::int64_t>(page.limit);
  const auto before = page.after_id.empty() ? std::numeric_limits<std::int64_t>::max() : page.after_micros;
  const auto answer = TRY(session.execute(kListVersions, {ref.app, ref.segment, before, limit + 1}));
  return page_of(ref.app, answer, page.limit,
                 [](const Segment& last) { return apps::page_token(last.version, last.id); });
}

Status delete_segment(sql::Session& session, const SegmentRef& ref) {
  TRY(session.execute(kDeleteVersions, {ref.app, ref.segment}));
  TRY(session.execute(kDeleteSegment, {ref.app, ref.segment}));
  return {};
}

Status delete_segments(sql::Session& session, const std::string& app) {
  TRY(session.execute(kDeleteAllVersions, {app}));
  TRY(session.execute(kDeleteAllSegments, {app}));
  return {};
}

}  // namespace rapport::audience
