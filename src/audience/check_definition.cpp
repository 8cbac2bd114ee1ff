#include "audience/check_definition.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include "audience/event_criterion.h"
#include "base/clock.h"
#include "json/member_path.h"

namespace rapport::audience {
namespace {

using json::MemberPath;
using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 7> kAttributeTypes = {"INCLUSIVE", "EXCLUSIVE", "CONTAINS", "BEFORE",
                                                             "AFTER",     "ON",        "BETWEEN"};
constexpr std::array<std::string_view, 3> kTextTypes = {"INCLUSIVE", "EXCLUSIVE", "CONTAINS"};
constexpr std::array<std::string_view, 5> kComparisons = {"GREATER_THAN", "LESS_THAN", "GREATER_THAN_OR_EQUAL",
                                                          "LESS_THAN_OR_EQUAL", "EQUAL"};
constexpr std::array<std::string_view, 2> kSetTypes = {"INCLUSIVE", "EXCLUSIVE"};
constexpr std::array<std::string_view, 4> kDurations = {"HR_24", "DAY_7", "DAY_14", "DAY_30"};
constexpr std::array<std::string_view, 2> kRecencyTypes = {"ACTIVE", "INACTIVE"};
constexpr std::array<std::string_view, 3> kCombinations = {"ALL", "ANY", "NONE"};
constexpr std::array<std::string_view, 6> kDemographics = {"AppVersion", "Channel", "DeviceType",
                                                           "Make",       "Model",   "Platform"};

std::unexpected<Error> refuse(const MemberPath& path, std::string_view rule) {
  const std::string name = path.text();
  return fail(ErrorKind::kInvalid, fmt::format("{} {}", name, rule), name);
}

std::string_view view(boost::json::string_view text) { return {text.data(), text.size()}; }

bool is_among(Names names, std::string_view text) { return std::ranges::find(names, text) != names.end(); }

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) { return (byte & 0xC0) != 0x80; }));
}

// The kind of a member that says how others combine; `fallback` when it is absent.
Result<std::string_view> check_kind(const json::object& holder, const MemberPath& path, std::string_view member,
                                    Names known, std::string_view fallback) {
  const auto* value = json::find(holder, member);
  if (value == nullptr && !fallback.empty()) return fallback;
  const auto text = json::find_string(holder, member);
  if (text && is_among(known, *text)) return *text;
  return refuse(path.member(member),
                fmt::format("must be one of {}{}{}", fmt::join(known, ", "), text ? ", not " : "", text.value_or("")));
}

Result<const json::object*> object_of(const json::value& value, const MemberPath& path) {
  if (value.is_object()) return &value.get_object();
  return refuse(path, "must be an object");
}

// A member that may be absent (nullptr), but not of another type.
Result<const json::object*> object_member(const json::object& holder, const MemberPath& path, std::string_view member) {
  const auto* value = json::find(holder, member);
  if (value == nullptr) return nullptr;
  return object_of(*value, path.member(member));
}

Result<const json::array*> list_member(const json::object& holder, const MemberPath& path, std::string_view member) {
  const auto* value = json::find(holder, member);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) return refuse(path.member(member), "must be a list");
  return &value->get_array();
}

// Members that are null are for the wire to leave out.
Status check_members(const json::object& holder, const MemberPath& path, Names known) {
  for (const auto& [name, value] : holder) {
    if (value.is_null()) return refuse(path.member(view(name)), "must not be null");
    if (!is_among(known, view(name))) {
      return refuse(path.member(view(name)), fmt::format("is not known here; known are {}", fmt::join(known, ", ")));
    }
  }
  return {};
}

Status check_members(const json::object& holder, const MemberPath& path,
                     std::initializer_list<std::string_view> known) {
  return check_members(holder, path, Names(known.begin(), known.size()));
}

Result<double> check_number(const json::object& holder, const MemberPath& path, std::string_view member) {
  const auto number = json::find_number(holder, member);
  if (number && std::isfinite(*number)) return *number;
  return refuse(path.member(member), "must be a number");
}

