#pragma once

#include <optional>

#include "http/message.h"

namespace rapport::http {

// The answer to a browser's preflight (OPTIONS with Origin and Access-Control-Request-Method); nullopt when it is none.
// Any origin may call with a signature or a publishable key. A cookie is none of theirs: the header that must go with
// it, X-Rapport-Csrf, is not allowed. Of the headers asked for, those that the SDKs send are.
std::optional<Response> answer_preflight(const RequestHead& head);

// Lets a script of any origin read the response and the headers that the SDKs read.
void allow_any_origin(Response& response);

}  // namespace rapport::http
