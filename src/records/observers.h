#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "records/key_locks.h"
#include "records/store.h"

namespace rapport::records {

// The observers of one store, and the locks under which updates run and observers are told, so that for any one key
// both come in one order. Thread-safe but for `add`, which comes before everything else.
class Observers {
 public:
  void add(Observer observer) { observers_.push_back(std::move(observer)); }
  bool empty() const { return observers_.empty(); }
  void tell(std::span<const Batch::Change> changes) const {
    for (const auto& observer : observers_) observer(changes);
  }

  // Held by an update from before its read until its observers were told.
  KeyLocks::Hold hold(const UpdateKeys& keys);
  // Held likewise by a batch; nothing when nobody observes, since then its order does not matter.
  std::optional<KeyLocks::Hold> hold_if_observed(const Batch& batch);
  KeyLocks::Hold hold(std::span<const std::string> keys) { return KeyLocks::Hold(locks_, keys); }

 private:
  std::vector<Observer> observers_;
  KeyLocks locks_;
};

}  // namespace rapport::records
