#include "audience/segment_search.h"

#include "audience/audience.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;

audience::SegmentSearch search_of(const Call& call, const std::string& app) {
  audience::SegmentSearch search{.app = app, .text = text_of(call, "Query")};
  if (const auto type = json::find_string(call.input, "Type")) {
    search.type = *type == "IMPORT" ? audience::SegmentType::kImport : audience::SegmentType::kDimensional;
  }
  const std::string sort = text_of(call, "Sort");
  if (sort == "NAME") search.order = audience::SegmentOrder::kByName;
  if (sort == "OLDEST") search.order = audience::SegmentOrder::kOldestFirst;
  return search;
}

json::object document_of(const audience::SegmentSummary& segment) {
  return {{"Id", segment.id},
          {"Name", segment.name},
          {"SegmentType", type_name(segment.type)},
          {"Version", segment.version},
          {"CreationDate", format_iso8601(segment.created)},
          {"LastModifiedDate", format_iso8601(segment.modified)},
          {"IsReady", segment.ready}};
}

Result<json::object> search(sql::Database& database, const Call& call, const std::string& app) {
  auto wanted = search_of(call, app);
  wanted.limit = TRY(apps::parse_page(json::find_string(call.input, "PageSize"), {}))
  .limit;
  wanted.token = text_of(call, "Token");
  audience::SegmentsFound found;
  TRY(database.read([&](sql::Session& session) -> Status {
    found = TRY(audience::search_segments(session, wanted));
    return {};
  }));
  json::array items;
  for (const auto& segment : found.segments) items.push_back(document_of(segment));
  json::object body{{"Item", std::move(items)}, {"TotalCount", found.total}};
  if (!found.next.empty()) body["NextToken"] = found.next;
  return json::object{{"SegmentSearchResponse", std::move(body)}};
}

// One segment that cannot be asked about (any more) does not keep the others' sizes from being told.
json::object sizes(audience::Audience& audience, const Call& call, const std::string& app) {
  json::array sized;
  json::array failed;
  for (const std::string& id : texts_of(call.input, "SegmentIds")) {
    const auto segment = audience.segments().get({app, id});
    const audience::SegmentRef ref{app, id, segment ? segment->version : 0};
    const auto size = segment ? audience.queries().size(ref) : std::unexpected(segment.error());
    if (!size) {
      failed.push_back({{"SegmentId", id}, {"Message", size.error().message}});
      continue;
    }
    json::object document = size_document(*size);
    document["ApplicationId"] = app;
    document["SegmentId"] = id;
    document["Version"] = ref.version;
    sized.push_back(std::move(document));
  }
  return {{"SegmentSizesResponse", {{"Item", std::move(sized)}, {"Failed", std::move(failed)}}}};
}

}  // namespace

void implement_segment_search(contract::Contract& contract, const Dependencies& with) {
  using App = const std::string&;
  audience::Audience& audience = with.audience;
  implement_in_app(contract, with, "SearchSegments",
                   [&database = with.database](const Call& call, App app) { return search(database, call, app); });
  implement_in_app(contract, with, "GetSegmentSizes", [&audience](const Call& call, App app) -> Result<json::object> {
    return sizes(audience, call, app);
  });
}

}  // namespace rapport::rapport_api
