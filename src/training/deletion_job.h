#pragma once

#include <string_view>

#include "base/result.h"
#include "jobs/jobs.h"

namespace rapport::training {

class Training;

inline constexpr std::string_view kDeletionJob = "personalize.data-deletion";
// The statuses of deletions, unlike those of everything else.
inline constexpr std::string_view kDeletionPending = "PENDING";
inline constexpr std::string_view kDeletionInProgress = "IN_PROGRESS";
inline constexpr std::string_view kDeletionCompleted = "COMPLETED";

// The handler of kDeletionJob: erases the users that the CSV files of a place name from the datasets of a group and
// trains its models again without them. Begins anew when it is run again.
Status run_deletion(Training& training, jobs::Context& context);

}  // namespace rapport::training
