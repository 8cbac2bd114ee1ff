#pragma once

#include <cstdint>
#include <string>

#include "base/digest.h"
#include "objects/store.h"
#include "s3/call.h"

namespace rapport::s3 {

// What a client said its body's digests are: Content-MD5, x-amz-checksum-crc32, x-amz-checksum-sha256.
class PayloadCheck {
 public:
  static Outcome<PayloadCheck> from_headers(const Call& call);  // InvalidDigest
  void update(std::string_view data);
  Outcome<void> finish();  // BadDigest; REQUIRES that it is called once

 private:
  std::string md5_, sha256_, crc32_;  // raw bytes expected; empty when not said
  Digest md5_so_far_{Digest::Algorithm::kMd5};
  Digest sha256_so_far_{Digest::Algorithm::kSha256};
  std::uint32_t crc32_so_far_ = 0;
};

// Streams the request's body into the writer, checks the digests, and commits.
Outcome<objects::ObjectInfo> store_payload(const Call& call, objects::Writer& writer);

// Streams `size` bytes of an object from where the reader stands.
Outcome<void> copy_bytes(objects::Reader& reader, std::uint64_t size, objects::Writer& writer);

// The x-amz-checksum-* fields of the request, which the answer repeats; names in lower case.
std::map<std::string, std::string> checksums(const Call& call);

}  // namespace rapport::s3
