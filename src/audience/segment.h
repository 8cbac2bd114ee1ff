#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "json/json.h"

namespace rapport::audience {

enum class SegmentType { kDimensional, kImport };

// One version of a segment.
struct Segment {
  std::string app = {};
  std::string id = {};
  std::int64_t version = 1;
  SegmentType type = SegmentType::kDimensional;
  std::string name = {};
  json::object definition = {};  // {"Dimensions": ...} or {"SegmentGroups": ...} or {"ImportDefinition": ...}
  Timestamp created = {};
  Timestamp modified = {};
  bool ready = true;  // false while an import fills it
};

// Whether an imported segment may be a source beside others. The published rule is that it is the only source of its
// group, and its group the only one when it is the first.
enum class ImportedSources { kAlone, kBesideOthers };

// What a caller writes: at most one of Dimensions and SegmentGroups (none: every endpoint of the application).
struct SegmentDraft {
  std::string name;
  json::object definition;
  ImportedSources imported_sources = ImportedSources::kAlone;
};

struct SegmentRef {
  std::string app;
  std::string segment;
  std::int64_t version = 0;  // 0: the latest
};

}  // namespace rapport::audience
