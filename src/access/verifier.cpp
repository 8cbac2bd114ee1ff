#include "access/verifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <mutex>

#include "access/aws_chunked.h"
#include "base/digest.h"
#include "base/text.h"
#include "signing/canonical.h"

namespace rapport::access {
namespace {

constexpr std::int64_t kSkewMicros = 15 * 60 * kMicrosPerSecond;
constexpr std::int64_t kExpiresSecondsMax = 7 * 24 * 3600;
constexpr std::size_t kSigningKeysMax = 10'000;
constexpr std::string_view kBadSignatureMessage =
    "The request signature we calculated does not match the signature you provided. Check the secret access key, and "
    "that nothing between client and server changes the request.";
constexpr std::string_view kStreaming = "STREAMING-";
constexpr std::string_view kStreamingUnsigned = "STREAMING-UNSIGNED-";

std::unexpected<Refused> refuse(Refusal reason, std::string message) {
  return std::unexpected(Refused{reason, std::move(message)});
}

// The value of a query parameter, decoded.
std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  for (const std::string_view pair : split(query, '&')) {
    const std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    return percent_decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1));
  }
  return std::nullopt;
}

bool is_presigned(const http::RequestHead& head) {
  return head.query().find("X-Amz-Signature=") != std::string_view::npos;
}

// The part of `Credential=.../date/region/service/aws4_request` that names the service.
std::string_view service_in(std::string_view credential) {
  const auto parts = split(credential, '/');
  return parts.size() < 5 ? std::string_view{} : parts[parts.size() - 2];
}

std::string_view authorization_part(std::string_view header, std::string_view name) {
  const std::size_t at = header.find(name);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = header.substr(at + name.size());
  return trim(rest.substr(0, rest.find(',')));
}

// S3 acts on x-amz- headers (copy source, metadata): the holder of a link must not add one that was not signed. The
// payload's hash is signed in its own place.
std::expected<void, Refused> check_covered(const http::RequestHead& head, const std::vector<std::string_view>& names) {
  for (const auto& [field, value] : head.headers) {
    const std::string name = to_lower(field);
    if (!name.starts_with("x-amz-") || name == "x-amz-content-sha256" || name == "x-amz-user-agent") continue;
    if (std::ranges::find(names, name) == names.end()) {
      return refuse(Refusal::kBadSignature, fmt::format("A header of the request was not signed; sign it: {}", field));
    }
  }
  return {};
}

std::string hash_of(const http::Body& body) {
  if (body.size() == 0) return std::string(signing::kEmptyPayloadHash);
  if (!body.in_file()) return to_hex(sha256(body.bytes()));
  Digest digest(Digest::Algorithm::kSha256);
  std::ifstream in(body.file(), std::ios::binary);
  std::array<char, 64 << 10> buffer{};
  while (in.read(buffer.data(), buffer.size()), in.gcount() > 0) {
    digest.update({buffer.data(), static_cast<std::size_t>(in.gcount())});
  }
  return to_hex(digest.finish());
}

}  // namespace

// What a request says of its signature.
struct Verifier::Claim {
  std::string access_key;
  std::string date;  // of the scope
  std::string region;
  std::string service;
  std::string amz_date;
  std::string signed_headers;
  std::string signature;
  std::string payload_hash;
  std::optional<std::int64_t> expires_seconds;  // of a presigned link

  signing::Scope scope() const { return {date, region, service}; }

  static std::expected<Claim, Refused> read(const http::RequestHead& head);
  static std::expected<Claim, Refused> read_header(const http::RequestHead& head);
  static std::expected<Claim, Refused> read_query(const http::RequestHead& head);
  std::expected<void, Refused> take_credential(std::string_view credential);
  std::expected<void, Refused> check_date(Timestamp now) const;
  std::string expected_signature(const http::RequestHead& head, std::string_view key) const;
  std::expected<void, Refused> check_payload(http::Request& request, const std::string& key,
                                             const std::filesystem::path& spool) const;
};

std::expected<void, Refused> Verifier::Claim::take_credential(std::string_view credential) {
  const auto parts = split(credential, '/');
  if (parts.size() != 5 || parts[4] != "aws4_request" || parts[0].empty() || parts[1].size() != 8) {
    return refuse(Refusal::kMalformed,
                  fmt::format("The credential must be KEY/YYYYMMDD/REGION/SERVICE/aws4_request: {}", credential));
  }
  access_key = parts[0];
  date = parts[1];
  region = parts[2];
  service = parts[3];
  return {};
}

