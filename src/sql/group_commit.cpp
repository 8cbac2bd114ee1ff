#include "sql/group_commit.h"

#include <exception>

#include "base/check.h"

namespace rapport::sql {

namespace {

// Bounds how long the first of a group waits for its commit.
constexpr std::size_t kGroupMax = 256;

}  // namespace

Status GroupCommit::write(const Work& work) {
  Waiting mine{.work = &work, .outcome = {}, .done = false, .wake = {}};
  std::unique_lock lock(mutex_);
  CHECK(leader_ != std::this_thread::get_id());
  queue_.push_back(&mine);
  mine.wake.wait(lock, [&] { return mine.done || (leader_ == std::thread::id() && queue_.front() == &mine); });
  if (!mine.done) lead(lock);
  return std::move(mine.outcome);
}

void GroupCommit::lead(std::unique_lock<std::mutex>& lock) {
  leader_ = std::this_thread::get_id();
  lock.unlock();
  auto state = writer_.begin();
  lock.lock();
  std::vector<Waiting*> group;
  if (state) {
    group = run_waiting(lock);
    lock.unlock();
    state = writer_.commit();
    lock.lock();
  } else {
    group.assign(queue_.begin(), queue_.end());
    queue_.clear();
  }
  for (auto* waiting : group) {
    if (!state && waiting->outcome) waiting->outcome = state;
    waiting->done = true;
    waiting->wake.notify_one();  // under the lock: the waiter destroys its condition variable as soon as it runs
  }
  leader_ = {};
  if (!queue_.empty()) queue_.front()->wake.notify_one();
}

std::vector<GroupCommit::Waiting*> GroupCommit::run_waiting(std::unique_lock<std::mutex>& lock) {
  std::vector<Waiting*> group;
  while (!queue_.empty() && group.size() < kGroupMax) {
    auto* next = queue_.front();
    queue_.pop_front();
    group.push_back(next);
    lock.unlock();
    try {
      next->outcome = writer_.run(*next->work);
    } catch (const std::exception& exception) {
      next->outcome = fail(ErrorKind::kInternal, std::string("A database transaction threw: ") + exception.what());
    }
    lock.lock();
  }
  return group;
}

}  // namespace rapport::sql
