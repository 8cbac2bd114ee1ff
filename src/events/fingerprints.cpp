#include "events/fingerprints.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace rapport::events {
namespace {

constexpr std::size_t kFewSlots = 64;
constexpr std::size_t kManySlots = 65'536;

// 0 marks a free slot.
std::uint64_t storable(std::uint64_t fingerprint) { return fingerprint == 0 ? 1 : fingerprint; }

}  // namespace

FingerprintSet::FingerprintSet(std::size_t expected)
    : expected_slots_(std::bit_ceil(expected + expected / 2 + 1)),
      slots_(expected_slots_ <= kManySlots ? std::max(expected_slots_, kFewSlots) : kFewSlots) {}

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
  const std::size_t slots =
      slots_.size() * 8 > expected_slots_ ? std::max(expected_slots_, slots_.size() * 2) : slots_.size() * 2;
  const std::vector<std::uint64_t> before = std::exchange(slots_, std::vector<std::uint64_t>(slots));
  for (const std::uint64_t value : before) {
    if (value != 0) slots_[slot_of(value)] = value;
  }
}

void FingerprintSet::clear() {
  slots_.assign(kFewSlots, 0);
  size_ = 0;
}

void RecentFingerprints::insert(std::uint64_t fingerprint) {
  if (!newer_.insert(fingerprint) || newer_.size() < half_) return;
  older_ = std::exchange(newer_, FingerprintSet(half_));
}

}  // namespace rapport::events
