#include "audience/audience.h"
#include "audience/queries.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using audience::Question;
using contract::Call;

constexpr std::int64_t kSampleSize = 10;
constexpr std::int64_t kFacetLimit = 10;

std::int64_t number_of(const json::object& from, std::string_view member, std::int64_t fallback) {
  return json::find_integer(from, member).value_or(fallback);
}

// The definition that a request writes out instead of naming a segment.
audience::Definition definition_of(const json::object& request, const std::string& app) {
  audience::Definition definition{app, {}};
  for (const std::string_view member : {"Dimensions", "SegmentGroups"}) {
    if (const auto* value = json::find(request, member)) definition.document[member] = *value;
  }
  return definition;
}

json::object document_of(const audience::Explanation& node) {
  json::object document = {{"Path", node.path}, {"Rule", node.rule}, {"Matches", node.holds}};
  if (!node.actual.empty()) document["Actual"] = node.actual;
  json::array parts;
  for (const auto& part : node.parts) parts.push_back(document_of(part));
  if (!parts.empty()) document["Parts"] = std::move(parts);
  return document;
}

json::object document_of(const audience::Facet& facet) {
  json::object document = {{"Field", facet.field}};
  if (!facet.numbers) {
    json::array values;
    for (const auto& value : facet.values)
      values.push_back({{"Value", value.text}, {"EndpointCount", counted(value.count)}});
    document["Values"] = std::move(values);
    return document;
  }
  json::object numbers = {{"EndpointCount", counted(facet.numbers->count)}};
  if (facet.numbers->count > 0) {
    numbers["Minimum"] = facet.numbers->lowest;
    numbers["Maximum"] = facet.numbers->highest;
    numbers["Mean"] = facet.numbers->mean;
  }
  document["Numbers"] = std::move(numbers);
  return document;
}

json::array documents_of(std::span<const audience::Facet> facets) {
  json::array documents;
  for (const auto& facet : facets) documents.push_back(document_of(facet));
  return documents;
}

json::array documents_of(std::span<const audience::Endpoint> endpoints) {
  json::array documents;
  for (const auto& endpoint : endpoints) documents.push_back(endpoint.document());
  return documents;
}

// Endpoints as the caller asked for them: whole (`Item`) or by their ids alone (`Ids`).
void put_members(json::object& document, const Call& call, std::span<const audience::Endpoint> endpoints) {
  if (text_of(call, "Content") != "IDS") {
    document["Item"] = documents_of(endpoints);
    return;
  }
  json::array ids;
  for (const auto& endpoint : endpoints) ids.emplace_back(endpoint.id());
  document["Ids"] = std::move(ids);
}

struct SegmentQuestions {
  audience::Audience& audience;

  // The segment that a call names, by the version it has now, so that the answer can say which one it is about.
  Result<audience::SegmentRef> segment_of(const Call& call, const std::string& app) const {
    const auto found =
        TRY(audience.segments().get({app, text_of(call, "SegmentId"), number_of(call.input, "SegmentVersion", 0)}));
    return audience::SegmentRef{app, found.id, found.version};
  }

  static json::object about(const audience::SegmentRef& ref) {
    return {{"SegmentId", ref.segment}, {"Version", ref.version}};
  }

  Result<json::object> size(const Call& call, const std::string& app) const {
    const auto ref = TRY(segment_of(call, app));
    json::object document = size_document(TRY(audience.queries().size(ref)));
    document["ApplicationId"] = app;
    document["SegmentId"] = ref.segment;
    document["Version"] = ref.version;
    return json::object{{"SegmentSizeResponse", std::move(document)}};
  }

  Result<json::object> members(const Call& call, const std::string& app) const {
    const auto request = TRY(page_of(call));
    const auto ref = TRY(segment_of(call, app));
    const auto page = TRY(audience.queries().members(ref, request.after_id, request.limit));
    json::object document = about(ref);
    put_members(document, call, page.endpoints);
    if (!page.next.empty()) document["NextToken"] = apps::page_token(0, page.next);
    return json::object{{"SegmentMembersResponse", std::move(document)}};
  }

  Result<json::object> sample(const Call& call, const std::string& app) const {
    const auto ref = TRY(segment_of(call, app));
    const std::int64_t seed = number_of(call.input, "Seed", 0);
    const auto size = static_cast<std::size_t>(number_of(call.input, "Size", kSampleSize));
    const auto endpoints = TRY(audience.queries().sample(ref, size, static_cast<std::uint64_t>(seed)));
    json::object document = about(ref);
    document["Seed"] = seed;
    put_members(document, call, endpoints);
    return json::object{{"SegmentSampleResponse", std::move(document)}};
  }

