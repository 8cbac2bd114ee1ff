#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace rapport::rapport_api {

// The cookie that holds a session's token: scripts cannot read it, other sites cannot send it.
enum class Transport { kPlain, kTls };
std::string session_cookie(std::string_view token, Transport transport);
std::string expired_session_cookie(Transport transport);
// What a request's cookie holds.
std::optional<std::string_view> session_token(const http::RequestHead& head);

}  // namespace rapport::rapport_api
