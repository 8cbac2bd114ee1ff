#pragma once

#include "base/clock.h"
#include "json/json.h"
#include "server/config.h"

namespace rapport::server {

// What people may know of how the server is set up: the wire's ServerSettingsResponse but for its channels. No secrets:
// what a URL says of a user and a password is left out.
json::object settings_document(const Config& config, Timestamp started);

}  // namespace rapport::server
