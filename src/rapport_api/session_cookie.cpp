#include "rapport_api/session_cookie.h"

#include <fmt/format.h>

#include "accounts/sessions.h"
#include "base/text.h"

namespace rapport::rapport_api {
namespace {

constexpr std::string_view kName = "rapport_session";

std::string cookie(std::string_view value, std::int64_t age_seconds, Transport transport) {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}", kName, value, age_seconds,
                     transport == Transport::kTls ? "; Secure" : "");
}

}  // namespace

std::string session_cookie(std::string_view token, Transport transport) {
  return cookie(token, accounts::kSessionMicrosMax / kMicrosPerSecond, transport);
}

std::string expired_session_cookie(Transport transport) { return cookie("", 0, transport); }

std::optional<std::string_view> session_token(const http::RequestHead& head) {
  for (const auto& [name, value] : head.headers) {
    if (!equals_ignore_case(name, "Cookie")) continue;
    for (std::string_view pair : split(value, ';')) {
      pair = trim(pair);
      if (pair.starts_with(kName) && pair.substr(kName.size()).starts_with('=')) return pair.substr(kName.size() + 1);
    }
  }
  return std::nullopt;
}

}  // namespace rapport::rapport_api
