#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace rapport::objects {

// The time of an IMF-fixdate (RFC 9110, 5.6.7), as Last-Modified and the conditions on it have it; nothing for anything
// else.
std::optional<Timestamp> parse_http_date(std::string_view text);

}  // namespace rapport::objects
