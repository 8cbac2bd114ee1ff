#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "objects/store.h"
#include "s3/call.h"

namespace rapport::s3 {

// If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since (RFC 9110, 13.2.2) on the object. Fails with
// PreconditionFailed or NotModified. `prefix` is "" or "x-amz-copy-source-", where every failure is the former.
Outcome<void> check_conditions(const Call& call, const objects::ObjectInfo& object, std::string_view prefix = "");

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t size = 0;
};
// One range `bytes=a-b`, `bytes=a-` or `bytes=-n` of an object. Nothing when the header is absent, malformed or names
// several ranges: the whole object is meant then. InvalidRange when it lies behind the end.
Outcome<std::optional<ByteRange>> parse_range(std::string_view header, std::uint64_t object_size);

}  // namespace rapport::s3
