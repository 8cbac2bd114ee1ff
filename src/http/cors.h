#pragma once

#include <optional>

#include "http/message.h"

namespace rapport::http {

// The answer to a browser's preflight (OPTIONS with Origin and Access-Control-Request-Method); nullopt when it is none.
// Any origin may call: a signature authorises a request, never a cookie. Of the headers asked for, those that the SDKs
// send are allowed.
std::optional<Response> answer_preflight(const RequestHead& head);

// Lets a script of any origin read the response and the headers that the SDKs read.
void allow_any_origin(Response& response);

}  // namespace rapport::http
