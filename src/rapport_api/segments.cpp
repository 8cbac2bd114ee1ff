#include "apps/expiries.h"
#include "audience/audience.h"
#include "audience/segment_document.h"
#include "audience/set_operations.h"
#include "base/clock.h"
#include "rapport_api/operations.h"
#include "sql/database.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;

audience::SetOperation set_operation_of(const json::object& request) {
  const std::string name = json::string_or(request, "Operation");
  if (name == "UNION") return audience::SetOperation::kUnion;
  return name == "INTERSECTION" ? audience::SetOperation::kIntersection : audience::SetOperation::kDifference;
}

// Segments made of other segments and of members.
struct SegmentMaking {
  const Dependencies with;

  // A new segment as the answer, with the time to live that the request may give it.
  Result<json::object> made(const Call& call, const json::object& request, const audience::Segment& segment) const {
    if (const auto seconds = json::find_integer(request, "TimeToLiveSeconds")) {
      TRY(with.expiries.put({apps::kExpiringSegment, segment.app, segment.id},
                            with.clock.now() + *seconds * kMicrosPerSecond));
    }
    json::object document;
    TRY(with.database.read([&](sql::Session& session) -> Status {
      document = TRY(audience::segment_document(session, segment, scope_of(call)));
      return {};
    }));
    return json::object{{"SegmentResponse", std::move(document)}};
  }

  Result<json::object> from_sets(const Call& call, const std::string& app) const {
    const auto& request = structure_of(call, "SegmentSetsRequest");
    const auto tags = TRY(apps::parse_tags(json::find_object(request, "tags")));
    const audience::SegmentDraft draft{json::string_or(request, "Name"),
                                       audience::definition_of(set_operation_of(request), references_of(request, app)),
                                       audience::ImportedSources::kBesideOthers};
    return made(call, request, TRY(with.audience.segments().create(app, draft, tags)));
  }

  Result<json::object> snapshot(const Call& call, const std::string& app) const {
    const auto& request = structure_of(call, "SegmentSnapshotRequest");
    const audience::SegmentRef ref{app, text_of(call, "SegmentId"),
                                   json::find_integer(request, "SegmentVersion").value_or(0)};
    return made(call, request, TRY(with.audience.queries().snapshot(ref, json::string_or(request, "Name"))));
  }

  Result<json::object> append(const Call& call, const std::string& app) const {
    const auto& request = structure_of(call, "SegmentMembersRequest");
    const audience::Joiners joiners{texts_of(request, "EndpointIds"), texts_of(request, "UserIds")};
    const auto appended = TRY(with.audience.segments().append(app, text_of(call, "SegmentId"), joiners));
    return json::object{{"SegmentAppendResponse",
                         {{"SegmentId", appended.segment.id},
                          {"Version", appended.segment.version},
                          {"AddedCount", appended.added},
                          {"UnknownEndpointIds", json::array(appended.unknown.begin(), appended.unknown.end())}}}};
  }
};

}  // namespace

void implement_segments(contract::Contract& contract, const Dependencies& with) {
  const SegmentMaking making{with};
  const auto implement = [&](std::string_view operation,
                             Result<json::object> (SegmentMaking::*handler)(const Call&, const std::string&) const) {
    implement_in_app(contract, with, operation, [making, handler](const Call& call, const std::string& app) {
      return (making.*handler)(call, app);
    });
  };
  implement("CreateSegmentFromSets", &SegmentMaking::from_sets);
  implement("CreateSegmentSnapshot", &SegmentMaking::snapshot);
  implement("AppendToSegment", &SegmentMaking::append);
}

}  // namespace rapport::rapport_api