std::expected<Verifier::Claim, Refused> Verifier::Claim::read_header(const http::RequestHead& head) {
  const std::string_view header = head.headers.get("Authorization");
  if (!header.starts_with(signing::kAlgorithm)) {
    return refuse(Refusal::kMalformed, "The Authorization header must use AWS4-HMAC-SHA256");
  }
  Claim claim;
  if (auto taken = claim.take_credential(authorization_part(header, "Credential=")); !taken) {
    return std::unexpected(taken.error());
  }
  claim.signed_headers = authorization_part(header, "SignedHeaders=");
  claim.signature = authorization_part(header, "Signature=");
  claim.amz_date = head.headers.get("X-Amz-Date");
  claim.payload_hash = head.headers.get("X-Amz-Content-Sha256");
  if (claim.amz_date.empty() || claim.signed_headers.empty() || claim.signature.empty()) {
    return refuse(Refusal::kMalformed, "A signed request needs SignedHeaders, Signature and the header X-Amz-Date");
  }
  return claim;
}

std::expected<Verifier::Claim, Refused> Verifier::Claim::read_query(const http::RequestHead& head) {
  const std::string_view query = head.query();
  Claim claim;
  if (auto taken = claim.take_credential(query_value(query, "X-Amz-Credential").value_or("")); !taken) {
    return std::unexpected(taken.error());
  }
  claim.signed_headers = query_value(query, "X-Amz-SignedHeaders").value_or("");
  claim.signature = query_value(query, "X-Amz-Signature").value_or("");
  claim.amz_date = query_value(query, "X-Amz-Date").value_or("");
  claim.payload_hash = query_value(query, "X-Amz-Content-Sha256").value_or(std::string(signing::kUnsignedPayload));
  const auto expires = parse_integer(query_value(query, "X-Amz-Expires").value_or("900"));
  if (!expires || *expires < 1 || *expires > kExpiresSecondsMax) {
    return refuse(Refusal::kMalformed, "X-Amz-Expires must be 1 to 604800 seconds");
  }
  if (claim.amz_date.empty() || claim.signed_headers.empty()) {
    return refuse(Refusal::kMalformed, "A presigned link needs X-Amz-Date and X-Amz-SignedHeaders");
  }
  claim.expires_seconds = *expires;
  return claim;
}

std::expected<Verifier::Claim, Refused> Verifier::Claim::read(const http::RequestHead& head) {
  std::expected<Claim, Refused> claim;
  if (is_presigned(head)) {
    claim = read_query(head);
  } else if (head.headers.find("Authorization")) {
    claim = read_header(head);
  } else {
    return refuse(Refusal::kMissing,
                  "The request is not signed; make a key with `rapport keys create` and give it to the AWS SDK or CLI");
  }
  const auto names = claim ? split(claim->signed_headers, ';') : std::vector<std::string_view>{};
  if (claim && std::ranges::find(names, "host") == names.end()) {
    return refuse(Refusal::kMalformed, "The Host header must be among the signed headers");
  }
  if (claim && claim->service == "s3") {
    if (auto covered = check_covered(head, names); !covered) return std::unexpected(covered.error());
  }
  return claim;
}

std::expected<void, Refused> Verifier::Claim::check_date(Timestamp now) const {
  const auto at = parse_iso8601(amz_date);
  if (!at || amz_date.substr(0, 8) != date) {
    return refuse(Refusal::kMalformed,
                  fmt::format("X-Amz-Date must be YYYYMMDDTHHMMSSZ on the credential's day: {}", amz_date));
  }
  if (expires_seconds) {
    if (*at > now + kSkewMicros)
      return refuse(Refusal::kSkewed, fmt::format("The link is dated in the future: {}", amz_date));
    if (now > *at + *expires_seconds * kMicrosPerSecond) return refuse(Refusal::kExpired, "Request has expired");
    return {};
  }
  if (*at > now + kSkewMicros || *at < now - kSkewMicros) {
    return refuse(Refusal::kSkewed,
                  fmt::format("Signature expired or not yet current: the request says {}, the server {}; "
                              "set the client's clock",
                              amz_date, format_basic_iso8601(now)));
  }
  return {};
}

std::string Verifier::Claim::expected_signature(const http::RequestHead& head, std::string_view key) const {
  signing::Headers headers;
  for (const std::string_view name : split(signed_headers, ';')) {
    std::string value;
    for (const auto& [field, text] : head.headers) {
      if (!equals_ignore_case(field, name)) continue;
      value += value.empty() ? signing::canonical_value(text) : "," + signing::canonical_value(text);
    }
    headers.emplace_back(to_lower(name), std::move(value));
  }
  const std::string canonical = signing::canonical_request({.method = head.method,
                                                            .raw_path = head.path(),
                                                            .raw_query = head.query(),
                                                            .headers = headers,
                                                            .payload_hash = payload_hash,
                                                            .service = service});
  return signing::signature(key, signing::string_to_sign(amz_date, scope(), canonical));
}

