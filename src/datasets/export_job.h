#pragma once

#include "base/result.h"
#include "datasets/datasets.h"
#include "jobs/jobs.h"

namespace rapport::datasets {

// The handler of kExportJob: writes the rows of one source as one CSV with a header, `<folder>/<job name>.csv`, each
// exact repetition once. Begins anew when it is run again; the file appears whole.
Status run_export(Datasets& datasets, jobs::Context& context);

}  // namespace rapport::datasets
