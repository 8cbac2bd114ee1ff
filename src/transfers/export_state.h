#pragma once

#include <cstdint>
#include <string>

#include "json/json.h"
#include "objects/store.h"
#include "transfers/exports.h"
#include "transfers/job.h"

namespace rapport::transfers {

// What an export job was asked for: the input of its job.
struct ExportPlan {
  ExportRequest request;
  std::int64_t version = 0;  // of the segment

  json::object document() const;
  static ExportPlan from(const json::object& document);
};

// Where the `number`th file of a job lies, from 0. kInvalid when the prefix is not a place for files.
Result<objects::Location> place_of_part(const ExportRequest& request, const std::string& job, std::int64_t number);

// How far an export is: the checkpoint and the progress of its job. The members up to `position` are in the
// `completed_pieces` files that are there.
struct ExportState : Progress {
  std::string position;  // of audience::Segments::for_each_member
  bool ended = false;    // no member behind `position`

  json::object document() const;
  static ExportState from(const json::object& document);
};

}  // namespace rapport::transfers
