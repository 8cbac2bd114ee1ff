#pragma once

#include "base/result.h"
#include "contract/router.h"
#include "http/message.h"
#include "json/json.h"

namespace rapport::contract {

// The validated input of the matched operation: path labels, query values and body under the model's names. The
// document lives in one arena. REQUIRES match.kind == kOperation.
Result<json::object> read_input(const Match& match, const http::Request& request);

}  // namespace rapport::contract
