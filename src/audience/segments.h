#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/expiries.h"
#include "apps/paging.h"
#include "apps/tags.h"
#include "audience/apply.h"
#include "audience/check_definition.h"
#include "audience/compile.h"
#include "audience/endpoint.h"
#include "audience/endpoints.h"
#include "audience/explain.h"
#include "audience/indexes.h"
#include "audience/member_lists.h"
#include "audience/membership.h"
#include "audience/segment.h"
#include "base/clock.h"
#include "base/result.h"
#include "index/selection.h"
#include "json/json.h"
#include "records/store.h"
#include "sql/database.h"

namespace rapport::audience {

// How large an imported segment is: its members as they were imported (a user counts once), and the endpoints among
// them by channel.
struct MemberSummary {
  std::int64_t size = 0;
  std::map<std::string, std::int64_t> by_channel;
};

// Who shall join an imported segment.
struct Joiners {
  std::vector<std::string> endpoints;  // ids
  std::vector<std::string> users;      // ids; all their endpoints belong, also later ones
};

struct Appended {
  Segment segment;                   // its new version, or the latest when nobody was new
  std::int64_t added = 0;            // who were not members
  std::vector<std::string> unknown;  // ids of endpoints that are not there; they did not join
};

// The segments of every application and who is in them. Thread-safe. The application is not checked here.
class Segments {
 public:
  Segments(sql::Database& database, records::Store& store, Endpoints& endpoints, Indexes& indexes, const Clock& clock,
           WhoDid who_did);

  Result<Segment> create(const std::string& app, const SegmentDraft& draft, const apps::TagMap& tags);
  // A new version; an empty name or definition keeps the old one. kInvalid for a definition of an imported segment.
  Result<Segment> update(const std::string& app, const std::string& id, const SegmentDraft& draft);
  Result<Segment> get(const SegmentRef& ref);                                               // kNotFound
  Result<apps::Page<Segment>> list(const std::string& app, const apps::PageRequest& page);  // latest versions, by age
  // Newest first.
  Result<apps::Page<Segment>> versions(const std::string& app, const std::string& id, const apps::PageRequest& page);
  Result<Segment> remove(const std::string& app, const std::string& id);  // what it was; its members go too

  // How segments go when they expire; they are never in use as far as this module knows.
  apps::ExpiringKind expiring();

  // Who is in it as of now, from memory. Users of an imported segment count as their endpoints; INACTIVE and opted-out
  // endpoints are members too. kNotFound when the segment (or a source of it) is gone.
  Result<index::Selection> select(const SegmentRef& ref);
  // For questions about single endpoints.
  Result<Membership> membership(const SegmentRef& ref);
  // Who an imported segment lists; nullptr of another.
  Result<MemberListPtr> imported_list(const SegmentRef& ref);
  // As a predicate on the application's index, with recency as of now.
  Result<index::PredicatePtr> predicate(const Segment& segment);

  // Visits the members by rising position, each once, from the one after `after` ("" from the start). A position is an
  // endpoint's id in lower case, and stays good after members come and go. Return false to stop.
  using MemberVisitor = std::function<bool(std::string_view position, const Endpoint& endpoint)>;
  Status for_each_member(const SegmentRef& ref, std::string_view after, const MemberVisitor& visit);
  Result<std::int64_t> count_members(const SegmentRef& ref);  // how many for_each_member visits
  // kInvalid with the path of what a definition has wrong.
  Status check(const std::string& app, const json::object& definition);
  SegmentSources sources();

  // The members of a selection of the application's endpoints, as a new imported segment. A crash on the way leaves a
  // segment that says it is not ready.
  Result<Segment> capture(const std::string& app, const std::string& name, const index::Selection& selection);

  // For imports. A version being filled is not ready, and not the latest before it is finished unless it is the first.
  Result<Segment> start_import(sql::Session& session, const Segment& draft);  // `id` empty: a new segment
  Status finish_import(sql::Session& session, const SegmentRef& ref, const json::object& definition);
  Status discard_import(const SegmentRef& ref);  // takes out who joined in this version, which is not finished
  Result<MemberSummary> summarise(const SegmentRef& ref);
  // Adds members to an imported segment, all at once, in a new version; whoever is a member stays one, so a call may be
  // made again. At most 10,000 ids. kInvalid for a segment that is not imported and for what cannot be an id.
  Result<Appended> append(const std::string& app, const std::string& id, const Joiners& joiners);

  Status erase_application(sql::Session& session, const std::string& app);
  Status erase_members(const std::string& app);  // of every segment

 private:
  Status erase_members(const std::string& app, const std::string& id);
  Status check_now(const json::object& definition, const DefinitionOwner& owner);
  Result<std::map<std::string, std::string>> drop_members(const Segment& segment, std::vector<EndpointChange>& changes);
  CompileSources compile_sources();
  Result<bool> is_imported_member(const SegmentRef& ref, const Endpoint& endpoint);

  sql::Database& database_;
  records::Store& store_;
  Endpoints& endpoints_;
  Indexes& indexes_;
  MemberLists lists_;
  const Clock& clock_;
  const WhoDid who_did_;
};

}  // namespace rapport::audience
