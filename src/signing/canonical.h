#pragma once

// signing: AWS Signature Version 4 over texts, shared by signing (net) and verification (access).

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rapport::signing {

using Headers = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view kEmptyPayloadHash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// What a signing key is bound to.
struct Scope {
  std::string_view date;  // YYYYMMDD
  std::string_view region;
  std::string_view service;
};
// `date/region/service/aws4_request`.
std::string scope_text(const Scope& scope);

// The path as it enters the signature. S3 encodes once (each part decoded, then encoded); every other service removes
// dot segments and doubled slashes and encodes what was sent once more.
std::string canonical_path(std::string_view raw_path, std::string_view service);
// Sorted, each name and value decoded and encoded anew, without X-Amz-Signature.
std::string canonical_query(std::string_view raw_query);
// Blanks trimmed, inner runs of blanks made one.
std::string canonical_value(std::string_view header_value);

struct CanonicalParts {
  std::string_view method;
  std::string_view raw_path;
  std::string_view raw_query;
  const Headers& headers;  // the signed ones: lower-case names in order, canonical values
  std::string_view payload_hash;
  std::string_view service;
};
std::string canonical_request(const CanonicalParts& parts);
// The names of `headers` joined with `;`.
std::string signed_header_names(const Headers& headers);

// `amz_date` is YYYYMMDD'T'HHMMSS'Z'.
std::string string_to_sign(std::string_view amz_date, const Scope& scope, std::string_view canonical_request);
std::string signing_key(std::string_view secret, const Scope& scope);                  // 32 raw bytes
std::string signature(std::string_view signing_key, std::string_view string_to_sign);  // lower-case hex

}  // namespace rapport::signing
