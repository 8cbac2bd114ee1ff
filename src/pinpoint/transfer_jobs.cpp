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

json::object definition_of(const transfers::ExportJob& job) {
  const auto& request = job.request;
  json::object definition{{"S3UrlPrefix", request.s3_url_prefix}, {"RoleArn", request.role_arn}};
  if (!request.segment_id.empty()) definition["SegmentId"] = request.segment_id;
  if (request.segment_version) definition["SegmentVersion"] = *request.segment_version;
  return definition;
}

json::object document_of(const transfers::TransferJob& job, std::string_view type, json::object definition) {
  json::object document{{"ApplicationId", job.app},
                        {"Id", job.id},
                        {"JobStatus", job.status},
                        {"CreationDate", format_iso8601(job.created)},
                        {"Type", type},
                        {"Definition", std::move(definition)},
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

json::object document_of(const transfers::ImportJob& job) { return document_of(job, "IMPORT", definition_of(job)); }
json::object document_of(const transfers::ExportJob& job) { return document_of(job, "EXPORT", definition_of(job)); }

transfers::ImportRequest import_request_of(const contract::Call& call) {
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

transfers::ExportRequest export_request_of(const contract::Call& call) {
  const auto& document = structure_of(call, "ExportJobRequest");
  return {.s3_url_prefix = json::string_or(document, "S3UrlPrefix"),
          .role_arn = json::string_or(document, "RoleArn"),
          .segment_id = json::string_or(document, "SegmentId"),
          .segment_version = json::find_integer(document, "SegmentVersion")};
}

// `kind` is Import or Export: Get<kind>Job, Get<kind>Jobs and GetSegment<kind>Jobs of `jobs`.
template <class Jobs>
void implement_reads(contract::Contract& contract, const Dependencies& with, const std::string& kind, Jobs& jobs) {
  apps::Applications& applications = with.applications;
  audience::Segments& segments = with.audience.segments();
  const auto answer = [kind](const auto& page) {
    return json::object{{kind + "JobsResponse", page_document(page, [](const auto& job) { return document_of(job); })}};
  };
  contract.implement(kService, "Get" + kind + "Job", [&, kind](const contract::Call& call) -> Result<json::object> {
    const auto app = text_of(call, "ApplicationId");
    TRY(applications.require(app));
    return json::object{{kind + "JobResponse", document_of(TRY(jobs.get(app, text_of(call, "JobId"))))}};
  });
  contract.implement(kService, "Get" + kind + "Jobs", [&, answer](const contract::Call& call) -> Result<json::object> {
    const auto app = text_of(call, "ApplicationId");
    TRY(applications.require(app));
    return answer(TRY(jobs.list(app, TRY(page_of(call)))));
  });
  contract.implement(kService, "GetSegment" + kind + "Jobs",
                     [&, answer](const contract::Call& call) -> Result<json::object> {
                       const auto app = text_of(call, "ApplicationId");
                       TRY(applications.require(app));
                       const auto segment = TRY(segments.get({app, text_of(call, "SegmentId")}));
                       return answer(TRY(jobs.list_of_segment(app, segment.id, TRY(page_of(call)))));
                     });
}

}  // namespace

void implement_transfer_jobs(contract::Contract& contract, const Dependencies& with) {
  apps::Applications& applications = with.applications;
  transfers::Imports& imports = with.transfers.imports();
  transfers::Exports& exports = with.transfers.exports();
  contract.implement(kService, "CreateImportJob", [&](const contract::Call& call) -> Result<json::object> {
    const auto app = text_of(call, "ApplicationId");
    TRY(applications.require(app));
    return json::object{{"ImportJobResponse", document_of(TRY(imports.start(app, import_request_of(call))))}};
  });
  contract.implement(kService, "CreateExportJob", [&](const contract::Call& call) -> Result<json::object> {
    const auto app = text_of(call, "ApplicationId");
    TRY(applications.require(app));
    return json::object{{"ExportJobResponse", document_of(TRY(exports.start(app, export_request_of(call))))}};
  });
  implement_reads(contract, with, "Import", imports);
  implement_reads(contract, with, "Export", exports);
}

}  // namespace rapport::pinpoint
