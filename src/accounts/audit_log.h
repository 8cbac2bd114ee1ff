#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "apps/paging.h"
#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace rapport::accounts {

enum class ActorType { kUser, kAccessKey, kPublishableKey, kAnonymous };
std::string_view name_of(ActorType type);

// Who did something, or tried to. The name stays when the user or key is gone.
struct Actor {
  ActorType type = ActorType::kAnonymous;
  std::string id = {};
  std::string name = {};
};

struct AuditEntry {
  std::string id = {};  // given by the log
  Timestamp time = {};  // given by the log
  Actor actor = {};
  std::string service = {};
  std::string operation = {};
  std::string path = {};  // of the request, without its query
  std::string application = {};
  int status = 0;  // of the answer
  std::string address = {};
};

struct AuditFilter {  // what is empty does not matter
  std::string actor_id = {};
  std::string actor_name = {};
  std::string operation = {};
  std::string application = {};
  std::optional<Timestamp> from = {};   // inclusive
  std::optional<Timestamp> until = {};  // exclusive
};

// Who changed what, for 400 days. An entry is handed over at once and written a moment later with its neighbours, so a
// request does not wait for it; a crash may cost the last moment's. Thread-safe.
class AuditLog {
 public:
  AuditLog(sql::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // When too many wait because the database is slow, this writes them itself first.
  void add(AuditEntry entry);
  // Newest first; everything added before is in it.
  Result<apps::Page<AuditEntry>> list(const AuditFilter& filter, const apps::PageRequest& page);
  // Writes what is added and removes what is too old, until asked to stop; then writes the rest.
  void run(const std::stop_token& stop);

 private:
  bool is_full();
  Status flush();
  Status purge();

  sql::Database& database_;
  const Clock& clock_;
  std::mutex writing_;  // one writer at a time, who alone takes from the front of `waiting_`
  std::mutex mutex_;
  std::condition_variable_any added_;
  std::deque<AuditEntry> waiting_;  // guarded by mutex_
};

}  // namespace rapport::accounts
