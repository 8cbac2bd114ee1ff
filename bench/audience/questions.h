#pragma once

// Ten kinds of segments, each with as many different constants as asked for.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "json/json.h"
#include "people.h"

namespace rapport::bench {

struct QuestionKind {
  std::string_view name;
  int dimensions;
};
std::span<const QuestionKind> question_kinds();

struct Question {
  json::object definition;                      // of a segment
  std::map<std::string, json::object> sources;  // what its SourceSegments name, by id
};

// The same for the same numbers. `kind` counts question_kinds().
Question question(const People& people, std::size_t kind, std::uint64_t variant);

}  // namespace rapport::bench
