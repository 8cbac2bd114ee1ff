#pragma once

// Private to http.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace rapport::http {

// Threads that run tasks in the order they come. Thread-safe.
class WorkerPool {
 public:
  using Task = std::move_only_function<void()>;
  enum class Admission {
    kBounded,    // refused when waiting_max tasks wait
    kContinued,  // of a request admitted before: always taken
  };

  WorkerPool(unsigned threads, std::size_t waiting_max);
  ~WorkerPool();  // runs what waits, then joins

  // False when refused; the task is then untouched.
  bool submit(Task& task, Admission admission);

 private:
  void work();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Task> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace rapport::http
