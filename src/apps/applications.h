#pragma once

// apps: applications (projects), their settings, and the tags of every resource.

#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "apps/paging.h"
#include "apps/tags.h"
#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"
#include "sql/database.h"

namespace rapport::apps {

struct Application {
  std::string id;
  std::string name;
  Timestamp created;
  TagMap tags;
};

// The defaults that later campaigns and journeys start from: the write request's members as they were sent.
struct Settings {
  json::object document;  // CampaignHook, Limits, QuietTime, JourneyLimits
  Timestamp modified;     // the creation date until the first update
};

std::span<const sql::Migration> migrations();

// The applications. Thread-safe. Collaborators must outlive it.
class Applications {
 public:
  Applications(sql::Database& database, const Clock& clock);

  Result<Application> create(const std::string& name, const TagMap& tags);
  Result<Application> get(const std::string& id);           // kNotFound "Application not found"
  Result<Page<Application>> list(const PageRequest& page);  // oldest first
  // Deletes the application and everything below it; returns what it was.
  Result<Application> remove(const std::string& id);

  // kNotFound unless the application exists. Quick: remembers for a second.
  Status require(const std::string& id);

  Result<Settings> settings(const std::string& id);
  // Members given replace those stored; members absent stay.
  Result<Settings> update_settings(const std::string& id, const json::object& changes);

  // What other modules erase with an application. In its transaction (SQL), or after it, durably: until `erase`
  // succeeds it is called again, also after a restart (by finish_deletions). Register before the first request.
  using ErasureInTransaction = std::function<Status(sql::Session& session, const std::string& id)>;
  using Erasure = std::function<Status(const std::string& id)>;
  void on_delete(ErasureInTransaction erase);
  void on_delete_later(Erasure erase);
  // Completes the deletions a crash left half done. Call at start-up, after all registrations.
  Status finish_deletions();

 private:
  Status erase_outside(const std::string& id);

  sql::Database& database_;
  const Clock& clock_;
  std::vector<ErasureInTransaction> in_transaction_;
  std::vector<Erasure> later_;
  std::mutex mutex_;
  std::unordered_map<std::string, Timestamp> known_;  // application -> when it was last seen
};

}  // namespace rapport::apps
