#pragma once

#include <span>

#include "audience/segment.h"
#include "json/json.h"

namespace rapport::audience {

enum class SetOperation {
  kUnion,
  kIntersection,
  kDifference,  // of the first segment, without the members of the others
};

// The definition whose members are the result of the operation, now and after the segments change. REQUIRES at least
// two segments.
json::object definition_of(SetOperation operation, std::span<const SegmentRef> segments);

}  // namespace rapport::audience
