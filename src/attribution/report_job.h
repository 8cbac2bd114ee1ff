#pragma once

#include "base/result.h"
#include "datasets/datasets.h"
#include "jobs/jobs.h"

namespace rapport::attribution {

// Submits the report of an attribution that is due a quarter of an hour from now.
Status submit_report(sql::Session& session, jobs::Queue& queue, const std::string& attribution_arn);

// The handler of kReportJob: writes what came since the report before, if anything did, as
// `AggregatedAttributionMetrics - <PUT or BULK> - <time>.csv`, and submits the next. Ends with the attribution.
Status run_report(datasets::Datasets& datasets, jobs::Context& context);

// The rows of the group that were noted before `until` need not be found by when they came any longer.
Status forget_arrivals(datasets::Datasets& datasets, std::string_view group_arn, Timestamp until);

}  // namespace rapport::attribution
