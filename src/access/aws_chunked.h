#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "http/message.h"

namespace rapport::access {

// What the signatures of an aws-chunked body continue from.
struct ChunkSigning {
  std::string signing_key;
  std::string amz_date;
  std::string scope;
  std::string seed_signature;  // of the head
};

struct DecodedBody {
  http::Body body;
  http::Headers checksums;  // the trailers x-amz-checksum-*; others are read over
};

// Turns a body in the aws-chunked coding into the plain bytes; beyond 1 MiB they go to a file in `spool`. With
// `signing` every chunk's signature is checked. kInvalid for broken framing, kForbidden for a wrong signature.
Result<DecodedBody> decode_aws_chunked(const http::Body& body, const ChunkSigning* signing,
                                       const std::filesystem::path& spool);

}  // namespace rapport::access
