#pragma once

#include <string>

#include "audience/record_check.h"
#include "base/result.h"
#include "server/config.h"

namespace rapport::server {

struct DataCheck {
  std::string report;     // for people
  bool is_sound = false;  // nothing is wrong, or everything that was is repaired
};

// Checks the records of the data directory or database. kConflict while a server runs on the directory, kNotFound when
// there is none; over PostgreSQL servers may run.
Result<DataCheck> check_data(const Config& config, audience::Repair repair);

}  // namespace rapport::server
