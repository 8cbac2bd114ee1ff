#pragma once

#include "index/block.h"
#include "index/member_list.h"
#include "index/value_set.h"

namespace rapport::index {

// Marks the slots of a base whose ids are listed.
void mark_listed(const Base& base, const MemberList& list, SlotWords& words);
// Marks the slots whose users are in the set.
void mark_users(const Base& base, const ValueSet& users, SlotWords& words);

}  // namespace rapport::index
