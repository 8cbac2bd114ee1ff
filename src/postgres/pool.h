#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "postgres/connection.h"

namespace rapport::postgres {

enum class Isolation {
  kNone,           // no transaction: each statement alone; REQUIRES that running them twice does no harm
  kReadCommitted,  // each statement sees what was committed before it
  kSnapshot,       // read only, all statements see the same
  kSerializable,   // as if transactions ran one after another
};

using Work = std::function<Status(Connection&)>;

// The connections of one process to one database: as many as there are threads that use it at the same time, and a few
// idle ones. Thread-safe.
class Pool {
 public:
  explicit Pool(std::string url) : url_(std::move(url)) {}

  // Runs the work in one transaction; when it or one of its statements fails, everything is undone and the error is
  // returned. The work is run again, a bounded number of times, after a conflict with another transaction or when the
  // connection was lost before the commit was sent; lost later, it is kUnavailable and may have been committed.
  Status transact(Isolation isolation, const Work& work);

 private:
  Result<std::unique_ptr<Connection>> take();
  void give_back(std::unique_ptr<Connection> connection);
  void forget_idle();

  const std::string url_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::mutex retry_mutex_;  // held by those who try again, so that they do not disturb each other
};

}  // namespace rapport::postgres
