#include "audience/set_operations.h"

#include <string_view>

namespace rapport::audience {
namespace {

json::object group_of(std::span<const SegmentRef> segments, std::string_view source_type) {
  json::array sources;
  for (const auto& segment : segments) {
    json::object source = {{"Id", segment.segment}};
    if (segment.version != 0) source["Version"] = segment.version;
    sources.push_back(std::move(source));
  }
  return {{"SourceSegments", std::move(sources)}, {"SourceType", source_type}, {"Type", "ALL"}};
}

}  // namespace

json::object definition_of(SetOperation operation, std::span<const SegmentRef> segments) {
  json::array groups;
  switch (operation) {
    case SetOperation::kUnion: groups.push_back(group_of(segments, "ANY")); break;
    case SetOperation::kIntersection: groups.push_back(group_of(segments, "ALL")); break;
    case SetOperation::kDifference:
      groups.push_back(group_of(segments.first(1), "ALL"));
      groups.push_back(group_of(segments.subspan(1), "NONE"));
      break;
  }
  return {{"SegmentGroups", {{"Groups", std::move(groups)}, {"Include", "ALL"}}}};
}

}  // namespace rapport::audience
