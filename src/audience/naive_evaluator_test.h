#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "audience/dimensions.h"
#include "audience/explain.h"

namespace rapport::audience {

// Who is in a segment, straight from the documented rules, one endpoint after the other: what the index is tested
// against. Reads each segment once.
class NaiveEvaluator {
 public:
  NaiveEvaluator(const SegmentSources& sources, Timestamp now) : sources_(sources), now_(now) {}

  bool contains(const SegmentRef& ref, const Endpoint& endpoint) {
    return contains(segment(ref), endpoint, endpoint.document());
  }

 private:
  const Segment& segment(const SegmentRef& ref) {
    auto& segment = segments_[{ref.segment, ref.version}];
    if (segment.id.empty()) segment = sources_.load(ref).value();
    return segment;
  }

  bool contains(const Segment& segment, const Endpoint& endpoint, const json::object& document) {
    if (segment.type == SegmentType::kImport) {
      return sources_.is_imported({segment.app, segment.id, segment.version}, endpoint).value();
    }
    if (const auto* dimensions = json::find_object(segment.definition, "Dimensions")) {
      return matches_dimensions(*dimensions, document, now_);
    }
    const auto* given = json::find_object(segment.definition, "SegmentGroups");
    if (given == nullptr) return true;
    return combine(*given, "Include", "Groups", [&](const json::object& group) {
      const bool from = combine(group, "SourceType", "SourceSegments", [&](const json::object& source) {
        const auto version = json::find_integer(source, "Version").value_or(0);
        return contains(this->segment({segment.app, json::string_or(source, "Id"), version}), endpoint, document);
      });
      return from && combine(group, "Type", "Dimensions", [&](const json::object& dimensions) {
               return matches_dimensions(dimensions, document, now_);
             });
    });
  }

  template <class Holds>
  static bool combine(const json::object& holder, std::string_view kind, std::string_view list, const Holds& holds) {
    const std::string text = json::string_or(holder, kind);
    Combination combination(text);
    if (const auto* parts = json::find_array(holder, list)) {
      for (const auto& part : *parts) combination.add(holds(part.as_object()));
    }
    return combination.holds();
  }

  const SegmentSources sources_;
  const Timestamp now_;
  std::map<std::pair<std::string, std::int64_t>, Segment> segments_;
};

}  // namespace rapport::audience
