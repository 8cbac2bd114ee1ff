#pragma once

#include <functional>
#include <string>
#include <vector>

#include "audience/endpoint.h"
#include "audience/event_criterion.h"
#include "audience/segment.h"
#include "base/clock.h"
#include "base/result.h"

namespace rapport::audience {

// What a definition refers to.
struct SegmentSources {
  std::function<Result<Segment>(const SegmentRef&)> load;
  std::function<Result<bool>(const SegmentRef&, const Endpoint&)> is_imported;  // membership of an imported segment
  WhoDid who_did;
};

// One node of a segment's definition and what it says of one endpoint.
struct Explanation {
  std::string path;         // of the member in its segment: `SegmentGroups.Groups[0].Dimensions[1].Attributes["Team"]`
  std::string rule;         // in words: `Attributes.Team is one of Lions, Tigers`
  std::string actual = {};  // what the endpoint has there; empty of a combination
  bool holds = false;
  std::vector<Explanation> parts = {};
};

// Says why the endpoint is in the segment or not, with every node's own verdict (none is skipped).
Result<Explanation> explain(const Segment& segment, const Endpoint& endpoint, const SegmentSources& sources,
                            Timestamp now);

}  // namespace rapport::audience
