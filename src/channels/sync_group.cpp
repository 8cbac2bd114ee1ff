#include "channels/sync_group.h"

namespace rapport::channels {

Status SyncGroup::wait() {
  std::unique_lock lock(mutex_);
  const std::uint64_t mine = ++asked_;
  finished_.wait(lock, [&] { return served_ >= mine || !running_; });
  if (served_ >= mine) return last_;
  running_ = true;
  const std::uint64_t served = asked_;
  lock.unlock();
  Status status = sync_();
  lock.lock();
  last_ = status;
  served_ = served;
  running_ = false;
  finished_.notify_all();
  return status;
}

}  // namespace rapport::channels
