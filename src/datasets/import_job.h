#pragma once

#include "base/result.h"
#include "datasets/datasets.h"
#include "jobs/jobs.h"

namespace rapport::datasets {

// The handler of kImportJob: reads the input, checks every row, and publishes all of it or nothing. Begins anew when it
// is run again.
Status run_import(Datasets& datasets, jobs::Context& context);

}  // namespace rapport::datasets
