#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "apps/paging.h"
#include "apps/tags.h"
#include "audience/endpoint.h"
#include "audience/endpoints.h"
#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"
#include "records/store.h"
#include "sql/database.h"

namespace rapport::audience {

enum class SegmentType { kDimensional, kImport };

// One version of a segment.
struct Segment {
  std::string app;
  std::string id;
  std::int64_t version = 1;
  SegmentType type = SegmentType::kDimensional;
  std::string name;
  json::object definition;  // {"Dimensions": ...} or {"SegmentGroups": ...} or {"ImportDefinition": ...}
  Timestamp created;
  Timestamp modified;
};

// What a caller writes: at most one of Dimensions and SegmentGroups (none: every endpoint of the application).
struct SegmentDraft {
  std::string name;
  json::object definition;
};

struct SegmentRef {
  std::string app;
  std::string segment;
  std::int64_t version = 0;  // 0: the latest
};

// The segments of every application and who is in them. Thread-safe.
class Segments {
 public:
  Segments(sql::Database& database, records::Store& store, Endpoints& endpoints, const Clock& clock);

  Result<Segment> create(const std::string& app, const SegmentDraft& draft, const apps::TagMap& tags);
  // A new version of a dimensional segment; members absent keep their value. kInvalid for an imported one's definition.
  Result<Segment> update(const std::string& app, const std::string& id, const SegmentDraft& draft);
  Result<Segment> get(const SegmentRef& ref);  // kNotFound "Segment not found"
  Result<apps::Page<Segment>> list(const std::string& app, const apps::PageRequest& page);  // the latest versions
  Result<apps::Page<Segment>> versions(const std::string& app, const std::string& id, const apps::PageRequest& page);
  Result<Segment> remove(const std::string& app, const std::string& id);  // what it was; its members go too

  // Visits the members by rising position, each once, from the one after `after` ("" from the start). A position is
  // UTF-8 text without control characters but TAB, and stays good after members come and go. Users of an imported
  // segment are visited as their endpoints. INACTIVE and opted-out endpoints are visited too. Return false to stop.
  // A dimensional segment is evaluated as of now. kNotFound when the segment (or a source of it) is gone.
  using MemberVisitor = std::function<bool(std::string_view position, const Endpoint& endpoint)>;
  Status for_each_member(const SegmentRef& ref, std::string_view after, const MemberVisitor& visit);
  Result<std::int64_t> count_members(const SegmentRef& ref);
  Result<bool> has_member(const SegmentRef& ref, const Endpoint& endpoint);

  Status erase_application(const std::string& app);  // the members
  Status erase_application(sql::Session& session, const std::string& app);

 private:
  sql::Database& database_;
  records::Store& store_;
  Endpoints& endpoints_;
  const Clock& clock_;
};

}  // namespace rapport::audience
