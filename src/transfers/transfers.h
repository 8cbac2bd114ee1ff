#pragma once

// transfers: endpoints and segments in and out as files: import and export jobs.

#include <string>

#include "apps/applications.h"
#include "audience/audience.h"
#include "base/clock.h"
#include "jobs/jobs.h"
#include "objects/store.h"
#include "sql/database.h"
#include "transfers/exports.h"
#include "transfers/imports.h"

namespace rapport::transfers {

// The module's parts over one set of collaborators, which must outlive it. Thread-safe.
class Transfers {
 public:
  struct Collaborators {
    sql::Database& database;
    objects::Store& objects;
    jobs::Queue& queue;
    apps::Applications& applications;
    audience::Audience& audience;
    std::string temporary_directory = {};  // the system's when empty
  };
  explicit Transfers(const Collaborators& with);
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  Imports& imports() { return imports_; }
  Exports& exports() { return exports_; }
  // Lets these workers run the jobs. Call before they start.
  void serve(jobs::Workers& workers);

 private:
  Imports imports_;
  Exports exports_;
};

}  // namespace rapport::transfers
