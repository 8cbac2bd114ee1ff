#pragma once

// The HTTP hooks of campaigns: one that filters and changes endpoints before a send (CampaignHook), and one that takes
// the place of a channel (CustomDeliveryConfiguration).

#include <map>
#include <span>
#include <string>

#include "audience/endpoint.h"
#include "base/clock.h"
#include "base/result.h"
#include "campaigns/run_plan.h"
#include "json/json.h"

namespace rapport::campaigns {

constexpr std::size_t kHookEndpointsMax = 50;  // of one call

// What the run's CampaignHook is called by; empty when it has none.
std::string filter_hook_of(const RunPlan& plan);

// What is posted for these endpoints (at most kHookEndpointsMax).
json::object filter_payload(const RunPlan& plan, std::span<const audience::Endpoint* const> endpoints);
json::object delivery_payload(const RunPlan& plan, std::span<const audience::Endpoint* const> endpoints);

// The endpoint's document with the attributes that a hook's definition gives; nothing else changes.
json::object with_changes(json::object endpoint, const json::object& definition);

// Whether the run hands endpoints of this ChannelType to its own function.
bool delivers_by_hook(const RunPlan& plan, std::string_view channel_type);

}  // namespace rapport::campaigns
