#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"

namespace rapport::transfers {

// Works on items on several threads and delivers what they make in the order of the items, one at a time. `put` and
// `finish` belong to one thread.
template <class Item, class Made>
class OrderedWork {
 public:
  using Work = std::function<Result<Made>(const Item&)>;  // called on several threads
  using Deliver = std::function<Status(const Made&)>;

  OrderedWork(unsigned threads, Work work, Deliver deliver)
      : work_(std::move(work)), deliver_(std::move(deliver)), under_way_max_(2 * threads) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
  }
  OrderedWork(const OrderedWork&) = delete;
  OrderedWork& operator=(const OrderedWork&) = delete;
  // What is under way is finished, what is not begun is dropped.
  ~OrderedWork() {
    const std::scoped_lock lock(mutex_);
    waiting_.clear();
    closed_ = true;
    changed_.notify_all();
  }

  // Waits while twice as many items as threads are under way. The failure of an earlier item, once there is one.
  Status put(Item item) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failed_ || put_ - delivered_ < under_way_max_; });
    if (failed_) return std::unexpected(*failed_);
    waiting_.emplace_back(put_++, std::move(item));
    changed_.notify_all();
    return {};
  }

  // Waits until everything is delivered.
  Status finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failed_ || put_ == delivered_; });
    if (failed_) return std::unexpected(*failed_);
    return {};
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return closed_ || failed_ || !waiting_.empty(); });
      if (waiting_.empty() || failed_) return;
      const auto [number, item] = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      auto made = work_(item);
      lock.lock();
      if (made) {
        made_.emplace(number, *std::move(made));
        deliver(lock);
      } else {
        failed_ = made.error();
      }
      changed_.notify_all();
    }
  }

  void deliver(std::unique_lock<std::mutex>& lock) {
    while (!delivering_ && !failed_ && !made_.empty() && made_.begin()->first == delivered_) {
      delivering_ = true;
      const auto next = made_.extract(made_.begin());
      lock.unlock();
      const Status delivered = deliver_(next.mapped());
      lock.lock();
      delivering_ = false;
      if (!delivered) failed_ = delivered.error();
      ++delivered_;
    }
  }

  const Work work_;
  const Deliver deliver_;
  const std::uint64_t under_way_max_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<std::pair<std::uint64_t, Item>> waiting_;
  std::map<std::uint64_t, Made> made_;
  std::uint64_t put_ = 0;
  std::uint64_t delivered_ = 0;
  bool delivering_ = false;
  bool closed_ = false;
  std::optional<Error> failed_;
  std::vector<std::jthread> threads_;  // last: they end first
};

}  // namespace rapport::transfers
