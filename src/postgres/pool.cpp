#include "postgres/pool.h"

#include <exception>

namespace rapport::postgres {

namespace {

constexpr std::size_t kIdleMax = 8;
constexpr int kAttemptsMax = 100;

std::string_view begin_statement(Isolation isolation) {
  switch (isolation) {
    case Isolation::kNone: return "";
    case Isolation::kReadCommitted: return "BEGIN ISOLATION LEVEL READ COMMITTED";
    case Isolation::kSnapshot: return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    case Isolation::kSerializable: return "BEGIN ISOLATION LEVEL SERIALIZABLE";
  }
  return "";
}

struct Attempt {
  Status outcome;
  bool is_passing = false;  // whether to try again
  bool is_lost = false;     // whether the connection is of no more use
};

Status run_guarded(Connection& connection, const Work& work) {
  try {
    return work(connection);
  } catch (const std::exception& exception) {
    return fail(ErrorKind::kInternal, std::string("A database transaction threw: ") + exception.what());
  }
}

Attempt failed(const Connection& connection, Error error) {
  const auto failure = connection.failure();
  return {std::unexpected(std::move(error)), failure == Failure::kConflict || failure == Failure::kDisconnect,
          failure == Failure::kDisconnect};
}

Attempt undo(Connection& connection, Error error) {
  auto done = failed(connection, std::move(error));
  if (!done.is_lost) done.is_lost = !connection.execute("ROLLBACK").has_value();
  return done;
}

Attempt commit(Connection& connection) {
  if (connection.execute("COMMIT")) return {};
  auto done = failed(connection, connection.failure_error());  // a conflict found only now has undone everything
  if (done.is_lost) {
    done.outcome = fail(ErrorKind::kUnavailable, "PostgreSQL went away during a commit: look whether it was done.");
    done.is_passing = false;
  }
  return done;
}

Attempt attempt(Connection& connection, Isolation isolation, const Work& work) {
  connection.forget_failure();
  const auto begin = begin_statement(isolation);
  if (!begin.empty() && !connection.execute(begin)) return failed(connection, connection.failure_error());
  auto outcome = run_guarded(connection, work);
  // PostgreSQL fails a transaction in which a statement failed, whatever the work makes of it.
  if (outcome && connection.failure() != Failure::kNone) outcome = std::unexpected(connection.failure_error());
  if (begin.empty()) return outcome ? Attempt{} : failed(connection, std::move(outcome).error());
  return outcome ? commit(connection) : undo(connection, std::move(outcome).error());
}

}  // namespace

Status Pool::transact(Isolation isolation, const Work& work) {
  std::unique_lock retry_lock(retry_mutex_, std::defer_lock);
  for (int tries = 1;; ++tries) {
    auto connection = TRY(take());
    auto done = attempt(*connection, isolation, work);
    if (done.is_lost) {
      forget_idle();  // they were most likely lost with it
    } else {
      give_back(std::move(connection));
    }
    if (!done.is_passing || tries == kAttemptsMax) return std::move(done.outcome);
    if (!done.is_lost && !retry_lock.owns_lock()) retry_lock.lock();
  }
}

Result<std::unique_ptr<Connection>> Pool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  return Connection::open(url_);
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kIdleMax) idle_.push_back(std::move(connection));
}

void Pool::forget_idle() {
  const std::lock_guard lock(mutex_);
  idle_.clear();
}

}  // namespace rapport::postgres
