#include "transfers/export_state.h"

#include <fmt/format.h>

namespace rapport::transfers {

json::object ExportPlan::document() const {
  json::object document{{"S3UrlPrefix", request.s3_url_prefix},
                        {"RoleArn", request.role_arn},
                        {"SegmentId", request.segment_id},
                        {"Format", request.format == ExportFormat::kParquet ? "PARQUET" : "JSON"},
                        {"Version", version}};
  if (request.segment_version) document["SegmentVersion"] = *request.segment_version;
  return document;
}

ExportPlan ExportPlan::from(const json::object& document) {
  ExportPlan plan;
  plan.request.s3_url_prefix = json::string_or(document, "S3UrlPrefix");
  plan.request.role_arn = json::string_or(document, "RoleArn");
  plan.request.segment_id = json::string_or(document, "SegmentId");
  plan.request.segment_version = json::find_integer(document, "SegmentVersion");
  if (json::string_or(document, "Format") == "PARQUET") plan.request.format = ExportFormat::kParquet;
  plan.version = json::find_integer(document, "Version").value_or(0);
  return plan;
}

Result<objects::Location> place_of_part(const ExportRequest& request, const std::string& job, std::int64_t number) {
  auto place = objects::parse_s3_url(request.s3_url_prefix);
  if (!place) return fail(ErrorKind::kInvalid, place.error().message, "S3UrlPrefix");
  if (!place->key.empty() && !place->key.ends_with('/')) place->key += '/';
  place->key += fmt::format("{}-{:05}{}", job, number, extension_of(request.format));
  if (const auto checked = objects::check_key(place->key); !checked) {
    return fail(ErrorKind::kInvalid, checked.error().message, "S3UrlPrefix");
  }
  return *std::move(place);
}

json::object ExportState::document() const {
  json::object document = Progress::document();
  document["Position"] = position;
  document["Ended"] = ended;
  return document;
}

ExportState ExportState::from(const json::object& document) {
  return {Progress::from(document), json::string_or(document, "Position"),
          json::find_bool(document, "Ended").value_or(false)};
}

}  // namespace rapport::transfers
