#pragma once

#include <string_view>

#include "contract/tables.h"

namespace rapport::contract {

// Whether the whole text matches a pattern of the tables (linear time in the text). Thread-safe; patterns are compiled
// once. REQUIRES 0 <= pattern < service.patterns.size().
bool matches(const Service& service, std::int16_t pattern, std::string_view text);

}  // namespace rapport::contract
