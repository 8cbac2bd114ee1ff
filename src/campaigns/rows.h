#pragma once

#include <string>
#include <vector>

#include "campaigns/campaigns.h"

namespace rapport::campaigns {

// Rows of statements.h as values. kInternal when a stored document is damaged.
Result<Campaign> campaign_from_row(const sql::Row& row);
Result<Activity> activity_from_row(const sql::Row& row);
Result<json::object> object_from_text(const std::string& text);

// A JSON array of texts and back: the endpoint ids of a chunk.
std::string ids_to_text(const std::vector<std::string>& ids);
Result<std::vector<std::string>> ids_from_text(const std::string& text);

}  // namespace rapport::campaigns
