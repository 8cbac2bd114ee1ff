// What a signature is computed over, links of the old kind, and bodies in the aws-chunked coding. The first byte
// chooses. None may crash; a canonical text is its own canonical text; a body cut into chunks is decoded to itself.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "access/aws_chunked.h"
#include "access/legacy_link.h"
#include "base/check.h"
#include "signing/canonical.h"

namespace rapport {
namespace {

void canonicalise(std::string_view text) {
  const std::string query = signing::canonical_query(text);
  CHECK(signing::canonical_query(query) == query);
  const std::string path = signing::canonical_path(text, "s3");
  CHECK(signing::canonical_path(path, "s3") == path);
  const std::string value = signing::canonical_value(text);
  CHECK(signing::canonical_value(value) == value);
  (void)signing::canonical_path(text, "personalize");
}

void read_link(std::string_view text) {
  http::RequestHead head;
  head.method = "GET";
  head.target = "/bucket/key?" + std::string(text);
  const auto link = access::read_legacy_link(head);
  if (link) (void)access::legacy_signature(head, *link, "secret");
}

void decode(std::string_view text) {
  const auto plain = access::decode_aws_chunked(http::Body(std::string(text)), nullptr, "/tmp");
  CHECK(plain || plain.error().kind == ErrorKind::kInvalid);
}

void decode_chunks(std::string_view text) {
  const std::size_t piece = text.empty() ? 1 : 1 + static_cast<unsigned char>(text[0]);
  std::string wire;
  for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
    const std::string_view chunk = rest.substr(0, piece);
    wire += fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk);
  }
  const auto plain = access::decode_aws_chunked(http::Body(wire + "0\r\n\r\n"), nullptr, "/tmp");
  CHECK(plain && plain->body.bytes() == text);
}

}  // namespace
}  // namespace rapport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > (64 << 10)) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  switch (data[0] % 4) {
    case 0: rapport::canonicalise(text); break;
    case 1: rapport::read_link(text); break;
    case 2: rapport::decode(text); break;
    default: rapport::decode_chunks(text); break;
  }
  return 0;
}
