#include "uploads/uploads.h"

#include "base/clock.h"
#include "base/digest.h"
#include "rapport_api/operations.h"
#include "transfers/preview.h"
#include "transfers/transfers.h"

namespace rapport::rapport_api {
namespace {

using contract::Call;
using transfers::ColumnMapping;
using transfers::ColumnType;
using transfers::ImportFormat;

constexpr std::int64_t kPreviewRows = 20;

std::string url_of(const objects::Location& at) { return "s3://" + at.bucket + "/" + at.key; }

json::object output(const uploads::Upload& upload) {
  json::object document{{"Id", upload.id},
                        {"FileName", upload.file_name},
                        {"State", upload.complete ? "COMPLETED" : "OPEN"},
                        {"CreationDate", format_iso8601(upload.created)},
                        {"ExpirationDate", format_iso8601(upload.expires)},
                        {"PartBytes", uploads::kPartBytes},
                        {"ReceivedBytes", upload.bytes},
                        {"ReceivedParts", upload.parts}};
  if (upload.complete) document["S3Url"] = url_of(upload.at);
  return {{"UploadResponse", std::move(document)}};
}

std::string_view name_of(ColumnType type) {
  switch (type) {
    case ColumnType::kEmpty: return "EMPTY";
    case ColumnType::kText: return "TEXT";
    case ColumnType::kNumber: return "NUMBER";
    case ColumnType::kTime: return "TIME";
    case ColumnType::kEmail: return "EMAIL";
    case ColumnType::kPhone: return "PHONE";
  }
  return "TEXT";
}

json::object document_of(const transfers::PreviewedColumn& column) {
  json::object document{{"Name", column.name},
                        {"Type", name_of(column.type)},
                        {"Samples", json::array(column.samples.begin(), column.samples.end())}};
  if (!column.suggested.empty()) document["SuggestedMember"] = column.suggested;
  return document;
}

json::object document_of(const transfers::PreviewProblem& problem) {
  json::object document{{"Message", problem.message}};
  if (problem.line > 0) document["Line"] = counted(problem.line);
  if (!problem.column.empty()) document["Column"] = problem.column;
  return document;
}

json::object document_of(const transfers::Preview& preview) {
  json::array columns;
  for (const auto& column : preview.columns) columns.push_back(document_of(column));
  json::array rows;
  for (const auto& row : preview.rows) rows.push_back(json::array(row.begin(), row.end()));
  json::array problems;
  for (const auto& problem : preview.problems) problems.push_back(document_of(problem));
  json::object constants;
  for (const auto& constant : preview.constants) constants[constant.member] = constant.column;
  return {{"Format", preview.format == ImportFormat::kCsv ? "CSV" : "JSON"},
          {"Columns", std::move(columns)},
          {"Rows", std::move(rows)},
          {"Problems", std::move(problems)},
          {"SuggestedConstants", std::move(constants)},
          {"EstimatedRowCount", preview.estimated_rows}};
}

Result<json::object> preview(const Dependencies& with, const Call& call) {
  const std::string id = text_of(call, "UploadId");
  const auto rows = static_cast<std::size_t>(json::find_integer(call.input, "Rows").value_or(kPreviewRows));
  json::object document = document_of(TRY(transfers::preview(with.objects, TRY(with.uploads.file(id)), rows)));
  document["UploadId"] = id;
  return json::object{{"UploadPreviewResponse", std::move(document)}};
}

ColumnMapping mapping_of(const json::object& request, char separator) {
  ColumnMapping mapping{.columns = {}, .constants = {}, .separator = separator};
  if (const auto* columns = json::find_array(request, "Columns")) {
    for (const auto& column : *columns) {
      mapping.columns.push_back(
          {json::string_or(column.as_object(), "Column"), json::string_or(column.as_object(), "Member")});
    }
  }
  if (const auto* constants = json::find_object(request, "Constants")) {
    for (const auto& constant : *constants) {
      mapping.constants.push_back({std::string(json::view(constant.value().as_string())), constant.key()});
    }
  }
  return mapping;
}

Result<json::object> import(const Dependencies& with, const Call& call, const std::string& app) {
  const auto& request = structure_of(call, "UploadImportRequest");
  const auto at = TRY(with.uploads.file(json::string_or(request, "UploadId")));
  const auto seen = TRY(transfers::preview(with.objects, at, 1));
  const transfers::ImportRequest wanted{.format = seen.format,
                                        .s3_url = url_of(at),
                                        .define_segment = json::find_bool(request, "DefineSegment"),
                                        .register_endpoints = json::find_bool(request, "RegisterEndpoints"),
                                        .segment_id = json::string_or(request, "SegmentId"),
                                        .segment_name = json::string_or(request, "SegmentName"),
                                        .mapping = mapping_of(request, seen.separator)};
  if (wanted.mapping.empty() && !wanted.mapping.constants.empty()) {
    return fail(ErrorKind::kInvalid, "Constants need Columns beside them", "Constants");
  }
  const auto job = TRY(with.transfers.imports().start(app, wanted));
  json::object document{{"ApplicationId", app}, {"ImportJobId", job.id}, {"JobStatus", job.status}};
  if (!job.segment_id.empty()) document["SegmentId"] = job.segment_id;
  return json::object{{"UploadImportResponse", std::move(document)}};
}

}  // namespace

void implement_uploads(contract::Contract& contract, const Dependencies& with) {
  uploads::Uploads& uploads = with.uploads;
  const auto implement = [&](std::string_view operation, auto answer) {
    contract.implement(kService, operation, [answer](const Call& call) -> Result<json::object> {
      return output(TRY(answer(call, text_of(call, "UploadId"))));
    });
  };
  implement("CreateUpload", [&uploads](const Call& call, const std::string&) {
    return uploads.create(json::string_or(structure_of(call, "WriteUploadRequest"), "FileName"));
  });
  implement("GetUpload", [&uploads](const Call&, const std::string& id) { return uploads.get(id); });
  implement("DeleteUpload", [&uploads](const Call&, const std::string& id) { return uploads.remove(id); });
  implement("CompleteUpload", [&uploads](const Call&, const std::string& id) { return uploads.complete(id); });
  implement("PutUploadPart", [&uploads](const Call& call, const std::string& id) -> Result<uploads::Upload> {
    const auto number = static_cast<int>(json::find_integer(call.input, "PartNumber").value_or(0));
    const auto content = from_base64(text_of(call, "Content"));
    if (!content || content->empty()) return fail(ErrorKind::kInvalid, "A part has at least one byte", "Content");
    return uploads.put_part(id, number, *content);
  });
  contract.implement(kService, "PreviewUpload", [with](const Call& call) { return preview(with, call); });
  implement_in_app(contract, with, "ImportUpload",
                   [with](const Call& call, const std::string& app) { return import(with, call, app); });
}

}  // namespace rapport::rapport_api
