#include "objects/store.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "objects/names.h"

namespace rapport::objects {
namespace {

constexpr std::size_t kBucketMin = 3;
constexpr std::size_t kBucketMax = 63;
constexpr std::size_t kKeyBytesMax = 1024;
constexpr std::size_t kPartBytesMax = 255;  // a file name on every file system of Linux

bool is_small_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool looks_like_address(std::string_view name) {
  const std::vector<std::string_view> parts = split(name, '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return part.size() <= 3 && parse_integer(part).has_value();
         });
}

Status check_key_part(std::string_view part) {
  if (part.empty() || part == "." || part == "..") {
    return fail(ErrorKind::kInvalid,
                fmt::format("The parts of a key between slashes must not be empty, . or ..: {}", part), "key");
  }
  if (part.size() > kPartBytesMax) {
    return fail(ErrorKind::kTooLarge,
                fmt::format("The parts of a key between slashes are limited, in bytes: {}", kPartBytesMax), "key");
  }
  if (part == kSelfName || part == kMarkerName) {
    return fail(ErrorKind::kInvalid, fmt::format("The name is reserved: {}", part), "key");
  }
  return {};
}

}  // namespace

Status check_bucket(std::string_view bucket) {
  const bool shaped = bucket.size() >= kBucketMin && bucket.size() <= kBucketMax &&
                      is_small_letter_or_digit(bucket.front()) && is_small_letter_or_digit(bucket.back()) &&
                      std::all_of(bucket.begin(), bucket.end(),
                                  [](char c) { return is_small_letter_or_digit(c) || c == '.' || c == '-'; });
  if (shaped && bucket.find("..") == std::string_view::npos && !looks_like_address(bucket)) return {};
  return fail(ErrorKind::kInvalid,
              fmt::format("A bucket is named with 3 to 63 of a-z, 0-9, '.' and '-', not: {}", bucket.substr(0, 100)),
              "bucket");
}

Status check_key(std::string_view key) {
  if (key.size() > kKeyBytesMax) {
    return fail(ErrorKind::kTooLarge, fmt::format("A key is limited, in bytes: {}", kKeyBytesMax), "key");
  }
  if (!is_valid_utf8(key) || key.find('\0') != std::string_view::npos) {
    return fail(ErrorKind::kInvalid, "A key must be UTF-8 without NUL", "key");
  }
  if (key.size() > 1 && key.ends_with('/')) key.remove_suffix(1);
  for (const std::string_view part : split(key, '/')) TRY(check_key_part(part));
  return {};
}

Result<Location> parse_s3_url(std::string_view url) {
  constexpr std::string_view kScheme = "s3://";
  if (!url.starts_with(kScheme)) {
    return fail(ErrorKind::kInvalid, fmt::format("The location must look like s3://bucket/key, not: {}", url));
  }
  url.remove_prefix(kScheme.size());
  const std::size_t slash = std::min(url.find('/'), url.size());
  Location at{std::string(url.substr(0, slash)), std::string(url.substr(std::min(slash + 1, url.size())))};
  TRY(check_bucket(at.bucket));
  if (!at.key.empty()) TRY(check_key(at.key));
  return at;
}

Result<std::string> read_object(Store& store, const Location& at, std::size_t limit) {
  const std::unique_ptr<Reader> reader = TRY(store.open(at));
  if (reader->info().size > limit) {
    return fail(ErrorKind::kTooLarge,
                fmt::format("The object s3://{}/{} is larger than allowed, in bytes: {}", at.bucket, at.key, limit));
  }
  std::string content(reader->info().size, '\0');
  std::size_t filled = 0;
  while (filled < content.size()) {
    const std::size_t taken = TRY(reader->read(content.data() + filled, content.size() - filled));
    if (taken == 0) break;
    filled += taken;
  }
  content.resize(filled);
  return content;
}

Result<ObjectInfo> write_object(Store& store, const Location& at, std::string_view content,
                                const WriteOptions& options) {
  const std::unique_ptr<Writer> writer = TRY(store.create(at, options));
  TRY(writer->write(content));
  return writer->commit();
}

Status for_each_object(Store& store, const std::string& bucket, const std::string& prefix,
                       const std::function<bool(const ObjectInfo&)>& visit) {
  // Large pages: a directory is read anew for each.
  ListOptions options{.prefix = prefix, .limit = 20'000};
  do {
    const Listing page = TRY(store.list(bucket, options));
    for (const ObjectInfo& object : page.objects) {
      if (!visit(object)) return {};
    }
    options.start_after = page.next;
  } while (!options.start_after.empty());
  return {};
}

}  // namespace rapport::objects
