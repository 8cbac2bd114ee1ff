#include "s3/failure.h"

#include <algorithm>
#include <array>
#include <utility>

namespace rapport::s3 {
namespace {

// Only what is not 400.
constexpr std::pair<std::string_view, int> kStatuses[] = {
    {"AccessDenied", 403},
    {"BucketAlreadyExists", 409},
    {"BucketAlreadyOwnedByYou", 409},
    {"BucketNotEmpty", 409},
    {"EntityTooLarge", 413},
    {"InternalError", 500},
    {"InvalidAccessKeyId", 403},
    {"InvalidRange", 416},
    {"MethodNotAllowed", 405},
    {"MissingContentLength", 411},
    {"NoSuchBucket", 404},
    {"NoSuchBucketPolicy", 404},
    {"NoSuchCORSConfiguration", 404},
    {"NoSuchKey", 404},
    {"NoSuchLifecycleConfiguration", 404},
    {"NoSuchObjectLockConfiguration", 404},
    {"NoSuchPublicAccessBlockConfiguration", 404},
    {"NoSuchTagSet", 404},
    {"NoSuchUpload", 404},
    {"NoSuchVersion", 404},
    {"NoSuchWebsiteConfiguration", 404},
    {"NotImplemented", 501},
    {"NotModified", 304},
    {"ObjectLockConfigurationNotFoundError", 404},
    {"OwnershipControlsNotFoundError", 404},
    {"PreconditionFailed", 412},
    {"ReplicationConfigurationNotFoundError", 404},
    {"RequestTimeTooSkewed", 403},
    {"ServerSideEncryptionConfigurationNotFoundError", 404},
    {"ServiceUnavailable", 503},
    {"SignatureDoesNotMatch", 403},
    {"SlowDown", 503},
};

std::string_view code_of(const Error& error) {
  const std::string_view field = error.field;
  switch (error.kind) {
    case ErrorKind::kNotFound:
      return field == "bucket" ? "NoSuchBucket" : field == "uploadId" ? "NoSuchUpload" : "NoSuchKey";
    case ErrorKind::kAlreadyExists: return field == "bucket" ? "BucketAlreadyOwnedByYou" : "PreconditionFailed";
    case ErrorKind::kConflict: return "BucketNotEmpty";
    case ErrorKind::kForbidden: return "AccessDenied";
    case ErrorKind::kTooLarge: return field == "key" ? "KeyTooLongError" : "EntityTooLarge";
    case ErrorKind::kLimited: return "SlowDown";
    case ErrorKind::kUnavailable: return "ServiceUnavailable";
    case ErrorKind::kUnsupported: return "NotImplemented";
    case ErrorKind::kInternal: return "InternalError";
    case ErrorKind::kInvalid: break;
  }
  if (field == "bucket") return "InvalidBucketName";
  if (field == "Part") return "InvalidPart";
  if (field == "PartOrder") return "InvalidPartOrder";
  if (field == "PartSize") return "EntityTooSmall";
  return "InvalidArgument";
}

}  // namespace

Failure::Failure(const Error& error) : code(code_of(error)), message(error.message) {}

int status_of(std::string_view code) {
  const auto* found = std::ranges::find(kStatuses, code, &std::pair<std::string_view, int>::first);
  return found == std::end(kStatuses) ? 400 : found->second;
}

}  // namespace rapport::s3
