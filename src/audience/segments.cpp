#include "audience/segments.h"

#include <utility>

#include "audience/keys.h"
#include "audience/row_encoder.h"
#include "audience/segment_rows.h"
#include "base/random.h"

namespace rapport::audience {
namespace {

constexpr std::size_t kWrittenMembers = 2000;  // at once

// The resource whose tags a segment's are; region and account do not matter to where they are kept.
std::string tagged_resource(const std::string& app, const std::string& id) {
  return apps::make_arn({}, "apps/" + app + "/segments/" + id);
}

Status erase_rows(sql::Session& session, const std::string& app, const std::string& id) {
  TRY(delete_segment(session, {app, id}));
  return apps::erase_tags(session, tagged_resource(app, id));
}

SegmentLoader loader_of(sql::Session& session) {
  return [&session](const SegmentRef& ref) { return load_segment(session, ref); };
}

// Page by page, so that a large selection needs little memory.
Status write_members(records::Store& store, const std::string& prefix, const index::Selection& selection) {
  Status written;
  records::Batch batch;
  const auto flush = [&] {
    written = store.write(std::exchange(batch, {}));
    return written.has_value();
  };
  selection.for_each("", [&](std::string_view key_id) {
    batch.put(prefix + kEndpointMember + std::string(key_id), encode_member({1, {}}));
    return batch.changes().size() < kWrittenMembers || flush();
  });
  if (written && !batch.empty()) flush();
  return written;
}

}  // namespace

Segments::Segments(sql::Database& database, records::Store& store, Endpoints& endpoints, Indexes& indexes,
                   const Clock& clock, WhoDid who_did)
    : database_(database),
      store_(store),
      endpoints_(endpoints),
      indexes_(indexes),
      lists_(store),
      clock_(clock),
      who_did_(std::move(who_did)) {}

Result<Segment> Segments::create(const std::string& app, const SegmentDraft& draft, const apps::TagMap& tags) {
  const DefinitionOwner owner{.app = app, .imported_sources = draft.imported_sources};
  TRY(check_now(draft.definition, owner));
  const Timestamp now = clock_.now();
  const Segment segment{.app = app,
                        .id = random_id(),
                        .name = draft.name,
                        .definition = draft.definition,
                        .created = now,
                        .modified = now};
  TRY(database_.write([&](sql::Session& session) -> Status {
    TRY(check_definition(draft.definition, owner, loader_of(session)));
    TRY(insert_segment(session, segment));
    return apps::add_tags(session, tagged_resource(app, segment.id), tags);
  }));
  return segment;
}

Result<Segment> Segments::update(const std::string& app, const std::string& id, const SegmentDraft& draft) {
  const DefinitionOwner owner{.app = app, .updated = id, .imported_sources = draft.imported_sources};
  TRY(check_now(draft.definition, owner));
  Segment segment;
  TRY(database_.write([&](sql::Session& session) -> Status {
    TRY(lock_segment(session, {app, id}));
    segment = TRY(load_segment(session, {app, id, 0}));
    if (segment.type == SegmentType::kImport && !draft.definition.empty()) {
      return fail(ErrorKind::kInvalid, "An imported segment has no dimensions; import into it instead", "SegmentId");
    }
    TRY(check_definition(draft.definition, owner, loader_of(session)));
    segment.version = TRY(next_version(session, {app, id}));
    segment.modified = clock_.now();
    if (!draft.name.empty()) segment.name = draft.name;
    if (!draft.definition.empty()) segment.definition = draft.definition;
    TRY(insert_version(session, segment));
    return publish_version(session, {app, id, segment.version}, segment.definition, segment.modified);
  }));
  return segment;
}

Result<Segment> Segments::get(const SegmentRef& ref) {
  Segment segment;
  TRY(database_.read([&](sql::Session& session) -> Status {
    segment = TRY(load_segment(session, ref));
    return {};
  }));
  return segment;
}

Result<apps::Page<Segment>> Segments::list(const std::string& app, const apps::PageRequest& page) {
  apps::Page<Segment> found;
  TRY(database_.read([&](sql::Session& session) -> Status {
    found = TRY(list_segments(session, app, page));
    return {};
  }));
  return found;
}

Result<apps::Page<Segment>> Segments::versions(const std::string& app, const std::string& id,
                                               const apps::PageRequest& page) {
  apps::Page<Segment> found;
  TRY(database_.read([&](sql::Session& session) -> Status {
    TRY(load_segment(session, {app, id}));
    found = TRY(list_versions(session, {app, id}, page));
    return {};
  }));
  return found;
}

Result<Segment> Segments::remove(const std::string& app, const std::string& id) {
  Segment segment;
  TRY(database_.write([&](sql::Session& session) -> Status {
    segment = TRY(load_segment(session, {app, id}));
    TRY(apps::erase_expiry(session, {apps::kExpiringSegment, app, id}));
    return erase_rows(session, app, id);
  }));
  // Ids are random and never used again, so members that a crash leaves here are out of reach until the application
  // goes.
  TRY(erase_members(app, id));
  return segment;
}

apps::ExpiringKind Segments::expiring() {
  return {.require = [](sql::Session& session, const std::string& app, const std::string& id) -> Status {
            TRY(load_segment(session, {app, id}));
            return {};
          },
          .is_in_use = [](sql::Session&, const std::string&, const std::string&) -> Result<bool> { return false; },
          .remove = &erase_rows,
          .remove_rest = [this](const std::string& app, const std::string& id) { return erase_members(app, id); }};
}

Result<Segment> Segments::start_import(sql::Session& session, const Segment& draft) {
  Segment segment = draft;
  segment.modified = clock_.now();
  if (draft.id.empty()) {
    segment.id = random_id();
    segment.created = segment.modified;
    segment.ready = false;
    TRY(insert_segment(session, segment));
    return segment;
  }
  const SegmentRef ref{draft.app, draft.id};
  TRY(lock_segment(session, ref));
  const auto latest = TRY(load_segment(session, ref));
  if (latest.type != SegmentType::kImport) {
    return fail(ErrorKind::kInvalid, "Only an imported segment can be extended by an import: " + draft.id, "SegmentId");
  }
  segment.version = TRY(next_version(session, ref));
  segment.created = latest.created;
  if (segment.name.empty()) segment.name = latest.name;
  segment.ready = false;
  TRY(insert_version(session, segment));
  return segment;
}

Result<Segment> Segments::capture(const std::string& app, const std::string& name, const index::Selection& selection) {
  json::object channels;
  for (const auto& channel : selection.top_values(kChannelTypeField, SIZE_MAX)) channels[channel.text] = channel.count;
  const json::object import = {{"Format", "JSON"},
                               {"S3Url", ""},
                               {"RoleArn", ""},
                               {"ExternalId", ""},
                               {"Size", selection.count()},
                               {"ChannelCounts", std::move(channels)}};
  const json::object definition = {{"ImportDefinition", import}};
  Segment segment{.app = app, .type = SegmentType::kImport, .name = name, .definition = definition};
  TRY(database_.write([&](sql::Session& session) -> Status {
    segment = TRY(start_import(session, segment));
    return {};
  }));
  TRY(write_members(store_, member_prefix(app, segment.id), selection));
  TRY(database_.write([&](sql::Session& session) -> Status {
    TRY(finish_import(session, {app, segment.id, segment.version}, definition));
    segment = TRY(load_segment(session, {app, segment.id}));
    return {};
  }));
  return segment;
}

Status Segments::finish_import(sql::Session& session, const SegmentRef& ref, const json::object& definition) {
  return publish_version(session, ref, definition, clock_.now());
}

// Without a transaction for what is refused; whoever stores it checks once more in the transaction that does.
Status Segments::check_now(const json::object& definition, const DefinitionOwner& owner) {
  return database_.read([&](sql::Session& session) { return check_definition(definition, owner, loader_of(session)); });
}

Status Segments::erase_application(sql::Session& session, const std::string& app) {
  return delete_segments(session, app);
}

Status Segments::erase_members(const std::string& app, const std::string& id) {
  return store_.erase_prefix(member_prefix(app, id));
}

Status Segments::erase_members(const std::string& app) { return store_.erase_prefix(members_prefix(app)); }

}  // namespace rapport::audience
