#pragma once

// Campaigns by their names.

#include "campaigns/campaigns.h"

namespace rapport::campaigns {

// Stores what the campaign is found by.
Status set_name(sql::Session& session, const std::string& campaign, const json::object& request);

}  // namespace rapport::campaigns
