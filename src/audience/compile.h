#pragma once

#include <functional>
#include <memory>
#include <string>

#include "audience/event_criterion.h"
#include "audience/segment.h"
#include "base/clock.h"
#include "base/result.h"
#include "index/member_list.h"
#include "index/predicate.h"
#include "json/json.h"

namespace rapport::audience {

// Where a compiler finds what a definition names.
struct CompileSources {
  std::function<Result<Segment>(const SegmentRef&)> load;
  std::function<Result<std::shared_ptr<const index::MemberList>>(const Segment&)> list;  // of an imported segment
  WhoDid who_did;
};

// A segment, and the segments it is made of, as one predicate on the index (fields: row_encoder.h), with recency as of
// `now`. kNotFound when a segment is gone, kInvalid when segments are made of each other in a circle or too deeply.
Result<index::PredicatePtr> compile(const Segment& segment, const CompileSources& sources, Timestamp now);

// A SegmentDimensions document that has passed its checks.
Result<index::PredicatePtr> compile_dimensions(const std::string& app, const json::object& dimensions,
                                               const CompileSources& sources, Timestamp now);

}  // namespace rapport::audience
