#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "campaigns/campaigns.h"

namespace rapport::campaigns {

// Rows of statements.h as values. kInternal when a stored document is damaged.
Result<Campaign> campaign_from_row(const sql::Row& row);
Result<Activity> activity_from_row(const sql::Row& row);
Result<json::object> object_from_text(const std::string& text);

// Whom a chunk is for: an endpoint, and of an event campaign the event that asks for its message.
struct Member {
  std::string key_id;
  std::string event = {};  // tells it from other events; empty of other campaigns
  Timestamp event_time = {};
  friend bool operator==(const Member&, const Member&) = default;
};

// Lines of `key_id` or `key_id TAB event TAB micros`, and back.
std::string members_to_text(const std::vector<Member>& members);
Result<std::vector<Member>> members_from_text(std::string_view text);

}  // namespace rapport::campaigns
