#include "s3/payload.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "formats/crc32.h"
#include "formats/source.h"

namespace rapport::s3 {
namespace {

constexpr std::size_t kPieceBytes = 256 << 10;

Outcome<std::string> expected_digest(const Call& call, std::string_view name, std::size_t size) {
  const std::string_view header = call.header(name);
  if (header.empty()) return std::string();
  auto raw = from_base64(header);
  if (raw && raw->size() == size) return std::move(*raw);
  return refuse("InvalidDigest", fmt::format("The value of {} is not valid", name));
}

}  // namespace

Outcome<PayloadCheck> PayloadCheck::from_headers(const Call& call) {
  PayloadCheck check;
  check.md5_ = TRY(expected_digest(call, "Content-MD5", 16));
  check.sha256_ = TRY(expected_digest(call, "x-amz-checksum-sha256", 32));
  check.crc32_ = TRY(expected_digest(call, "x-amz-checksum-crc32", 4));
  return check;
}

void PayloadCheck::update(std::string_view data) {
  if (!md5_.empty()) md5_so_far_.update(data);
  if (!sha256_.empty()) sha256_so_far_.update(data);
  if (!crc32_.empty()) crc32_so_far_ = formats::crc32(data, crc32_so_far_);
}

Outcome<void> PayloadCheck::finish() {
  std::string crc32;
  for (int shift = 24; shift >= 0; shift -= 8) crc32 += static_cast<char>(crc32_so_far_ >> shift);
  if ((!md5_.empty() && md5_so_far_.finish() != md5_) || (!sha256_.empty() && sha256_so_far_.finish() != sha256_) ||
      (!crc32_.empty() && crc32 != crc32_)) {
    return refuse("BadDigest", "The body that arrived does not have the digest you specified");
  }
  return {};
}

Outcome<objects::ObjectInfo> store_payload(const Call& call, objects::Writer& writer) {
  PayloadCheck check = TRY(PayloadCheck::from_headers(call));
  const http::Body& body = call.request.body;
  const formats::Source source = body.in_file() ? TRY(formats::file_source(body.file().string())) : formats::text_source(body.bytes());
  std::vector<char> buffer(std::min<std::uint64_t>(kPieceBytes, std::max<std::uint64_t>(body.size(), 1)));
  while (const std::size_t taken = TRY(source(buffer.data(), buffer.size()))) {
    check.update({buffer.data(), taken});
    TRY(writer.write({buffer.data(), taken}));
  }
  TRY(check.finish());
  return TRY(writer.commit());
}

Outcome<void> copy_bytes(objects::Reader& reader, std::uint64_t size, objects::Writer& writer) {
  std::vector<char> buffer(kPieceBytes);
  while (size > 0) {
    const std::size_t taken = TRY(reader.read(buffer.data(), std::min<std::uint64_t>(size, buffer.size())));
    if (taken == 0) return refuse("InternalError", "The source of the copy changed meanwhile; try again");
    TRY(writer.write({buffer.data(), taken}));
    size -= taken;
  }
  return {};
}

std::map<std::string, std::string> checksums(const Call& call) {
  static constexpr std::string_view kNames[] = {"x-amz-checksum-crc32", "x-amz-checksum-crc32c",
                                                "x-amz-checksum-crc64nvme", "x-amz-checksum-sha1",
                                                "x-amz-checksum-sha256"};
  std::map<std::string, std::string> found;
  for (const std::string_view name : kNames) {
    if (!call.header(name).empty()) found.emplace(name, call.header(name));
  }
  return found;
}

}  // namespace rapport::s3
