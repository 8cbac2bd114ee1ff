#pragma once

#include "base/result.h"
#include "jobs/jobs.h"

namespace rapport::training {

class Training;

// The handler of kTrainJob: trains, evaluates, writes the model and makes the version ACTIVE. Begins anew when it is
// run again.
Status run_train(Training& training, jobs::Context& context);

}  // namespace rapport::training
