#include "http/cors.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace rapport::http {
namespace {

constexpr std::array<std::string_view, 13> kAllowedHeaders = {"authorization",
                                                              "cache-control",
                                                              "content-disposition",
                                                              "content-encoding",
                                                              "content-md5",
                                                              "content-type",
                                                              "if-match",
                                                              "if-none-match",
                                                              "range",
                                                              "user-agent",
                                                              "x-api-key",
                                                              "x-requested-with",
                                                              "x-rapport-publishable-key"};
constexpr std::string_view kDefaultHeaders =
    "authorization, content-type, x-amz-date, x-amz-security-token, x-amz-user-agent, x-amz-content-sha256, "
    "x-amz-target, amz-sdk-invocation-id, amz-sdk-request, x-rapport-publishable-key";
constexpr std::string_view kExposedHeaders =
    "x-amzn-RequestId, x-amzn-ErrorType, x-amzn-ErrorMessage, x-amz-request-id, x-amz-version-id, ETag, Date";

bool is_token(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_allowed(std::string_view name) {
  return name.starts_with("x-amz-") || name.starts_with("amz-sdk-") ||
         std::ranges::find(kAllowedHeaders, name) != kAllowedHeaders.end();
}

std::string allowed_of(std::string_view asked) {
  std::string out;
  for (const std::string_view part : split(asked, ',')) {
    const std::string name = to_lower(trim(part));
    if (!is_token(name) || !is_allowed(name)) continue;
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

}  // namespace

std::optional<Response> answer_preflight(const RequestHead& head) {
  if (head.method != "OPTIONS" || !head.headers.find("origin") || !head.headers.find("access-control-request-method")) {
    return std::nullopt;
  }
  const auto asked = head.headers.find("access-control-request-headers");
  Response response;
  response.status = 204;
  response.headers.set("Access-Control-Allow-Origin", "*");
  response.headers.set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
  response.headers.set("Access-Control-Allow-Headers", asked ? allowed_of(*asked) : std::string(kDefaultHeaders));
  response.headers.set("Access-Control-Max-Age", "86400");
  response.headers.set("Vary", "Access-Control-Request-Headers");
  return response;
}

void allow_any_origin(Response& response) {
  response.headers.set("Access-Control-Allow-Origin", "*");
  response.headers.set("Access-Control-Expose-Headers", std::string(kExposedHeaders));
}

}  // namespace rapport::http