Status check_coordinate(const json::object& holder, const MemberPath& path, std::string_view member, double limit) {
  const double degrees = TRY(check_number(holder, path, member));
  if (std::abs(degrees) <= limit) return {};
  return refuse(path.member(member), fmt::format("must be from -{} to {} degrees, not {}", limit, limit, degrees));
}

Status check_date(std::string_view text, const MemberPath& path) {
  if (parse_iso8601(text)) return {};
  return refuse(path, fmt::format("must be a date in ISO 8601 form, not {}", text));
}

// What one definition says about endpoints, dimension by dimension, counted against the limits.
class DimensionsCheck {
 public:
  Status check(const json::object& dimensions, const MemberPath& path) {
    TRY(check_members(dimensions, path,
                      {"Attributes", "Behavior", "Demographic", "Location", "Metrics", "UserAttributes"}));
    for (const std::string_view member : {"Attributes", "UserAttributes"}) {
      TRY(each_of(dimensions, path, member, [this](const json::object& dimension, const MemberPath& here) {
        return check_attribute(dimension, here);
      }));
    }
    TRY(each_of(dimensions, path, "Metrics",
                [](const json::object& dimension, const MemberPath& here) { return check_metric(dimension, here); }));
    TRY(check_demographic(dimensions, path));
    TRY(check_location(dimensions, path));
    return check_behavior(dimensions, path);
  }

 private:
  Status count_dimension(const MemberPath& path) {
    if (++dimensions_ <= DefinitionLimits::kDimensions) return {};
    return refuse(path,
                  fmt::format("is one dimension too many; a segment has at most {}", DefinitionLimits::kDimensions));
  }

  // The entries of a map of dimensions by name.
  template <class Check>
  Status each_of(const json::object& dimensions, const MemberPath& path, std::string_view member, const Check& check) {
    const auto* entries = TRY(object_member(dimensions, path, member));
    if (entries == nullptr) return {};
    const MemberPath map = path.member(member);
    for (const auto& [name, value] : *entries) {
      const MemberPath here = map.key(view(name));
      const auto* dimension = TRY(object_of(value, here));
      TRY(count_dimension(here));
      TRY(check(*dimension, here));
    }
    return {};
  }

  Result<const json::array*> check_values(const json::object& dimension, const MemberPath& path) {
    const auto* values = TRY(list_member(dimension, path, "Values"));
    const MemberPath list = path.member("Values");
    if (values == nullptr || values->empty()) return refuse(list, "must hold at least one text");
    for (std::size_t i = 0; i < values->size(); ++i) {
      const MemberPath here = list.item(i);
      if (!(*values)[i].is_string()) return refuse(here, "must be a text");
      if (++values_ > DefinitionLimits::kValues) {
        return refuse(here, fmt::format("is one value too many; a segment has at most {}", DefinitionLimits::kValues));
      }
      const std::size_t characters = code_points(json::view((*values)[i].get_string()));
      if (characters > DefinitionLimits::kValueCharacters) {
        return refuse(here, fmt::format("must have at most {} characters, not {}", DefinitionLimits::kValueCharacters,
                                        characters));
      }
    }
    return values;
  }

  Status check_attribute(const json::object& dimension, const MemberPath& path) {
    TRY(check_members(dimension, path, {"AttributeType", "Values"}));
    const auto type = TRY(check_kind(dimension, path, "AttributeType", kAttributeTypes, "INCLUSIVE"));
    const auto& values = *TRY(check_values(dimension, path));
    if (is_among(kTextTypes, type)) return {};
    const MemberPath list = path.member("Values");
    const std::size_t wanted = type == "BETWEEN" ? 2 : 1;
    if (values.size() != wanted) {
      return refuse(list, fmt::format("must hold {} for {}, not {}", wanted == 1 ? "one date" : "two dates", type,
                                      values.size()));
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      TRY(check_date(json::view(values[i].get_string()), list.item(i)));
    }
    return {};
  }

