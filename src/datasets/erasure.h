#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>

#include "base/result.h"
#include "datasets/datasets.h"
#include "jobs/jobs.h"

namespace rapport::datasets {

// Erases every row of these users, imported or put, from the datasets of a group: interactions, users and action
// interactions. The number of rows. Done in pieces: after a failure call again. kUnavailable when an import replaced
// files meanwhile, or when the job is to stop.
Result<std::uint64_t> erase_users(Datasets& datasets, std::string_view group_arn,
                                  const std::unordered_set<std::string>& users, const jobs::Context& context);

}  // namespace rapport::datasets
