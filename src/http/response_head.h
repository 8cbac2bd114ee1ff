#pragma once

// Private to http: the bytes of a response's head.

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"

namespace rapport::http {

std::string_view reason_of(int status);

// False for 1xx, 204 and 304: they end with the head.
bool has_body(int status);

enum class Connection { kKeepAlive, kKeepAliveSaid, kClose };  // kKeepAliveSaid: as HTTP/1.0 clients want it written

// Appends the status line and headers with Date, Content-Length and Connection, and the empty line. A line end or NUL
// in a header becomes a blank, so that no value can start a header of its own.
void append_head(std::string& out, const Response& response, std::string_view date, Connection connection);

}  // namespace rapport::http
