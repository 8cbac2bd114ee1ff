#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "index/block.h"
#include "index/result_memory.h"

namespace rapport::index {

// The members an answer names in its block.

// Slots of the base that are members: those of the answer that are not gone.
SlotSet member_slots(const Block& block, const BlockAnswer& answer);
// Slots of the base whose values of the field are those of members: these, and those that patches leave them in.
SlotSet slots_stating(const Block& block, const BlockAnswer& answer, FieldNumber field);
bool is_member(const Block& block, const BlockAnswer& answer, std::string_view key_id);
// By rising key_id, from the first after `after` (nullopt: from the first). False when `visit` said to stop.
bool visit_members(const Block& block, const BlockAnswer& answer, std::optional<std::string_view> after,
                   const std::function<bool(std::string_view key_id)>& visit);

}  // namespace rapport::index
