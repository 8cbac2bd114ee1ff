#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rapport::events {

// A set of 64-bit fingerprints in one open-addressing table. Not thread-safe.
class FingerprintSet {
 public:
  // Takes the room for what is expected at once, or, when that is a lot, as soon as an eighth of it is there: growing
  // by and by costs more than all else.
  explicit FingerprintSet(std::size_t expected = 0);
  bool contains(std::uint64_t fingerprint) const;
  bool insert(std::uint64_t fingerprint);  // false when it was there
  // Asking for the memory beforehand saves the time to wait for it.
  void prefetch(std::uint64_t fingerprint) const { __builtin_prefetch(&slots_[fingerprint & (slots_.size() - 1)]); }
  std::size_t size() const { return size_; }
  void clear();

 private:
  std::size_t slot_of(std::uint64_t fingerprint) const;
  void grow();

  std::size_t expected_slots_;
  std::vector<std::uint64_t> slots_;  // 0 is free
  std::size_t size_ = 0;
};

// The newest fingerprints: at least half of `limit`, at most `limit`. The older half goes at once. Not thread-safe.
class RecentFingerprints {
 public:
  explicit RecentFingerprints(std::size_t limit) : half_(limit / 2), newer_(half_), older_(half_) {}
  bool contains(std::uint64_t fingerprint) const {
    return newer_.contains(fingerprint) || older_.contains(fingerprint);
  }
  void prefetch(std::uint64_t fingerprint) const {
    newer_.prefetch(fingerprint);
    older_.prefetch(fingerprint);
  }
  void insert(std::uint64_t fingerprint);

 private:
  const std::size_t half_;
  FingerprintSet newer_;
  FingerprintSet older_;
};

}  // namespace rapport::events
