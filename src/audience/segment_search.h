#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audience/segment.h"
#include "base/result.h"
#include "sql/database.h"

namespace rapport::audience {

enum class SegmentOrder { kNewestFirst, kOldestFirst, kByName };

// What is looked for among the latest versions of an application's segments.
struct SegmentSearch {
  std::string app = {};
  std::string text = {};  // somewhere in the name, in any case; "" finds all
  std::optional<SegmentType> type = {};
  SegmentOrder order = SegmentOrder::kNewestFirst;
  std::size_t limit = 50;
  std::string token = {};  // of the page before; empty from the start
};

// A segment without its definition.
struct SegmentSummary {
  std::string id;
  std::string name;
  SegmentType type = SegmentType::kDimensional;
  std::int64_t version = 1;
  Timestamp created;
  Timestamp modified;
  bool ready = true;
};

struct SegmentsFound {
  std::vector<SegmentSummary> segments;
  std::int64_t total = 0;  // of all pages
  std::string next;        // the token of the next page; empty on the last one
};

// kInvalid for a token that is not of this search. Looks at the rows of one index alone.
Result<SegmentsFound> search_segments(sql::Session& session, const SegmentSearch& search);

}  // namespace rapport::audience
