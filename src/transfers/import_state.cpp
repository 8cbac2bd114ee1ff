#include "transfers/import_state.h"

#include <utility>

namespace rapport::transfers {
namespace {

void put_choice(json::object& document, std::string_view name, const std::optional<bool>& choice) {
  if (choice) document[name] = *choice;
}

}  // namespace

json::object ImportPlan::document() const {
  json::object document{{"Format", request.format == ImportFormat::kCsv ? "CSV" : "JSON"},
                        {"S3Url", request.s3_url},
                        {"RoleArn", request.role_arn},
                        {"RequestedSegment", request.segment_id},
                        {"SegmentName", request.segment_name},
                        {"ExternalId", request.external_id},
                        {"SegmentId", segment_id},
                        {"SegmentVersion", segment_version},
                        {"Pieces", array_of(pieces)}};
  if (!request.mapping.empty()) document["Mapping"] = request.mapping.document();
  put_choice(document, "DefineSegment", request.define_segment);
  put_choice(document, "RegisterEndpoints", request.register_endpoints);
  return document;
}

ImportPlan ImportPlan::from(const json::object& document) {
  ImportPlan plan;
  plan.request.format = json::string_or(document, "Format") == "JSON" ? ImportFormat::kJsonLines : ImportFormat::kCsv;
  plan.request.s3_url = json::string_or(document, "S3Url");
  plan.request.role_arn = json::string_or(document, "RoleArn");
  plan.request.segment_id = json::string_or(document, "RequestedSegment");
  plan.request.segment_name = json::string_or(document, "SegmentName");
  plan.request.external_id = json::string_or(document, "ExternalId");
  plan.request.define_segment = json::find_bool(document, "DefineSegment");
  plan.request.register_endpoints = json::find_bool(document, "RegisterEndpoints");
  if (const auto* mapping = json::find_object(document, "Mapping"))
    plan.request.mapping = ColumnMapping::from(*mapping);
  plan.segment_id = json::string_or(document, "SegmentId");
  plan.segment_version = json::find_integer(document, "SegmentVersion").value_or(0);
  plan.pieces = texts_of(document, "Pieces");
  return plan;
}

json::object import_definition(const ImportPlan& plan, std::int64_t size, json::object channel_counts) {
  return {{"Format", plan.request.format == ImportFormat::kCsv ? "CSV" : "JSON"},
          {"S3Url", plan.request.s3_url},
          {"RoleArn", plan.request.role_arn},
          {"ExternalId", plan.request.external_id},
          {"Size", size},
          {"ChannelCounts", std::move(channel_counts)}};
}

json::object ImportState::document() const {
  json::object document = Progress::document();
  document["Piece"] = static_cast<std::int64_t>(piece);
  document["Rows"] = static_cast<std::int64_t>(rows);
  return document;
}

ImportState ImportState::from(const json::object& document) {
  ImportState state{Progress::from(document)};
  state.piece = static_cast<std::size_t>(json::find_integer(document, "Piece").value_or(0));
  state.rows = static_cast<std::uint64_t>(json::find_integer(document, "Rows").value_or(0));
  return state;
}

}  // namespace rapport::transfers
