#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "s3/conditions.h"
#include "s3/handlers.h"
#include "s3/payload.h"

namespace rapport::s3 {
namespace {

constexpr int kPageMax = 1000;

objects::Location location(const Call& call) { return {call.bucket, call.key}; }

// `bytes=a-b` of x-amz-copy-source-range, which unlike Range must be exact.
Outcome<ByteRange> copy_range(const Call& call, std::uint64_t size) {
  const std::string_view header = call.header("x-amz-copy-source-range");
  if (header.empty()) return ByteRange{0, size};
  const auto range = TRY(parse_range(header, size));
  if (range) return *range;
  return refuse("InvalidArgument", "The x-amz-copy-source-range must look like bytes=first-last");
}

}  // namespace

Outcome<http::Response> create_upload(const Context& context, const Call& call) {
  const std::string upload = TRY(context.store.start_upload(location(call), TRY(write_options(call))));
  XmlWriter xml("InitiateMultipartUploadResult");
  xml.text("Bucket", call.bucket);
  xml.text("Key", call.key);
  xml.text("UploadId", upload);
  return answer(xml);
}

Outcome<http::Response> upload_part(const Context& context, const Call& call) {
  const int number = TRY(call.number("partNumber", 0));
  const auto writer = TRY(context.store.create_part(location(call), call.value("uploadId"), number));
  const objects::ObjectInfo part = TRY(store_payload(call, *writer));
  http::Response response;
  response.headers.add("ETag", quote_etag(part.etag));
  for (const auto& [name, value] : checksums(call)) response.headers.add(name, value);
  return response;
}

Outcome<http::Response> upload_part_copy(const Context& context, const Call& call) {
  const std::unique_ptr<objects::Reader> reader = TRY(open_copy_source(context, call));
  const ByteRange range = TRY(copy_range(call, reader->info().size));
  const int number = TRY(call.number("partNumber", 0));
  const auto writer = TRY(context.store.create_part(location(call), call.value("uploadId"), number));
  TRY(reader->seek(range.first));
  TRY(copy_bytes(*reader, range.size, *writer));
  const objects::ObjectInfo part = TRY(writer->commit());
  XmlWriter xml("CopyPartResult");
  xml.text("LastModified", format_iso8601(part.modified));
  xml.text("ETag", quote_etag(part.etag));
  return answer(xml);
}

Outcome<http::Response> complete_upload(const Context& context, const Call& call) {
  const std::vector<objects::PartInfo> parts = TRY(parse_complete(TRY(call.small_body())));
  if (call.header("If-None-Match") == "*" && context.store.head(location(call))) {
    return refuse("PreconditionFailed", "The object exists already");
  }
  const objects::ObjectInfo object = TRY(context.store.finish_upload(location(call), call.value("uploadId"), parts));
  XmlWriter xml("CompleteMultipartUploadResult");
  xml.text("Location", fmt::format("/{}/{}", call.bucket, percent_encode(call.key, Slash::kKeep)));
  xml.text("Bucket", call.bucket);
  xml.text("Key", call.key);
  xml.text("ETag", quote_etag(object.etag));
  return answer(xml);
}

Outcome<http::Response> abort_upload(const Context& context, const Call& call) {
  TRY(context.store.abort_upload(location(call), call.value("uploadId")));
  return no_content();
}

Outcome<http::Response> list_parts(const Context& context, const Call& call) {
  const std::string upload = call.value("uploadId");
  const auto after = TRY(call.number("part-number-marker", 0));
  const int limit = std::min(TRY(call.number("max-parts", kPageMax)), kPageMax);
  std::vector<objects::PartInfo> parts = TRY(context.store.list_parts(location(call), upload));
  std::erase_if(parts, [&](const objects::PartInfo& part) { return part.number <= after; });
  const bool truncated = parts.size() > static_cast<std::size_t>(limit);
  if (truncated) parts.resize(static_cast<std::size_t>(limit));
  XmlWriter xml("ListPartsResult");
  xml.text("Bucket", call.bucket);
  xml.text("Key", call.key);
  xml.text("UploadId", upload);
  xml.text("PartNumberMarker", std::to_string(after));
  xml.text("MaxParts", std::to_string(limit));
  xml.text("IsTruncated", truncated ? "true" : "false");
  if (!parts.empty()) xml.text("NextPartNumberMarker", std::to_string(parts.back().number));
  for (const objects::PartInfo& part : parts) {
    xml.open("Part");
    xml.text("PartNumber", std::to_string(part.number));
    xml.text("ETag", quote_etag(part.etag));
    xml.text("Size", std::to_string(part.size));
    xml.close();
  }
  return answer(xml);
}

Outcome<http::Response> list_uploads(const Context& context, const Call& call) {
  const int limit = std::min(TRY(call.number("max-uploads", kPageMax)), kPageMax);
  const std::pair after(call.value("key-marker"), call.value("upload-id-marker"));
  std::vector<objects::UploadInfo> uploads = TRY(context.store.list_uploads(call.bucket));
  std::erase_if(uploads, [&](const objects::UploadInfo& upload) {
    const bool passed = after.second.empty() ? upload.key <= after.first && !after.first.empty()
                                             : std::pair(upload.key, upload.upload) <= after;
    return passed || !upload.key.starts_with(call.value("prefix"));
  });
  const bool truncated = uploads.size() > static_cast<std::size_t>(limit);
  if (truncated) uploads.resize(static_cast<std::size_t>(limit));
  XmlWriter xml("ListMultipartUploadsResult");
  xml.text("Bucket", call.bucket);
  xml.text("KeyMarker", after.first);
  xml.text("UploadIdMarker", after.second);
  xml.text("Prefix", call.value("prefix"));
  xml.text("MaxUploads", std::to_string(limit));
  xml.text("IsTruncated", truncated ? "true" : "false");
  if (truncated && !uploads.empty()) {
    xml.text("NextKeyMarker", uploads.back().key);
    xml.text("NextUploadIdMarker", uploads.back().upload);
  }
  for (const objects::UploadInfo& upload : uploads) {
    xml.open("Upload");
    xml.text("Key", upload.key);
    xml.text("UploadId", upload.upload);
    xml.text("StorageClass", "STANDARD");
    xml.text("Initiated", format_iso8601(upload.started));
    xml.close();
  }
  return answer(xml);
}

}  // namespace rapport::s3
