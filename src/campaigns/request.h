#pragma once

// Checks of a WriteCampaignRequest beyond its shapes, and what is read from it.

#include <vector>

#include "base/result.h"
#include "campaigns/treatments.h"
#include "json/json.h"

namespace rapport::campaigns {

// kInvalid, naming the member, unless the campaign can run as asked. What it refers to is not looked for.
Result<std::vector<Treatment>> check_request(const json::object& request);

bool is_paused(const json::object& request);

// `stored` with the members of `update` in place of its own.
json::object merge(const json::object& stored, const json::object& update);

// The request with an application's settings for what it does not say: each member of Limits by itself, Hook (an empty
// one says none), and the quiet time of each schedule.
json::object with_defaults(json::object request, const json::object& settings);

}  // namespace rapport::campaigns
