#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "s3/conditions.h"
#include "s3/handlers.h"

namespace rapport::s3 {
namespace {

constexpr std::size_t kPieceBytes = 256 << 10;
constexpr std::string_view kChecksumStart = "x-amz-checksum-";

// The fields a client may ask to be answered otherwise (`response-content-type=...`).
constexpr std::pair<std::string_view, std::string_view> kOverrides[] = {
    {"response-cache-control", "Cache-Control"},       {"response-content-disposition", "Content-Disposition"},
    {"response-content-encoding", "Content-Encoding"}, {"response-content-language", "Content-Language"},
    {"response-content-type", "Content-Type"},         {"response-expires", "Expires"},
};

enum class Extent { kWhole, kRange };

Outcome<void> check_version(const Call& call) {
  const std::string version = call.value("versionId");
  if (version.empty() || version == "null") return {};
  return refuse("NoSuchVersion", "Objects have no versions here");
}

http::Response describe(const Call& call, const objects::ObjectInfo& object, Extent extent) {
  http::Response response;
  response.status = extent == Extent::kWhole ? 200 : 206;
  http::Headers& headers = response.headers;
  headers.add("Content-Type", object.content_type);
  headers.add("ETag", quote_etag(object.etag));
  headers.add("Last-Modified", format_http_date(object.modified));
  headers.add("Accept-Ranges", "bytes");
  const bool checksums = extent == Extent::kWhole && call.header("x-amz-checksum-mode") == "ENABLED";
  for (const auto& [name, value] : object.headers) {
    if (!name.starts_with(kChecksumStart) || checksums) headers.add(name, value);
  }
  for (const auto& [name, value] : object.metadata) headers.add("x-amz-meta-" + name, value);
  for (const auto& [parameter, name] : kOverrides) {
    const std::string value = call.value(std::string(parameter));
    const bool printable = std::ranges::none_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (!value.empty() && printable) headers.set(name, value);
  }
  return response;
}

http::BodySource stream(std::shared_ptr<objects::Reader> reader, std::uint64_t size) {
  return [reader = std::move(reader), size]() mutable -> Result<std::string> {
    std::string piece(std::min<std::uint64_t>(size, kPieceBytes), '\0');
    if (piece.empty()) return piece;
    const std::size_t taken = TRY(reader->read(piece.data(), piece.size()));
    if (taken == 0) return fail(ErrorKind::kInternal, "An object ended before its size: " + reader->info().key);
    piece.resize(taken);
    size -= taken;
    return piece;
  };
}

// If-Range: the range holds only for the object the client has a part of.
std::string_view range_header(const Call& call, const objects::ObjectInfo& object) {
  const std::string_view condition = call.header("If-Range");
  const bool same =
      condition.empty() || etag_text(condition) == object.etag || condition == format_http_date(object.modified);
  return same ? call.header("Range") : std::string_view{};
}

Outcome<void> check_part_number(const Call& call) {
  if (TRY(call.number("partNumber", 1)) == 1) return {};
  return refuse("InvalidPart", "A finished object is one part; ask for part 1");
}

}  // namespace

Outcome<http::Response> get_object(const Context& context, const Call& call) {
  TRY(check_version(call));
  TRY(check_part_number(call));
  std::shared_ptr<objects::Reader> reader = TRY(context.store.open({call.bucket, call.key}));
  const objects::ObjectInfo& object = reader->info();
  TRY(check_conditions(call, object));
  const auto range = TRY(parse_range(range_header(call, object), object.size));
  http::Response response = describe(call, object, range ? Extent::kRange : Extent::kWhole);
  if (range) {
    TRY(reader->seek(range->first));
    response.headers.add("Content-Range",
                         fmt::format("bytes {}-{}/{}", range->first, range->first + range->size - 1, object.size));
  }
  response.stream_size = range ? range->size : object.size;
  response.stream = stream(std::move(reader), response.stream_size);
  return response;
}

Outcome<http::Response> head_object(const Context& context, const Call& call) {
  TRY(check_version(call));
  TRY(check_part_number(call));
  const objects::ObjectInfo object = TRY(context.store.head({call.bucket, call.key}));
  TRY(check_conditions(call, object));
  const auto range = TRY(parse_range(range_header(call, object), object.size));
  http::Response response = describe(call, object, range ? Extent::kRange : Extent::kWhole);
  response.stream_size = range ? range->size : object.size;
  response.stream = []() -> Result<std::string> { return std::string(); };
  return response;
}

Outcome<http::Response> delete_object(const Context& context, const Call& call) {
  TRY(check_version(call));
  TRY(context.store.remove({call.bucket, call.key}));
  return no_content();
}

Outcome<http::Response> delete_objects(const Context& context, const Call& call) {
  const DeleteBody wanted = TRY(parse_delete(TRY(call.small_body())));
  if (!TRY(context.store.has_bucket(call.bucket))) {
    return refuse("NoSuchBucket", fmt::format("The specified bucket does not exist: {}", call.bucket));
  }
  XmlWriter xml("DeleteResult");
  for (const std::string& key : wanted.keys) {
    const Status removed = context.store.remove({call.bucket, key});
    if (removed && wanted.quiet) continue;
    xml.open(removed ? "Deleted" : "Error");
    xml.text("Key", key);
    if (!removed) {
      const Failure failure(removed.error());
      xml.text("Code", failure.code);
      xml.text("Message", failure.message);
    }
    xml.close();
  }
  return answer(xml);
}

Outcome<http::Response> get_object_tagging(const Context& context, const Call& call) {
  TRY(context.store.head({call.bucket, call.key}));
  XmlWriter xml("Tagging");
  xml.open("TagSet");
  return answer(xml);
}

}  // namespace rapport::s3
