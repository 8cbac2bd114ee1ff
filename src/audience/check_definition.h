#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "audience/segment.h"
#include "base/result.h"
#include "json/json.h"

namespace rapport::audience {

// What one segment may be made of. The documented 100 values of 100 characters are limits to exceed; the rest keeps a
// definition from being larger than anybody can mean.
struct DefinitionLimits {
  static constexpr std::size_t kDimensions = 100;  // over all groups; documented
  static constexpr std::size_t kValues = 10'000;   // over all groups
  static constexpr std::size_t kValueCharacters = 1'000;
  static constexpr std::size_t kGroups = 100;
  static constexpr std::size_t kSourceSegments = 100;  // over all groups
  static constexpr int kNesting = 16;                  // segments made of segments
};

struct DefinitionOwner {
  std::string app;
  std::string updated = {};  // the segment whose next version this becomes; empty for a new one
  ImportedSources imported_sources = ImportedSources::kAlone;
};

using SegmentLoader = std::function<Result<Segment>(const SegmentRef&)>;  // kNotFound when there is none

// Checks a definition a caller wrote ({"Dimensions": ...}, {"SegmentGroups": ...} or {}): everything it says is known,
// well formed and within the limits, and its source segments exist and do not lead back to it. kInvalid names the
// member at fault by its path: SegmentGroups.Groups[0].Dimensions[1].Attributes["Team"].Values[2].
Status check_definition(const json::object& definition, const DefinitionOwner& owner, const SegmentLoader& load);

}  // namespace rapport::audience