  Result<json::object> explain(const Question& question, const std::string& endpoint, json::object document) const {
    const auto explanation = TRY(audience.queries().explain(question, endpoint));
    document["EndpointId"] = endpoint;
    document["IsMember"] = explanation.holds;
    document["Explanation"] = document_of(explanation);
    return json::object{{"MembershipExplanationResponse", std::move(document)}};
  }

  Result<json::object> explain_membership(const Call& call, const std::string& app) const {
    const auto ref = TRY(segment_of(call, app));
    return explain(ref, text_of(call, "EndpointId"), about(ref));
  }

  Result<json::object> explain_definition(const Call& call, const std::string& app) const {
    const auto& request = structure_of(call, "DefinitionExplanationRequest");
    return explain(definition_of(request, app), json::string_or(request, "EndpointId"), {});
  }

  Result<json::object> preview(const Call& call, const std::string& app) const {
    const auto& request = structure_of(call, "SegmentPreviewRequest");
    const Question question = definition_of(request, app);
    json::object document = size_document(TRY(audience.queries().size(question)));
    if (const auto size = json::find_integer(request, "SampleSize")) {
      const auto seed = static_cast<std::uint64_t>(number_of(request, "SampleSeed", 0));
      document["Sample"] =
          documents_of(TRY(audience.queries().sample(question, static_cast<std::size_t>(*size), seed)));
    }
    if (const auto fields = texts_of(request, "FacetFields"); !fields.empty()) {
      const auto limit = static_cast<std::size_t>(number_of(request, "FacetLimit", kFacetLimit));
      document["Facets"] = documents_of(TRY(audience.queries().facets(question, fields, limit)));
    }
    return json::object{{"SegmentPreviewResponse", std::move(document)}};
  }

  Result<json::object> facets(const Call& call, const std::string& app) const {
    const auto ref = TRY(segment_of(call, app));
    const auto limit = static_cast<std::size_t>(number_of(call.input, "Limit", kFacetLimit));
    json::object document = about(ref);
    document["Facets"] = documents_of(TRY(audience.queries().facets(ref, texts_of(call.input, "Fields"), limit)));
    return json::object{{"SegmentFacetsResponse", std::move(document)}};
  }

  Result<json::object> overlap(const Call& call, const std::string& app) const {
    std::vector<Question> questions;
    std::vector<json::object> references;
    for (const auto& named : references_of(structure_of(call, "SegmentOverlapRequest"), app)) {
      const auto found = TRY(audience.segments().get(named));
      references.push_back({{"Id", found.id}, {"Version", found.version}});
      questions.emplace_back(audience::SegmentRef{app, found.id, found.version});
    }
    const auto overlap = TRY(audience.queries().overlap(questions));
    json::array segments;
    json::array pairs;
    for (std::size_t i = 0; i < references.size(); ++i) {
      json::object segment = references[i];
      segment["EndpointCount"] = counted(overlap.sizes[i]);
      segments.push_back(std::move(segment));
      for (std::size_t j = i + 1; j < references.size(); ++j) {
        pairs.push_back(
            {{"First", references[i]}, {"Second", references[j]}, {"EndpointCount", counted(overlap.pairs[i][j])}});
      }
    }
    return json::object{{"SegmentOverlapResponse",
                         {{"Segments", std::move(segments)},
                          {"Pairs", std::move(pairs)},
                          {"IntersectionCount", counted(overlap.all)},
                          {"UnionCount", counted(overlap.any)}}}};
  }
};

}  // namespace

json::object size_document(const audience::SegmentSize& size) {
  json::object by_channel;
  for (const auto& [channel, count] : size.reachable_by_channel) by_channel[channel] = counted(count);
  return {{"EndpointCount", counted(size.endpoints)},
          {"UserCount", counted(size.users)},
          {"ReachableEndpointCount", counted(size.reachable)},
          {"ReachableByChannel", std::move(by_channel)}};
}

void implement_segment_questions(contract::Contract& contract, const Dependencies& with) {
  const SegmentQuestions questions{with.audience};
  const auto implement = [&](std::string_view operation,
                             Result<json::object> (SegmentQuestions::*ask)(const Call&, const std::string&) const) {
    implement_in_app(contract, with, operation, [questions, ask](const Call& call, const std::string& app) {
      return (questions.*ask)(call, app);
    });
  };
  implement("GetSegmentSize", &SegmentQuestions::size);
  implement("ListSegmentMembers", &SegmentQuestions::members);
  implement("SampleSegmentMembers", &SegmentQuestions::sample);
  implement("ExplainSegmentMembership", &SegmentQuestions::explain_membership);
  implement("ExplainSegmentDefinition", &SegmentQuestions::explain_definition);
  implement("PreviewSegment", &SegmentQuestions::preview);
  implement("GetSegmentFacets", &SegmentQuestions::facets);
  implement("GetSegmentOverlap", &SegmentQuestions::overlap);
}

}  // namespace rapport::rapport_api
