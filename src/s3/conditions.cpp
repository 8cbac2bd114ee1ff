#include "s3/conditions.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/text.h"
#include "objects/http_date.h"

namespace rapport::s3 {
namespace {

bool matches(std::string_view header, std::string_view etag) {
  for (const std::string_view one : split(header, ',')) {
    const std::string_view wanted = etag_text(trim(one));
    if (wanted == "*" || wanted == etag) return true;
  }
  return false;
}

std::int64_t whole_seconds(Timestamp time) { return time.micros / kMicrosPerSecond; }

}  // namespace

Outcome<void> check_conditions(const Call& call, const objects::ObjectInfo& object, std::string_view prefix) {
  const auto header = [&](std::string_view name) { return call.header(fmt::format("{}{}", prefix, name)); };
  const auto failed = [&](std::string_view code) {
    return refuse(prefix.empty() ? code : "PreconditionFailed",
                  "At least one of the pre-conditions you specified did not hold");
  };
  if (!header("If-Match").empty()) {
    if (!matches(header("If-Match"), object.etag)) return failed("PreconditionFailed");
  } else if (const auto since = objects::parse_http_date(header("If-Unmodified-Since"))) {
    if (whole_seconds(object.modified) > whole_seconds(*since)) return failed("PreconditionFailed");
  }
  if (!header("If-None-Match").empty()) {
    if (matches(header("If-None-Match"), object.etag)) return failed("NotModified");
  } else if (const auto since = objects::parse_http_date(header("If-Modified-Since"))) {
    if (whole_seconds(object.modified) <= whole_seconds(*since)) return failed("NotModified");
  }
  return {};
}

Outcome<std::optional<ByteRange>> parse_range(std::string_view header, std::uint64_t object_size) {
  constexpr std::string_view kUnit = "bytes=";
  const std::optional<ByteRange> whole;
  if (!header.starts_with(kUnit)) return whole;
  const std::vector<std::string_view> ends = split(header.substr(kUnit.size()), '-');
  if (ends.size() != 2 || header.find(',') != std::string_view::npos) return whole;
  const auto first = parse_integer(trim(ends[0]));
  const auto last = parse_integer(trim(ends[1]));
  if ((!first && !trim(ends[0]).empty()) || (!last && !trim(ends[1]).empty()) || (!first && !last)) return whole;
  if (first && last && *last < *first) return whole;
  const auto size = static_cast<long long>(object_size);
  if (first ? *first >= size : (*last == 0 || size == 0)) {
    return refuse("InvalidRange", "The requested range is not satisfiable");
  }
  const long long from = first ? *first : std::max(0LL, size - *last);
  const long long to = first && last ? std::min(*last, size - 1) : size - 1;
  return ByteRange{static_cast<std::uint64_t>(from), static_cast<std::uint64_t>(to - from + 1)};
}

}  // namespace rapport::s3
