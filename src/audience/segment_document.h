#pragma once

#include "apps/tags.h"
#include "audience/segment.h"
#include "base/result.h"
#include "json/json.h"
#include "sql/database.h"

namespace rapport::audience {

// The SegmentResponse of a segment, its tags as they are now.
Result<json::object> segment_document(sql::Session& session, const Segment& segment, const apps::Scope& scope);

}  // namespace rapport::audience
