#include "apps/applications.h"
#include "audience/audience.h"
#include "pinpoint/operations.h"
#include "transfers/transfers.h"

namespace rapport::pinpoint {
namespace {

json::object definition_of(const transfers::ImportJob& job) {
  const auto& request = job.request;
  json::object definition{{"Format", request.format == transfers::ImportFormat::kCsv ? "CSV" : "JSON"},
                          {"S3Url", request.s3_url},
                          {"RoleArn", request.role_arn},
                          {"ExternalId", request.external_id}};
  if (request.define_segment) definition["DefineSegment"] = *request.define_segment;
  if (request.register_endpoints) definition["RegisterEndpoints"] = *request.register_endpoints;
  if (!job.segment_id.empty()) definition["SegmentId"] = job.segment_id;
  if (!request.segment_name.empty()) definition["SegmentName"] = request.segment_name;
  return definition;
}

json::object document_of(const transfers::ImportJob& job) {
  json::object document{{"ApplicationId", job.app},
                        {"Id", job.id},
                        {"JobStatus", job.status},
                        {"CreationDate", format_iso8601(job.created)},
                        {"Type", "IMPORT"},
                        {"Definition", definition_of(job)},
                        {"TotalPieces", job.total_pieces},
                        {"CompletedPieces", job.completed_pieces},
                        {"FailedPieces", job.failed_pieces},
                        {"TotalProcessed", job.total_processed},
                        {"TotalFailures", job.total_failures}};
  if (job.completed) document["CompletionDate"] = format_iso8601(*job.completed);
  json::array failures;
  for (const auto& failure : job.failures) failures.emplace_back(failure);
  if (!failures.empty()) document["Failures"] = std::move(failures);
  return document;
}

transfers::ImportRequest request_of(const contract::Call& call) {
  const auto& document = structure_of(call, "ImportJobRequest");
  transfers::ImportRequest request;
  request.format = json::string_or(document, "Format") == "JSON" ? transfers::ImportFormat::kJsonLines
                                                                 : transfers::ImportFormat::kCsv;
  request.s3_url = json::string_or(document, "S3Url");
  request.role_arn = json::string_or(document, "RoleArn");
  request.define_segment = json::find_bool(document, "DefineSegment");
  request.register_endpoints = json::find_bool(document, "RegisterEndpoints");
  request.segment_id = json::string_or(document, "SegmentId");
  request.segment_name = json::string_or(document, "SegmentName");
  // Clients read an ExternalId although they sent none; it is then the account.
  request.external_id = json::string_or(document, "ExternalId", call.caller.account);
  return request;
}

json::object jobs_answer(const apps::Page<transfers::ImportJob>& page) {
  return {{"ImportJobsResponse", page_document(page, document_of)}};
}

}  // namespace

void implement_imports(contract::Contract& contract, const Dependencies& with) {
  apps::Applications& applications = with.applications;
  transfers::Imports& imports = with.transfers.imports();
  audience::Segments& segments = with.audience.segments();
  contract.implement(kService, "CreateImportJob", [&](const contract::Call& call) -> Result<json::object> {
    const auto app = text_of(call, "ApplicationId");
    TRY(applications.require(app));
    return json::object{{"ImportJobResponse", document_of(TRY(imports.start(app, request_of(call))))}};
  });
  contract.implement(kService, "GetImportJob", [&](const contract::Call& call) -> Result<json::object> {
    const auto app = text_of(call, "ApplicationId");
    TRY(applications.require(app));
    return json::object{{"ImportJobResponse", document_of(TRY(imports.get(app, text_of(call, "JobId"))))}};
  });
  contract.implement(kService, "GetImportJobs", [&](const contract::Call& call) -> Result<json::object> {
    const auto app = text_of(call, "ApplicationId");
    TRY(applications.require(app));
    return jobs_answer(TRY(imports.list(app, TRY(page_of(call)))));
  });
  contract.implement(kService, "GetSegmentImportJobs", [&](const contract::Call& call) -> Result<json::object> {
    const auto app = text_of(call, "ApplicationId");
    TRY(applications.require(app));
    const auto segment = TRY(segments.get({app, text_of(call, "SegmentId")}));
    return jobs_answer(TRY(imports.list_of_segment(app, segment.id, TRY(page_of(call)))));
  });
}

}  // namespace rapport::pinpoint