  static Status check_metric(const json::object& dimension, const MemberPath& path) {
    TRY(check_members(dimension, path, {"ComparisonOperator", "Value"}));
    TRY(check_kind(dimension, path, "ComparisonOperator", kComparisons, ""));
    TRY(check_number(dimension, path, "Value"));
    return {};
  }

  Status check_set(const json::object& holder, const MemberPath& path, std::string_view member) {
    const auto* set = TRY(object_member(holder, path, member));
    if (set == nullptr) return {};
    const MemberPath here = path.member(member);
    TRY(count_dimension(here));
    TRY(check_members(*set, here, {"DimensionType", "Values"}));
    TRY(check_kind(*set, here, "DimensionType", kSetTypes, "INCLUSIVE"));
    TRY(check_values(*set, here));
    return {};
  }

  Status check_demographic(const json::object& dimensions, const MemberPath& path) {
    const auto* demographic = TRY(object_member(dimensions, path, "Demographic"));
    if (demographic == nullptr) return {};
    const MemberPath here = path.member("Demographic");
    TRY(check_members(*demographic, here, kDemographics));
    for (const std::string_view member : kDemographics) TRY(check_set(*demographic, here, member));
    return {};
  }

  Status check_location(const json::object& dimensions, const MemberPath& path) {
    const auto* location = TRY(object_member(dimensions, path, "Location"));
    if (location == nullptr) return {};
    const MemberPath here = path.member("Location");
    TRY(check_members(*location, here, {"Country", "GPSPoint"}));
    TRY(check_set(*location, here, "Country"));
    const auto* point = TRY(object_member(*location, here, "GPSPoint"));
    return point == nullptr ? Status{} : check_point(*point, here.member("GPSPoint"));
  }

  Status check_point(const json::object& point, const MemberPath& path) {
    TRY(count_dimension(path));
    TRY(check_members(point, path, {"Coordinates", "RangeInKilometers"}));
    const auto* coordinates = TRY(object_member(point, path, "Coordinates"));
    const MemberPath here = path.member("Coordinates");
    if (coordinates == nullptr) return refuse(here, "is required: Latitude and Longitude");
    TRY(check_members(*coordinates, here, {"Latitude", "Longitude"}));
    TRY(check_coordinate(*coordinates, here, "Latitude", 90));
    TRY(check_coordinate(*coordinates, here, "Longitude", 180));
    const double range = TRY(check_number(point, path, "RangeInKilometers"));
    if (range > 0) return {};
    return refuse(path.member("RangeInKilometers"), fmt::format("must be more than 0 kilometers, not {}", range));
  }

  Status check_behavior(const json::object& dimensions, const MemberPath& path) {
    const auto* behavior = TRY(object_member(dimensions, path, "Behavior"));
    if (behavior == nullptr) return {};
    const MemberPath here = path.member("Behavior");
    TRY(check_members(*behavior, here, {"Events", "Recency"}));
    const auto criteria = TRY(event_criteria(dimensions, path));
    for (std::size_t i = 0; i < criteria.size(); ++i) TRY(count_dimension(here.member("Events")));
    const auto* recency = TRY(object_member(*behavior, here, "Recency"));
    if (recency == nullptr) return {};
    const MemberPath inside = here.member("Recency");
    TRY(count_dimension(inside));
    TRY(check_members(*recency, inside, {"Duration", "RecencyType"}));
    TRY(check_kind(*recency, inside, "Duration", kDurations, ""));
    TRY(check_kind(*recency, inside, "RecencyType", kRecencyTypes, ""));
    return {};
  }

  std::size_t dimensions_ = 0;
  std::size_t values_ = 0;
};

// The segments a definition is made of, each looked at once.
class SourcesCheck {
 public:
  SourcesCheck(const DefinitionOwner& owner, const SegmentLoader& load) : owner_(owner), load_(load) {}

