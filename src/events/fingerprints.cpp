#include "events/fingerprints.h"

#include <utility>

namespace rapport::events {
namespace {

// 0 marks a free slot.
std::uint64_t storable(std::uint64_t fingerprint) { return fingerprint == 0 ? 1 : fingerprint; }

}  // namespace

std::size_t FingerprintSet::slot_of(std::uint64_t fingerprint) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = fingerprint & mask;
  while (slots_[slot] != 0 && slots_[slot] != fingerprint) slot = (slot + 1) & mask;
  return slot;
}

bool FingerprintSet::contains(std::uint64_t fingerprint) const { return slots_[slot_of(storable(fingerprint))] != 0; }

bool FingerprintSet::insert(std::uint64_t fingerprint) {
  const std::uint64_t value = storable(fingerprint);
  const std::size_t slot = slot_of(value);
  if (slots_[slot] != 0) return false;
  slots_[slot] = value;
  if (++size_ * 3 > slots_.size() * 2) grow();
  return true;
}

void FingerprintSet::grow() {
  const std::vector<std::uint64_t> before = std::exchange(slots_, std::vector<std::uint64_t>(slots_.size() * 2));
  for (const std::uint64_t value : before) {
    if (value != 0) slots_[slot_of(value)] = value;
  }
}

void FingerprintSet::clear() {
  slots_.assign(64, 0);
  size_ = 0;
}

void RecentFingerprints::insert(std::uint64_t fingerprint) {
  if (!newer_.insert(fingerprint) || newer_.size() < half_) return;
  older_ = std::exchange(newer_, FingerprintSet());
}

}  // namespace rapport::events
