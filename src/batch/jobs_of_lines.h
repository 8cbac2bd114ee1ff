#pragma once

#include "batch/batch.h"

namespace rapport::batch {

// The handlers; both begin anew, behind the last finished file, when they are run again.
Status run_inference(const Collaborators& with, jobs::Context& context);
Status run_segments(const Collaborators& with, jobs::Context& context);

}  // namespace rapport::batch