  // Checks the reference at `path`; what it refers to.
  Result<SegmentType> check(const json::object& reference, const MemberPath& path) {
    TRY(check_members(reference, path, {"Id", "Version"}));
    const auto id = json::find_string(reference, "Id");
    if (!id || id->empty()) return refuse(path.member("Id"), "must name a segment");
    const auto version = json::find_integer(reference, "Version");
    if (json::find(reference, "Version") != nullptr && version.value_or(0) < 1) {
      return refuse(path.member("Version"), "must be a whole number from 1 on");
    }
    const SegmentRef ref{owner_.app, std::string(*id), version.value_or(0)};
    const auto segment = load_(ref);
    if (!segment) return missing(ref, segment.error(), path);
    const auto height = TRY(height_of(ref, *segment, 1));
    if (height == kCircle) {
      return refuse(path, fmt::format("leads back to the segment itself; a segment cannot be made of itself: {}", *id));
    }
    if (height > DefinitionLimits::kNesting) {
      return refuse(path, fmt::format("is nested too deeply: segments may be made of segments {} times over",
                                      DefinitionLimits::kNesting));
    }
    return segment->type;
  }

 private:
  static constexpr int kCircle = -1;

  std::unexpected<Error> missing(const SegmentRef& ref, const Error& error, const MemberPath& path) {
    if (error.kind != ErrorKind::kNotFound) return std::unexpected(error);
    if (ref.version != 0 && load_({ref.app, ref.segment, 0})) {
      return refuse(path.member("Version"), fmt::format("is a version the segment does not have: {}", ref.version));
    }
    return refuse(path.member("Id"), fmt::format("names a segment that does not exist: {}", ref.segment));
  }

  // How many levels of segments there are from this one down (1: it is made of none), kCircle when it leads to the
  // segment being updated. `depth` is its own, so that a circle among others ends.
  Result<int> height_of(const SegmentRef& ref, const Segment& segment, int depth) {
    if (ref.segment == owner_.updated && ref.version == 0) return kCircle;
    if (depth > DefinitionLimits::kNesting) return depth;
    const std::pair key{ref.segment, segment.version};
    if (const auto known = heights_.find(key); known != heights_.end()) return known->second;
    int height = 1;
    for (const auto& source : sources_of(segment)) {
      const auto loaded = load_(source);
      if (!loaded && loaded.error().kind != ErrorKind::kNotFound) return std::unexpected(loaded.error());
      if (!loaded) continue;  // deleted since; who evaluates it says so
      const int below = TRY(height_of(source, *loaded, depth + 1));
      if (below == kCircle) return kCircle;
      height = std::max(height, below + 1);
    }
    heights_.emplace(key, height);
    return height;
  }

  std::vector<SegmentRef> sources_of(const Segment& segment) const {
    std::vector<SegmentRef> sources;
    const auto* description = json::find_object(segment.definition, "SegmentGroups");
    const auto* groups = description == nullptr ? nullptr : json::find_array(*description, "Groups");
    if (groups == nullptr) return sources;
    for (const auto& group : *groups) {
      const auto* list = json::find_array(group.as_object(), "SourceSegments");
      if (list == nullptr) continue;
      for (const auto& source : *list) {
        const auto& reference = source.as_object();
        sources.push_back(
            {owner_.app, json::string_or(reference, "Id"), json::find_integer(reference, "Version").value_or(0)});
      }
    }
    return sources;
  }

  const DefinitionOwner& owner_;
  const SegmentLoader& load_;
  std::map<std::pair<std::string, std::int64_t>, int> heights_;
};

class DefinitionCheck {
 public:
  DefinitionCheck(const DefinitionOwner& owner, const SegmentLoader& load) : owner_(owner), sources_(owner, load) {}

