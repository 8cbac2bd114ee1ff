#include "records/key_locks.h"

#include <algorithm>

#include "base/digest.h"

namespace rapport::records {

namespace {

std::vector<std::uint64_t> hashes_of(std::span<const std::string> keys) {
  std::vector<std::uint64_t> hashes;
  hashes.reserve(keys.size());
  for (const auto& key : keys) hashes.push_back(KeyLocks::hash(key));
  return hashes;
}

}  // namespace

std::uint64_t KeyLocks::hash(std::string_view key) { return stable_hash(key); }

KeyLocks::Hold::Hold(KeyLocks& locks, std::span<const std::string> keys) : Hold(locks, hashes_of(keys)) {}

KeyLocks::Hold::Hold(KeyLocks& locks, std::vector<std::uint64_t> hashes) : locks_(locks), hashes_(std::move(hashes)) {
  std::ranges::sort(hashes_);
  const auto repeated = std::ranges::unique(hashes_);
  hashes_.erase(repeated.begin(), repeated.end());
  locks_.acquire(*this);
}

KeyLocks::Hold::~Hold() { locks_.release(*this); }

void KeyLocks::acquire(Hold& hold) {
  std::unique_lock lock(mutex_);
  for (const auto hash : hold.hashes_) {
    auto& queue = queues_[hash];
    if (queue.holder == nullptr) {
      queue.holder = &hold;
    } else {
      queue.waiting.push_back(&hold);
      ++hold.missing_;
    }
  }
  hold.ready_.wait(lock, [&] { return hold.missing_ == 0; });
}

void KeyLocks::release(Hold& hold) {
  const std::lock_guard lock(mutex_);
  for (const auto hash : hold.hashes_) {
    const auto found = queues_.find(hash);
    auto& queue = found->second;
    if (queue.waiting.empty()) {
      queues_.erase(found);
      continue;
    }
    queue.holder = queue.waiting.front();
    queue.waiting.erase(queue.waiting.begin());
    if (--queue.holder->missing_ == 0) queue.holder->ready_.notify_one();
  }
}

}  // namespace rapport::records
