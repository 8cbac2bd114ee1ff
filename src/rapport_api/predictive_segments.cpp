#include <fmt/format.h>

#include "predictive/predictive.h"
#include "rapport_api/operations.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;
using predictive::PredictiveSegment;

json::object document(const Call& call, const PredictiveSegment& segment) {
  json::object body = segment.request;
  for (const auto& member : segment.summary) body.insert_or_assign(member.key(), member.value());
  body["ApplicationId"] = segment.app;
  body["Id"] = segment.id;
  body["Arn"] = fmt::format("arn:aws:rapport:{}:{}:apps/{}/predictive-segments/{}", call.caller.region,
                            call.caller.account, segment.app, segment.id);
  body["State"] = json::string_or(segment.latest, "State", "PENDING");
  if (const auto run = json::find_string(segment.latest, "Id")) body["LatestRunId"] = *run;
  if (const auto reason = json::find_string(segment.latest, "FailureReason")) body["FailureReason"] = *reason;
  if (segment.next_refresh) body["NextRefreshDate"] = format_iso8601(*segment.next_refresh);
  body["CreationDate"] = format_iso8601(segment.created);
  body["LastModifiedDate"] = format_iso8601(segment.modified);
  return body;
}

Result<json::object> output(const Call& call, const Result<PredictiveSegment>& segment) {
  return json::object{{"PredictiveSegmentResponse", document(call, TRY(segment))}};
}

// The run without what is only for the machine.
json::object run_document(const predictive::Run& run) {
  json::object body = run.document;
  body.erase("Tries");
  return body;
}

}  // namespace

void implement_predictive_segments(contract::Contract& contract, const Dependencies& with) {
  const auto implement = [&](std::string_view operation, auto handler) {
    implement_in_app(contract, with, operation,
                     [&segments = with.predictive_segments, handler](const Call& call, const std::string& app) {
                       return handler(segments, call, app);
                     });
  };
  using Segments = predictive::PredictiveSegments&;
  using App = const std::string&;
  implement("CreatePredictiveSegment", [](Segments segments, const Call& call, App app) {
    return output(call, segments.create(app, *json::find_object(call.input, "WritePredictiveSegmentRequest")));
  });
  implement("UpdatePredictiveSegment", [](Segments segments, const Call& call, App app) {
    return output(call, segments.update(app, text_of(call, "PredictiveSegmentId"),
                                        *json::find_object(call.input, "WritePredictiveSegmentRequest")));
  });
  implement("GetPredictiveSegment", [](Segments segments, const Call& call, App app) {
    return output(call, segments.get(app, text_of(call, "PredictiveSegmentId")));
  });
  implement("DeletePredictiveSegment", [](Segments segments, const Call& call, App app) {
    return output(call, segments.remove(app, text_of(call, "PredictiveSegmentId")));
  });
  implement("RefreshPredictiveSegment", [](Segments segments, const Call& call, App app) {
    return output(call, segments.refresh(app, text_of(call, "PredictiveSegmentId")));
  });
  implement("ListPredictiveSegments", [](Segments segments, const Call& call, App app) -> Result<json::object> {
    const auto page = TRY(segments.list(app, TRY(page_of(call))));
    return json::object{{"PredictiveSegmentsResponse",
                         page_document(page, [&](const PredictiveSegment& item) { return document(call, item); })}};
  });
  implement("ListPredictiveSegmentRuns", [](Segments segments, const Call& call, App app) -> Result<json::object> {
    const auto page = TRY(segments.runs(app, text_of(call, "PredictiveSegmentId"), TRY(page_of(call))));
    return json::object{{"PredictiveSegmentRunsResponse", page_document(page, run_document)}};
  });
}

}  // namespace rapport::rapport_api
