#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "signing/canonical.h"

namespace rapport::signing {

struct Keys {
  std::string access_key;
  std::string secret_key;
  std::string region;
  std::string service;
};

// A request about to be sent. The signature covers the method, host, path, query, `headers` and the payload hash.
struct Outgoing {
  std::string method;
  std::string host;  // as in the Host header: with the port unless it is the scheme's own
  std::string path;  // percent-encoded, as sent
  std::string query;
  Headers headers;
  std::string payload_hash{kEmptyPayloadHash};  // hex SHA-256 of the body, or kUnsignedPayload, or a STREAMING- name
};

// The headers to add: X-Amz-Date, X-Amz-Content-Sha256, Authorization.
Headers sign(const Outgoing& request, const Keys& keys, Timestamp now);

// The whole query (the request's own and X-Amz-*) of a link that is valid for `expires_seconds`.
std::string presign(const Outgoing& request, const Keys& keys, Timestamp now, std::int64_t expires_seconds);

}  // namespace rapport::signing