  Status check(const json::object& definition) {
    const MemberPath root = MemberPath::root();
    TRY(check_members(definition, root, {"Dimensions", "SegmentGroups"}));
    const auto* dimensions = TRY(object_member(definition, root, "Dimensions"));
    const auto* description = TRY(object_member(definition, root, "SegmentGroups"));
    if (dimensions != nullptr && description != nullptr) {
      return refuse(root.member("SegmentGroups"), "cannot stand beside Dimensions; give one of them");
    }
    if (dimensions != nullptr) return dimensions_.check(*dimensions, root.member("Dimensions"));
    return description == nullptr ? Status{} : check_groups(*description, root.member("SegmentGroups"));
  }

 private:
  Status check_groups(const json::object& description, const MemberPath& path) {
    TRY(check_members(description, path, {"Groups", "Include"}));
    TRY(check_kind(description, path, "Include", kCombinations, "ALL"));
    const auto* groups = TRY(list_member(description, path, "Groups"));
    if (groups == nullptr) return {};
    const MemberPath list = path.member("Groups");
    if (groups->size() > DefinitionLimits::kGroups) {
      return refuse(list,
                    fmt::format("must have at most {} groups, not {}", DefinitionLimits::kGroups, groups->size()));
    }
    for (std::size_t i = 0; i < groups->size(); ++i) {
      const MemberPath here = list.item(i);
      if (i == 1 && first_is_imported_ && owner_.imported_sources == ImportedSources::kAlone) {
        return refuse(here, "is not allowed: the first group is made of an imported segment, so it is the only one");
      }
      const bool imported = TRY(check_group(*TRY(object_of((*groups)[i], here)), here));
      if (i == 0) first_is_imported_ = imported;
    }
    return {};
  }

  // Whether it is made of an imported segment.
  Result<bool> check_group(const json::object& group, const MemberPath& path) {
    TRY(check_members(group, path, {"Dimensions", "SourceSegments", "SourceType", "Type"}));
    TRY(check_kind(group, path, "SourceType", kCombinations, "ALL"));
    TRY(check_kind(group, path, "Type", kCombinations, "ALL"));
    const bool imported = TRY(check_sources(group, path));
    const auto* list = TRY(list_member(group, path, "Dimensions"));
    if (list == nullptr) return imported;
    const MemberPath dimensions = path.member("Dimensions");
    if (list->size() > DefinitionLimits::kDimensions) {
      return refuse(dimensions,
                    fmt::format("must have at most {} items, not {}", DefinitionLimits::kDimensions, list->size()));
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
      const MemberPath here = dimensions.item(i);
      TRY(dimensions_.check(*TRY(object_of((*list)[i], here)), here));
    }
    return imported;
  }

  Result<bool> check_sources(const json::object& group, const MemberPath& path) {
    const auto* list = TRY(list_member(group, path, "SourceSegments"));
    bool imported = false;
    if (list == nullptr) return imported;
    const MemberPath sources = path.member("SourceSegments");
    for (std::size_t i = 0; i < list->size(); ++i) {
      const MemberPath here = sources.item(i);
      if (++source_count_ > DefinitionLimits::kSourceSegments) {
        return refuse(here, fmt::format("is one source too many; a segment is made of at most {}",
                                        DefinitionLimits::kSourceSegments));
      }
      const bool is_imported = TRY(sources_.check(*TRY(object_of((*list)[i], here)), here))
      == SegmentType::kImport;
      if (is_imported && list->size() > 1 && owner_.imported_sources == ImportedSources::kAlone) {
        return refuse(here, "is an imported segment, which must be the only source of its group");
      }
      imported = imported || is_imported;
    }
    return imported;
  }

  const DefinitionOwner& owner_;
  SourcesCheck sources_;
  DimensionsCheck dimensions_;
  std::size_t source_count_ = 0;
  bool first_is_imported_ = false;
};

}  // namespace

Status check_definition(const json::object& definition, const DefinitionOwner& owner, const SegmentLoader& load) {
  return DefinitionCheck(owner, load).check(definition);
}

}  // namespace rapport::audience
