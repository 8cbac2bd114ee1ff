#include <fmt/format.h>

#include <string>
#include <string_view>

#include "objects/store.h"
#include "rapport_api/operations.h"
#include "transfers/transfers.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;

json::object definition_of(const transfers::ExportRequest& request) {
  json::object definition{{"S3UrlPrefix", request.s3_url_prefix},
                          {"Format", request.format == transfers::ExportFormat::kParquet ? "PARQUET" : "JSON"}};
  if (!request.role_arn.empty()) definition["RoleArn"] = request.role_arn;
  if (!request.segment_id.empty()) definition["SegmentId"] = request.segment_id;
  if (request.segment_version) definition["SegmentVersion"] = *request.segment_version;
  return definition;
}

json::object document_of(const transfers::ExportJob& job) {
  json::object document{{"ApplicationId", job.app},
                        {"Id", job.id},
                        {"JobStatus", job.status},
                        {"CreationDate", format_iso8601(job.created)},
                        {"Definition", definition_of(job.request)},
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

transfers::ExportRequest request_of(const json::object& document) {
  const bool parquet = json::string_or(document, "Format") == "PARQUET";
  return {.s3_url_prefix = json::string_or(document, "S3UrlPrefix"),
          .role_arn = json::string_or(document, "RoleArn"),
          .segment_id = json::string_or(document, "SegmentId"),
          .segment_version = json::find_integer(document, "SegmentVersion"),
          .format = parquet ? transfers::ExportFormat::kParquet : transfers::ExportFormat::kJsonLines};
}

// Exports that are only fetched from here need no bucket of their owner's: this one is made when it is first written
// to.
constexpr std::string_view kExportsBucket = "rapport-exports";

Status make_exports_bucket(objects::Store& store, const transfers::ExportRequest& request) {
  if (!request.s3_url_prefix.starts_with(fmt::format("s3://{}/", kExportsBucket))) return {};
  const Status made = store.create_bucket(std::string(kExportsBucket));
  if (made || made.error().kind == ErrorKind::kAlreadyExists) return {};
  return made;
}

}  // namespace

void implement_exports(contract::Contract& contract, const Dependencies& with) {
  using App = const std::string&;
  transfers::Exports& exports = with.transfers.exports();
  implement_in_app(contract, with, "CreateExport", [&exports, with](const Call& call, App app) -> Result<json::object> {
    const auto request = request_of(structure_of(call, "WriteExportRequest"));
    TRY(make_exports_bucket(with.objects, request));
    const auto job = TRY(exports.start(app, request));
    return json::object{{"ExportResponse", document_of(job)}};
  });
  implement_in_app(contract, with, "GetExport", [&exports](const Call& call, App app) -> Result<json::object> {
    return json::object{{"ExportResponse", document_of(TRY(exports.get(app, text_of(call, "ExportId"))))}};
  });
  implement_in_app(contract, with, "ListExports", [&exports](const Call& call, App app) -> Result<json::object> {
    const auto page = TRY(exports.list(app, TRY(page_of(call))));
    return json::object{{"ExportsResponse", page_document(page, document_of)}};
  });
}

}  // namespace rapport::rapport_api
