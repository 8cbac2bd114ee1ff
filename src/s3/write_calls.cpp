#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "s3/conditions.h"
#include "s3/handlers.h"
#include "s3/payload.h"

namespace rapport::s3 {
namespace {

constexpr std::string_view kMetadataStart = "x-amz-meta-";
constexpr std::size_t kMetadataBytesMax = 2048;
constexpr std::string_view kKeptHeaders[] = {"cache-control", "content-disposition", "content-encoding",
                                             "content-language", "expires"};

// aws-chunked names the form of the transfer, not of the object.
std::string without_chunked(std::string_view encodings) {
  std::string kept;
  for (const std::string_view encoding : split(encodings, ',')) {
    if (trim(encoding).empty() || equals_ignore_case(trim(encoding), "aws-chunked")) continue;
    kept += fmt::format("{}{}", kept.empty() ? "" : ",", trim(encoding));
  }
  return kept;
}

// If-Match and If-None-Match of a write.
Outcome<void> check_write_conditions(const Context& context, const Call& call) {
  const std::string_view none = call.header("If-None-Match");
  if (!none.empty() && none != "*") return refuse("NotImplemented", "If-None-Match of a write must be *");
  if (call.header("If-Match").empty()) return {};
  const objects::ObjectInfo object = TRY(context.store.head({call.bucket, call.key}));
  if (etag_text(call.header("If-Match")) == object.etag) return {};
  return refuse("PreconditionFailed", "The object's ETag is not the one of If-Match");
}

}  // namespace

Outcome<objects::WriteOptions> write_options(const Call& call) {
  objects::WriteOptions options;
  if (!call.header("Content-Type").empty()) options.content_type = call.header("Content-Type");
  std::size_t metadata_bytes = 0;
  for (const auto& [name, value] : call.request.head.headers) {
    const std::string lower = to_lower(name);
    if (lower.size() <= kMetadataStart.size() || !lower.starts_with(kMetadataStart)) continue;
    metadata_bytes += lower.size() - kMetadataStart.size() + value.size();
    options.metadata[lower.substr(kMetadataStart.size())] = value;
  }
  if (metadata_bytes > kMetadataBytesMax) {
    return refuse("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size");
  }
  for (const std::string_view name : kKeptHeaders) {
    std::string value(call.header(name));
    if (name == "content-encoding") value = without_chunked(value);
    if (!value.empty()) options.headers.emplace(name, std::move(value));
  }
  if (call.header("If-None-Match") == "*") options.existing = objects::Existing::kKeep;
  return options;
}

Outcome<http::Response> put_object(const Context& context, const Call& call) {
  TRY(check_write_conditions(context, call));
  objects::WriteOptions options = TRY(write_options(call));
  const std::map<std::string, std::string> sums = checksums(call);
  options.headers.insert(sums.begin(), sums.end());
  const auto writer = TRY(context.store.create({call.bucket, call.key}, options));
  const objects::ObjectInfo object = TRY(store_payload(call, *writer));
  http::Response response;
  response.headers.add("ETag", quote_etag(object.etag));
  for (const auto& [name, value] : sums) response.headers.add(name, value);
  return response;
}

Outcome<std::unique_ptr<objects::Reader>> open_copy_source(const Context& context, const Call& call) {
  const CopySource source = TRY(parse_copy_source(call.header("x-amz-copy-source")));
  std::unique_ptr<objects::Reader> reader = TRY(context.store.open({source.bucket, source.key}));
  TRY(check_conditions(call, reader->info(), "x-amz-copy-source-"));
  return reader;
}

Outcome<http::Response> copy_object(const Context& context, const Call& call) {
  TRY(check_write_conditions(context, call));
  const std::unique_ptr<objects::Reader> reader = TRY(open_copy_source(context, call));
  const objects::ObjectInfo& from = reader->info();
  const std::string_view directive = call.header("x-amz-metadata-directive");
  objects::WriteOptions options{.content_type = from.content_type, .metadata = from.metadata, .headers = from.headers};
  if (directive == "REPLACE") {
    options = TRY(write_options(call));
  } else if (!directive.empty() && directive != "COPY") {
    return refuse("InvalidArgument", fmt::format("The metadata directive is not known: {}", directive));
  } else if (const CopySource source = TRY(parse_copy_source(call.header("x-amz-copy-source")));
             source.bucket == call.bucket && source.key == call.key) {
    return refuse("InvalidRequest", "An object is copied to itself only to replace its metadata");
  }
  if (call.header("If-None-Match") == "*") options.existing = objects::Existing::kKeep;
  const auto writer = TRY(context.store.create({call.bucket, call.key}, options));
  TRY(copy_bytes(*reader, from.size, *writer));
  const objects::ObjectInfo copy = TRY(writer->commit());
  XmlWriter xml("CopyObjectResult");
  xml.text("LastModified", format_iso8601(copy.modified));
  xml.text("ETag", quote_etag(copy.etag));
  return answer(xml);
}

}  // namespace rapport::s3
