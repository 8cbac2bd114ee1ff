#pragma once

#include "jobs/jobs.h"

namespace rapport::jobs {

// Reads the columns of statements.h, starting at `first`. kInternal when a stored document is not JSON.
Result<Job> job_from_row(const sql::Row& row, std::size_t first = 0);

}  // namespace rapport::jobs
