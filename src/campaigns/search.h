#pragma once

// Campaigns by their names.

#include "campaigns/campaigns.h"

namespace rapport::campaigns {

// Stores what the campaign is found by.
Status set_name(sql::Session& session, const Campaign& campaign);

}  // namespace rapport::campaigns
