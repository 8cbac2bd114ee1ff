#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "access/keys.h"
#include "access/legacy_link.h"
#include "base/clock.h"
#include "http/message.h"

namespace rapport::access {

// Why a request is not let in.
enum class Refusal {
  kMissing,       // no signature at all
  kMalformed,     // something that is no valid signature
  kUnknownKey,    // unknown or disabled access key
  kBadSignature,  // the signature is not the one this request has
  kExpired,       // the link is too old
  kSkewed,        // the date is more than 15 minutes from ours
  kBadPayload,    // the body is not the one that was signed
  kUnavailable,   // the keys are out of reach; later may work
};

struct Refused {
  Refusal reason;
  std::string message;
};

// Who calls, and for which service they signed.
struct Identity {
  std::string access_key;
  std::string region;
  std::string service;
  Role role = Role::kViewer;  // of the key
};

using Verdict = std::expected<Identity, Refused>;

// The service of the request's credential scope, without any proof: "" when it carries none.
std::string signing_service(const http::RequestHead& head);

// Checks AWS Signature Version 4 in its header and its presigned query form, and the old links of S3 (legacy_link.h).
// Thread-safe.
class Verifier {
 public:
  // `spool` is where large bodies that must be decoded are written.
  Verifier(KeyStore& keys, const Clock& clock, std::filesystem::path spool)
      : keys_(keys), clock_(clock), spool_(std::move(spool)) {}

  // On success an aws-chunked body has become the plain one, and the checksums in its trailers headers.
  Verdict verify(http::Request& request);
  // What can be told before the body is read: everything but the payload. A head that does not declare its payload's
  // hash passes when its key and date are good. For deciding whether a large body is worth taking.
  Verdict verify_head(const http::RequestHead& head);

 private:
  struct Claim;
  struct SigningKey {
    std::string key;
    Role role;
  };
  std::expected<KeyStore::Secret, Refused> secret_of(const std::string& access_key);
  std::expected<SigningKey, Refused> signing_key(const Claim& claim);  // also checks the date
  std::expected<void, Refused> check_signature(const http::RequestHead& head, const Claim& claim, std::string_view key);
  Verdict verify_legacy(const http::RequestHead& head, const LegacyLink& link);

  KeyStore& keys_;
  const Clock& clock_;
  const std::filesystem::path spool_;
  std::shared_mutex mutex_;
  std::unordered_map<std::string, std::string> signing_keys_;  // by access key and scope, guarded by mutex_
};

}  // namespace rapport::access
