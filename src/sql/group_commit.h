#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "sql/database.h"

namespace rapport::sql {

// The one connection that writes. Used by one thread at a time.
class Writer {
 public:
  virtual ~Writer() = default;
  virtual Status begin() = 0;
  // Runs the work inside the transaction; what a failing one did is undone alone.
  virtual Status run(const Work& work) = 0;
  virtual Status commit() = 0;
};

// Lets concurrent callers share transactions: the first of those that wait runs the work of all, commits once and
// wakes them. Needs no thread of its own, and a lone caller pays no hand-over. Thread-safe. The queue is as long as
// there are calling threads, since each waits for its own outcome.
class GroupCommit {
 public:
  explicit GroupCommit(Writer& writer) : writer_(writer) {}

  // REQUIRES that it is not called from inside a work of the same group (that would wait for itself).
  Status write(const Work& work);

 private:
  struct Waiting {
    const Work* work;
    Status outcome;
    bool done = false;
    std::condition_variable wake;
  };

  void lead(std::unique_lock<std::mutex>& lock);
  std::vector<Waiting*> run_waiting(std::unique_lock<std::mutex>& lock);

  Writer& writer_;
  std::mutex mutex_;
  std::deque<Waiting*> queue_;
  std::thread::id leader_;  // none when nobody leads
};

}  // namespace rapport::sql