std::expected<void, Refused> Verifier::Claim::check_payload(http::Request& request, const std::string& key,
                                                            const std::filesystem::path& spool) const {
  if (payload_hash == signing::kUnsignedPayload) return {};
  if (payload_hash.starts_with(kStreaming)) {
    const bool is_signed = !payload_hash.starts_with(kStreamingUnsigned);
    const ChunkSigning chunks{key, amz_date, signing::scope_text(scope()), signature};
    auto plain = decode_aws_chunked(request.body, is_signed ? &chunks : nullptr, spool);
    if (!plain) return refuse(Refusal::kBadPayload, plain.error().message);
    request.body = std::move(plain->body);
    // Whoever stores the body checks them, as if they had come before it.
    for (const auto& [name, value] : plain->checksums) request.head.headers.add(name, value);
    return {};
  }
  if (equal_in_constant_time(hash_of(request.body), to_lower(payload_hash))) return {};
  return refuse(Refusal::kBadPayload, "The body is not the one that X-Amz-Content-Sha256 describes");
}

std::expected<KeyStore::Secret, Refused> Verifier::secret_of(const std::string& access_key) {
  auto secret = keys_.secret_of(access_key);
  if (!secret) return refuse(Refusal::kUnavailable, secret.error().message);
  if (*secret) return **std::move(secret);
  return refuse(
      Refusal::kUnknownKey,
      fmt::format("The access key does not exist or is disabled; `rapport keys list` shows them: {}", access_key));
}

std::expected<Verifier::SigningKey, Refused> Verifier::signing_key(const Claim& claim) {
  if (auto dated = claim.check_date(clock_.now()); !dated) return std::unexpected(dated.error());
  // The secret is asked for every time: a key may have been disabled.
  const auto secret = secret_of(claim.access_key);
  if (!secret) return std::unexpected(secret.error());
  const std::string name = claim.access_key + "/" + signing::scope_text(claim.scope());
  {
    const std::shared_lock lock(mutex_);
    const auto found = signing_keys_.find(name);
    if (found != signing_keys_.end()) return SigningKey{found->second, secret->role};
  }
  std::string key = signing::signing_key(secret->text, claim.scope());
  const std::scoped_lock lock(mutex_);
  if (signing_keys_.size() >= kSigningKeysMax) signing_keys_.clear();
  signing_keys_[name] = key;
  return SigningKey{std::move(key), secret->role};
}

Verdict Verifier::verify_legacy(const http::RequestHead& head, const LegacyLink& link) {
  const auto expires = parse_integer(link.expires);
  if (!expires) return refuse(Refusal::kMalformed, fmt::format("Expires must be seconds since 1970: {}", link.expires));
  if (static_cast<double>(*expires) < clock_.now().seconds()) return refuse(Refusal::kExpired, "Request has expired");
  const auto secret = secret_of(link.access_key);
  if (!secret) return std::unexpected(secret.error());
  if (!equal_in_constant_time(legacy_signature(head, link, secret->text), link.signature)) {
    return refuse(Refusal::kBadSignature, std::string(kBadSignatureMessage));
  }
  return Identity{link.access_key, "us-east-1", "s3", secret->role};
}

std::expected<void, Refused> Verifier::check_signature(const http::RequestHead& head, const Claim& claim,
                                                       std::string_view key) {
  if (equal_in_constant_time(claim.expected_signature(head, key), claim.signature)) return {};
  return refuse(Refusal::kBadSignature, std::string(kBadSignatureMessage));
}

Verdict Verifier::verify(http::Request& request) {
  if (const auto link = read_legacy_link(request.head)) return verify_legacy(request.head, *link);
  auto claim = Claim::read(request.head);
  if (!claim) return std::unexpected(claim.error());
  const auto key = signing_key(*claim);
  if (!key) return std::unexpected(key.error());
  const bool declared = !claim->payload_hash.empty();
  if (!declared) claim->payload_hash = hash_of(request.body);
  if (auto right = check_signature(request.head, *claim, key->key); !right) return std::unexpected(right.error());
  if (declared) {
    if (auto checked = claim->check_payload(request, key->key, spool_); !checked)
      return std::unexpected(checked.error());
  }
  return Identity{claim->access_key, claim->region, claim->service, key->role};
}

Verdict Verifier::verify_head(const http::RequestHead& head) {
  if (const auto link = read_legacy_link(head)) return verify_legacy(head, *link);
  const auto claim = Claim::read(head);
  if (!claim) return std::unexpected(claim.error());
  const auto key = signing_key(*claim);
  if (!key) return std::unexpected(key.error());
  if (!claim->payload_hash.empty()) {
    if (auto right = check_signature(head, *claim, key->key); !right) return std::unexpected(right.error());
  }
  return Identity{claim->access_key, claim->region, claim->service, key->role};
}

std::string signing_service(const http::RequestHead& head) {
  const std::string_view header = head.headers.get("Authorization");
  if (!header.empty()) return std::string(service_in(authorization_part(header, "Credential=")));
  if (read_legacy_link(head)) return "s3";
  return std::string(service_in(query_value(head.query(), "X-Amz-Credential").value_or("")));
}

}  // namespace rapport::access
