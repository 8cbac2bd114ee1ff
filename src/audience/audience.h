#pragma once

// audience: who can be reached: endpoints, users, segments.

#include <span>

#include "apps/applications.h"
#include "audience/endpoints.h"
#include "audience/segments.h"
#include "base/clock.h"
#include "records/store.h"
#include "sql/database.h"

namespace rapport::audience {

std::span<const sql::Migration> migrations();

// The module's parts over one set of collaborators, which must outlive it. Thread-safe. Makes itself part of what goes
// when an application is deleted.
class Audience {
 public:
  struct Collaborators {
    sql::Database& database;
    records::Store& store;
    apps::Applications& applications;
    const Clock& clock;
    EndpointRules rules = {};
  };
  explicit Audience(const Collaborators& with);
  Audience(const Audience&) = delete;
  Audience& operator=(const Audience&) = delete;

  Endpoints& endpoints() { return endpoints_; }
  Segments& segments() { return segments_; }

 private:
  Endpoints endpoints_;
  Segments segments_;
};

}  // namespace rapport::audience
