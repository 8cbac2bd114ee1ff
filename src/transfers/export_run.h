#pragma once

#include <string>
#include <string_view>

#include "audience/segments.h"
#include "base/result.h"
#include "jobs/jobs.h"
#include "transfers/export_state.h"
#include "transfers/exports.h"

namespace rapport::transfers {

// One run of an export job: writes file after file, and after each a checkpoint. A file that was begun is written anew.
class ExportRun {
 public:
  ExportRun(const Exports::Collaborators& with, const Exports::Options& options, jobs::Context& context);
  Status run();

 private:
  enum class Next { kDone, kStopped };

  Status begin();
  Result<Next> write_part();
  Status for_each_member(const audience::Segments::MemberVisitor& visit);
  Status finish();
  Status save();

  const Exports::Collaborators& with_;
  const Exports::Options& options_;
  jobs::Context& context_;
  const std::string app_;
  const ExportPlan plan_;
  ExportState state_;
};

}  // namespace rapport::transfers
