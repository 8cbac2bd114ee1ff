#pragma once

// jobs: work that outlives a request: a durable table, leases, retries with back-off, progress, cancellation, and the
// worker threads that run it. A job whose process dies is taken over when its lease ends and resumes from its
// checkpoint.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "json/json.h"
#include "sql/database.h"

namespace rapport::jobs {

enum class State { kPending, kRunning, kSucceeded, kFailed, kCancelled };
std::string_view name_of(State state);

// A job as stored. `owner` is what it belongs to (an app id, a dataset group ARN) and lists it; `input` never changes;
// `checkpoint` is the handler's own.
struct Job {
  std::string id;
  std::string kind;
  std::string owner;
  State state = State::kPending;
  json::object input;
  json::object checkpoint;
  json::object progress;
  std::string failure;  // why it failed, for people
  int attempts = 0;
  Timestamp created;
  Timestamp updated;
  std::optional<Timestamp> finished;
  bool cancel_requested = false;
};

struct NewJob {
  std::string kind;
  std::string owner;
  json::object input;
  std::string id = {};                       // made when empty
  std::optional<Timestamp> not_before = {};  // runs at once when empty
  int attempts_max = 5;                      // of failures that may pass (kUnavailable, kInternal, a lost lease counts)
};

std::span<const sql::Migration> migrations();

// The table. Thread-safe; every node of a cluster has its own.
class Queue {
 public:
  Queue(sql::Database& database, const Clock& clock);

  // In the caller's transaction, so that the job and what it is about appear together.
  Result<Job> submit(sql::Session& session, const NewJob& job);
  Result<Job> submit(const NewJob& job);

  Result<Job> get(std::string_view id);  // kNotFound
  // Newest first, after the job `after` ("" from the start).
  Result<std::vector<Job>> list(std::string_view kind, std::string_view owner, std::string_view after,
                                std::size_t limit);
  // A pending job is cancelled at once, a running one when its handler next looks. kConflict when it is over.
  Status cancel(std::string_view id);
  // Wakes this process's workers. Call it after the commit of a transaction that submitted.
  void wake();
  // Makes every running job claimable now instead of when its lease ends. REQUIRES that no other process works on this
  // database: for start-up on a data directory of one's own.
  Status release_leases();

  sql::Database& database() { return database_; }
  const Clock& clock() const { return clock_; }

 private:
  friend class Workers;
  struct Signal;
  sql::Database& database_;
  const Clock& clock_;
  std::shared_ptr<Signal> signal_;
};

// What a running handler holds. Used by the handler's threads; thread-safe.
class Context {
 public:
  virtual ~Context() = default;
  virtual const Job& job() const = 0;  // as claimed
  // True when the handler should return soon: the server stops, the job was cancelled or its lease was lost. A handler
  // that returns then is run again later from its checkpoint (or recorded as cancelled).
  virtual bool should_stop() const = 0;
  // Durable. kConflict when the lease was lost: return at once.
  virtual Status save(const json::object& checkpoint, const json::object& progress) = 0;
  // The same inside the caller's transaction: the effect and its watermark are one commit.
  virtual Status save(sql::Session& session, const json::object& checkpoint, const json::object& progress) = 0;
};

// Runs one job to its end. Success: kSucceeded. An error of kind kUnavailable or kInternal is retried with back-off
// until attempts_max; any other kind fails the job at once with its message.
using Handler = std::function<Status(Context&)>;

using FailureHook = std::function<Status(sql::Session&, const Job&)>;

// What becomes of the row of a job that succeeded. kForget is for jobs nobody looks at again, of which there are many.
enum class AfterSuccess { kKeep, kForget };

// Worker threads of this process. Register every kind, then start.
class Workers {
 public:
  struct Options {
    unsigned threads = 4;
    std::int64_t lease_ms = 30'000;  // renewed at least every third of it while the handler runs
    std::int64_t poll_ms = 200;      // how often another process's jobs are looked for
  };
  Workers(Queue& queue, Options options);
  ~Workers();  // stops
  void handle(std::string kind, Handler handler, AfterSuccess after = AfterSuccess::kKeep);
  // Runs when a job of this kind has failed for good or was cancelled (`state` tells), in the same transaction.
  void on_failure(std::string kind, FailureHook hook);
  void start();
  // Tells handlers to stop, waits for them; jobs in progress are released at once for another worker.
  void stop();

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace rapport::jobs
