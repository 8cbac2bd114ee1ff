#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "json/json.h"
#include "transfers/imports.h"

namespace rapport::transfers {

// What an import job was asked for: the input of its job.
struct ImportPlan {
  ImportRequest request;
  std::string segment_id;  // empty when no segment is defined
  std::int64_t segment_version = 0;
  std::vector<std::string> pieces;  // keys

  bool defines_segment() const { return !segment_id.empty(); }
  bool registers_endpoints() const { return request.register_endpoints.value_or(!defines_segment()); }

  json::object document() const;
  static ImportPlan from(const json::object& document);
};

// The ImportDefinition of the segment that an import makes.
json::object import_definition(const ImportPlan& plan, std::int64_t size, json::object channel_counts);

// How far an import is: the checkpoint and the progress of its job. Everything before `piece` and the first `rows` rows
// of it are done.
struct ImportState : Progress {
  std::size_t piece = 0;
  std::uint64_t rows = 0;

  json::object document() const;
  static ImportState from(const json::object& document);
};

}  // namespace rapport::transfers
