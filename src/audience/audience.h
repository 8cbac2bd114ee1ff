#pragma once

// audience: who can be reached: endpoints, users, segments.

#include <span>

#include "apps/applications.h"
#include "audience/endpoints.h"
#include "audience/indexes.h"
#include "audience/queries.h"
#include "audience/segments.h"
#include "audience/watches.h"
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
    WhoDid who_did = nobody_did;  // of segments by what endpoints did
  };
  explicit Audience(const Collaborators& with);
  Audience(const Audience&) = delete;
  Audience& operator=(const Audience&) = delete;

  // Reads every endpoint into memory, on so many threads, and follows the store from then on. REQUIRES that it is
  // called once, before anything else uses the store.
  Status open(unsigned threads) { return indexes_.open(threads); }

  Endpoints& endpoints() { return endpoints_; }
  Segments& segments() { return segments_; }
  Indexes& indexes() { return indexes_; }
  Queries& queries() { return queries_; }
  Watches& watches() { return watches_; }

 private:
  Endpoints endpoints_;
  Indexes indexes_;
  Segments segments_;
  Queries queries_;
  Watches watches_;
};

}  // namespace rapport::audience
