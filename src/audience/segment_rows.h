#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "apps/paging.h"
#include "audience/segment.h"
#include "base/result.h"
#include "sql/database.h"

// The rows of segments: one per segment, one per version. Everything runs in the caller's transaction.
namespace rapport::audience {

extern const std::string_view kCreateSegmentTables;
extern const std::string_view kAddFoldedNames;

std::unexpected<Error> segment_not_found();

Status insert_segment(sql::Session& session, const Segment& segment);  // and its first version
Status insert_version(sql::Session& session, const Segment& segment);
// Makes the version ready with this definition, and the latest unless a later one is.
Status publish_version(sql::Session& session, const SegmentRef& ref, const json::object& definition, Timestamp now);
Result<Segment> load_segment(sql::Session& session, const SegmentRef& ref);  // kNotFound
// Lets no other transaction make a version of the segment before this one ends. kNotFound.
Status lock_segment(sql::Session& session, const SegmentRef& ref);
Result<std::int64_t> next_version(sql::Session& session, const SegmentRef& ref);
Result<apps::Page<Segment>> list_segments(sql::Session& session, const std::string& app, const apps::PageRequest& page);
Result<apps::Page<Segment>> list_versions(sql::Session& session, const SegmentRef& ref, const apps::PageRequest& page);
Status delete_segment(sql::Session& session, const SegmentRef& ref);
Status delete_segments(sql::Session& session, const std::string& app);

}  // namespace rapport::audience
