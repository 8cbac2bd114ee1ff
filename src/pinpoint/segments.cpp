#include "apps/applications.h"
#include "audience/audience.h"
#include "audience/segment_document.h"
#include "base/text.h"
#include "campaigns/campaigns.h"
#include "pinpoint/operations.h"
#include "sql/database.h"

namespace rapport::pinpoint {
namespace {

audience::SegmentDraft draft_of(const json::object& request) {
  audience::SegmentDraft draft{json::string_or(request, "Name"), {}};
  for (const std::string_view member : {"Dimensions", "SegmentGroups"}) {
    if (const auto* value = json::find(request, member)) draft.definition[member] = *value;
  }
  return draft;
}

// The segments of the applications that exist.
struct SegmentOperations {
  sql::Database& database;
  apps::Applications& applications;
  audience::Segments& segments;
  campaigns::Campaigns& campaigns;

  Result<json::object> create(const contract::Call& call) const {
    const auto app = TRY(app_of(call));
    const auto& request = structure_of(call, "WriteSegmentRequest");
    const auto tags = TRY(apps::parse_tags(json::find_object(request, "tags")));
    return answer(TRY(segments.create(app, draft_of(request), tags)), call);
  }

  Result<json::object> update(const contract::Call& call) const {
    const auto app = TRY(app_of(call));
    const auto draft = draft_of(structure_of(call, "WriteSegmentRequest"));
    return answer(TRY(segments.update(app, text_of(call, "SegmentId"), draft)), call);
  }

  Result<json::object> get(const contract::Call& call) const {
    const auto app = TRY(app_of(call));
    return answer(TRY(segments.get({app, text_of(call, "SegmentId")})), call);
  }

  Result<json::object> get_version(const contract::Call& call) const {
    const auto app = TRY(app_of(call));
    const auto version = parse_integer(text_of(call, "Version"));
    if (!version || *version < 1) {
      return fail(ErrorKind::kInvalid, "Version must be a whole number from 1 on", "Version");
    }
    return answer(TRY(segments.get({app, text_of(call, "SegmentId"), *version})), call);
  }

  Result<json::object> list(const contract::Call& call) const {
    const auto app = TRY(app_of(call));
    return answer(TRY(segments.list(app, TRY(page_of(call)))), call);
  }

  Result<json::object> list_versions(const contract::Call& call) const {
    const auto app = TRY(app_of(call));
    return answer(TRY(segments.versions(app, text_of(call, "SegmentId"), TRY(page_of(call)))), call);
  }

  Result<json::object> remove(const contract::Call& call) const {
    const auto app = TRY(app_of(call));
    const auto found = TRY(segments.get({app, text_of(call, "SegmentId")}));
    auto document = TRY(answer(found, call));
    TRY(segments.remove(app, found.id));
    TRY(campaigns.segment_removed(app, found.id));
    return document;
  }

 private:
  Result<std::string> app_of(const contract::Call& call) const {
    auto app = text_of(call, "ApplicationId");
    TRY(applications.require(app));
    return app;
  }

  Result<json::object> answer(const audience::Segment& segment, const contract::Call& call) const {
    apps::Page<audience::Segment> page;
    page.items.push_back(segment);
    const auto documents = TRY(documents_of(page, call));
    return json::object{{"SegmentResponse", documents.front()}};
  }

  Result<json::object> answer(const apps::Page<audience::Segment>& page, const contract::Call& call) const {
    json::object document{{"Item", TRY(documents_of(page, call))}};
    if (!page.next.empty()) document["NextToken"] = page.next;
    return json::object{{"SegmentsResponse", std::move(document)}};
  }

  Result<json::array> documents_of(const apps::Page<audience::Segment>& page, const contract::Call& call) const {
    const auto scope = scope_of(call);
    json::array documents;
    TRY(database.read([&](sql::Session& session) -> Status {
      documents.clear();
      for (const auto& segment : page.items) {
        documents.push_back(TRY(audience::segment_document(session, segment, scope)));
      }
      return {};
    }));
    return documents;
  }
};

}  // namespace

void implement_segments(contract::Contract& contract, const Dependencies& with) {
  const SegmentOperations operations{with.database, with.applications, with.audience.segments(), with.campaigns};
  const auto implement = [&](std::string_view name,
                             Result<json::object> (SegmentOperations::*operation)(const contract::Call&) const) {
    contract.implement(kService, name,
                       [operations, operation](const contract::Call& call) { return (operations.*operation)(call); });
  };
  implement("CreateSegment", &SegmentOperations::create);
  implement("UpdateSegment", &SegmentOperations::update);
  implement("GetSegment", &SegmentOperations::get);
  implement("GetSegmentVersion", &SegmentOperations::get_version);
  implement("GetSegments", &SegmentOperations::list);
  implement("GetSegmentVersions", &SegmentOperations::list_versions);
  implement("DeleteSegment", &SegmentOperations::remove);
}

}  // namespace rapport::pinpoint
