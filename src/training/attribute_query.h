#pragma once

#include <string_view>

#include "base/result.h"
#include "learn/recipe.h"

namespace rapport::training {

// Reads `ITEMS.genres = "Action" AND ITEMS.year = 1999`: conditions joined by AND, each a column of the items, `=`, and
// a number or a text in quotes (double or single; backslash escapes). Words are read in any case, texts exactly.
// kInvalid with the position (from 1) and what was expected there.
Result<learn::SegmentQuery> parse_attribute_query(std::string_view text);

}  // namespace rapport::training
