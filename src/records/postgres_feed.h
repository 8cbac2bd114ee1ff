#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "postgres/pool.h"
#include "records/observers.h"
#include "records/store.h"

namespace rapport::records {

// How processes over one database learn of each other's commits. A writer notes the keys of its commit in a table, in
// the same transaction, when another process follows; a follower reads the notes of transactions that were not finished
// when it read last, and tells its observers what these keys hold by then. Notes go when every follower has read them.
// Thread-safe but for `follow`.
class PostgresFeed {
 public:
  PostgresFeed(postgres::Pool& pool, Store& store, Observers& observers);
  PostgresFeed(const PostgresFeed&) = delete;
  PostgresFeed& operator=(const PostgresFeed&) = delete;
  ~PostgresFeed();

  Status create_tables();
  // Notes the keys (a bytea[]) for the others. REQUIRES that the transaction wrote its records before.
  Status note(postgres::Connection& connection, const postgres::Parameter& keys) const;
  // Begins to read the notes, unless it did before: of every transaction that is not seen by a statement after the
  // return. The process ends itself when it was so long unable to read that its notes were dropped.
  Status follow();
  // The keys of a commit whose outcome is unknown: the observers are told what they hold as soon as that can be read.
  void doubt(const Batch& batch);

 private:
  void run(const std::stop_token& stop);
  Status read_notes();
  Status tell(std::vector<std::string> keys);
  Status tell_doubtful();
  Status report_position();

  postgres::Pool& pool_;
  Store& store_;
  Observers& observers_;
  const std::string origin_;      // this process' name among the followers
  std::uint64_t position_ = 0;    // every transaction below is finished and told
  std::set<std::uint64_t> told_;  // those told at or above it
  double reported_ = 0;           // when the position was written last, in monotonic seconds
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<std::string> doubtful_;  // guarded by mutex_
  std::jthread thread_;
};

}  // namespace rapport::records
