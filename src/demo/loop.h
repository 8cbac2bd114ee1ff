#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "demo/api.h"
#include "demo/demo_data.h"
#include "demo/progress.h"

namespace rapport::demo {

// What one round of the marketer's loop brought about.
struct LoopOutcome {
  std::string app_id;
  std::string bucket;
  std::string segment_name;
  std::string segment_url;            // of the CSV file of endpoint ids
  std::vector<std::string> user_ids;  // of the segment
  std::uint64_t endpoints_imported = 0;
  double training_seconds = 0;
  double coverage = 0;
  double hits_at_1_percent = 0;
  double recall_at_1_percent = 0;
  std::uint64_t messages_attempted = 0;
  std::uint64_t messages_successful = 0;
  std::string unique_deliveries;  // the KPI as the API gives it
};

// Does the loop with names that end in `suffix` (lower-case letters, digits and dashes).
Result<LoopOutcome> run_loop(Api& api, const DemoData& data, const std::string& suffix, Progress& progress);

}  // namespace rapport::demo
