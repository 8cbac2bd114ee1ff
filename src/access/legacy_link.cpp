#include "access/legacy_link.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/digest.h"
#include "base/text.h"

namespace rapport::access {
namespace {

// The query's members that belong to the resource.
constexpr std::array<std::string_view, 33> kSubResources = {"accelerate",
                                                            "acl",
                                                            "analytics",
                                                            "cors",
                                                            "defaultObjectAcl",
                                                            "delete",
                                                            "encryption",
                                                            "inventory",
                                                            "lifecycle",
                                                            "location",
                                                            "logging",
                                                            "metrics",
                                                            "notification",
                                                            "partNumber",
                                                            "policy",
                                                            "policyStatus",
                                                            "replication",
                                                            "requestPayment",
                                                            "restore",
                                                            "response-cache-control",
                                                            "response-content-disposition",
                                                            "response-content-encoding",
                                                            "response-content-language",
                                                            "response-content-type",
                                                            "response-expires",
                                                            "tagging",
                                                            "torrent",
                                                            "uploadId",
                                                            "uploads",
                                                            "versionId",
                                                            "versioning",
                                                            "versions",
                                                            "website"};

using Fields = std::vector<std::pair<std::string, std::string>>;

// The query's members in order, decoded; a value that does not decode stays as it is.
Fields query_fields(std::string_view query) {
  Fields out;
  for (const std::string_view field : split(query, '&')) {
    const std::size_t equals = std::min(field.find('='), field.size());
    const std::string_view value = equals < field.size() ? field.substr(equals + 1) : std::string_view{};
    out.emplace_back(field.substr(0, equals), percent_decode(value).value_or(std::string(value)));
  }
  return out;
}

std::string value_in(const Fields& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &Fields::value_type::first);
  return found == fields.end() ? std::string{} : found->second;
}

std::string canonical_resource(const http::RequestHead& head, Fields fields) {
  std::erase_if(fields,
                [](const auto& field) { return std::ranges::find(kSubResources, field.first) == kSubResources.end(); });
  std::ranges::sort(fields);
  std::string out(head.path());
  char separator = '?';
  for (const auto& [name, value] : fields) {
    out += std::exchange(separator, '&') + name;
    if (!value.empty()) out += "=" + value;
  }
  return out;
}

// The x-amz- headers of the request, and those that the signer put into the query.
std::string canonical_headers(const http::RequestHead& head, const Fields& fields) {
  std::map<std::string, std::string> headers;
  const auto take = [&headers](std::string_view name, std::string_view value) {
    std::string lower = to_lower(name);
    if (!lower.starts_with("x-amz-")) return;
    std::string& joined = headers[std::move(lower)];
    if (!joined.empty()) joined += ",";
    joined += trim(value);
  };
  for (const auto& [name, value] : head.headers) take(name, value);
  for (const auto& [name, value] : fields) {
    if (!head.headers.find(name)) take(name, value);
  }
  std::string out;
  for (const auto& [name, value] : headers) out += name + ":" + value + "\n";
  return out;
}

std::string header_or_query(const http::RequestHead& head, const Fields& fields, std::string_view name) {
  const auto header = head.headers.find(name);
  return header ? std::string(trim(*header)) : value_in(fields, name);
}

std::string hmac_sha1(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  CHECK(HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
             text.size(), out.data(), &size) != nullptr);
  return {reinterpret_cast<const char*>(out.data()), size};
}

}  // namespace

std::optional<LegacyLink> read_legacy_link(const http::RequestHead& head) {
  if (head.query().find("AWSAccessKeyId=") == std::string_view::npos) return std::nullopt;
  const Fields fields = query_fields(head.query());
  LegacyLink link{value_in(fields, "AWSAccessKeyId"), value_in(fields, "Signature"), value_in(fields, "Expires")};
  if (link.access_key.empty() || link.signature.empty() || link.expires.empty()) return std::nullopt;
  return link;
}

std::string legacy_signature(const http::RequestHead& head, const LegacyLink& link, std::string_view secret) {
  const Fields fields = query_fields(head.query());
  std::string text = head.method + "\n";
  text += header_or_query(head, fields, "content-md5") + "\n";
  text += header_or_query(head, fields, "content-type") + "\n";
  text += link.expires + "\n";
  text += canonical_headers(head, fields) + canonical_resource(head, fields);
  return to_base64(hmac_sha1(secret, text));
}

}  // namespace rapport::access
