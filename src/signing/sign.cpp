#include "signing/sign.h"

#include <algorithm>

#include "base/text.h"

namespace rapport::signing {
namespace {

Headers canonical_headers(const Outgoing& request, const Headers& added) {
  Headers out;
  out.emplace_back("host", request.host);
  for (const Headers* headers : {&request.headers, &added}) {
    for (const auto& [name, value] : *headers) out.emplace_back(to_lower(name), canonical_value(value));
  }
  std::ranges::stable_sort(out, {}, &Headers::value_type::first);
  return out;
}

std::string signature_of(const Outgoing& request, const Headers& headers, const Keys& keys, std::string_view amz_date) {
  const Scope scope{amz_date.substr(0, 8), keys.region, keys.service};
  const std::string canonical =
      canonical_request({request.method, request.path, request.query, headers, request.payload_hash, keys.service});
  return signature(signing_key(keys.secret_key, scope), string_to_sign(amz_date, scope, canonical));
}

}  // namespace

Headers sign(const Outgoing& request, const Keys& keys, Timestamp now) {
  const std::string amz_date = format_basic_iso8601(now);
  Headers added = {{"X-Amz-Date", amz_date}, {"X-Amz-Content-Sha256", request.payload_hash}};
  const Headers headers = canonical_headers(request, added);
  const Scope scope{std::string_view(amz_date).substr(0, 8), keys.region, keys.service};
  std::string authorization(kAlgorithm);
  authorization += " Credential=" + keys.access_key + "/" + scope_text(scope);
  authorization += ", SignedHeaders=" + signed_header_names(headers);
  authorization += ", Signature=" + signature_of(request, headers, keys, amz_date);
  added.emplace_back("Authorization", std::move(authorization));
  return added;
}

std::string presign(const Outgoing& request, const Keys& keys, Timestamp now, std::int64_t expires_seconds) {
  const std::string amz_date = format_basic_iso8601(now);
  const Headers headers = canonical_headers(request, {});
  const Scope scope{std::string_view(amz_date).substr(0, 8), keys.region, keys.service};
  Outgoing signed_request = request;
  signed_request.payload_hash = kUnsignedPayload;
  std::string& query = signed_request.query;
  if (!query.empty()) query += "&";
  query += "X-Amz-Algorithm=" + std::string(kAlgorithm);
  query += "&X-Amz-Credential=" + percent_encode(keys.access_key + "/" + scope_text(scope));
  query += "&X-Amz-Date=" + amz_date;
  query += "&X-Amz-Expires=" + std::to_string(expires_seconds);
  query += "&X-Amz-SignedHeaders=" + percent_encode(signed_header_names(headers));
  return query + "&X-Amz-Signature=" + signature_of(signed_request, headers, keys, amz_date);
}

}  // namespace rapport::signing
