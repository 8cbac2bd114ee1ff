#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rapport::records {

// Exclusive locks on sets of keys (by their hash). A set is queued at all of its keys in one step, first come first
// served, so there is neither deadlock nor starvation, and sets that share no key never wait for each other.
// Thread-safe; outlives its holds.
class KeyLocks {
 public:
  static std::uint64_t hash(std::string_view key);

  // Releases at the end of its life.
  class Hold {
   public:
    // Waits until every key is free. `hashes` are those of `hash`; they may repeat.
    Hold(KeyLocks& locks, std::vector<std::uint64_t> hashes);
    Hold(KeyLocks& locks, std::span<const std::string> keys);
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    ~Hold();

   private:
    friend KeyLocks;
    KeyLocks& locks_;
    std::vector<std::uint64_t> hashes_;  // distinct
    std::size_t missing_ = 0;            // keys that somebody before us holds
    std::condition_variable ready_;
  };

 private:
  struct Queue {
    Hold* holder = nullptr;
    std::vector<Hold*> waiting;
  };
  void acquire(Hold& hold);
  void release(Hold& hold);

  std::mutex mutex_;
  std::unordered_map<std::uint64_t, Queue> queues_;
};

}  // namespace rapport::records
