#include "records/observers.h"

namespace rapport::records {

KeyLocks::Hold Observers::hold(const UpdateKeys& keys) {
  std::vector<std::uint64_t> hashes;
  hashes.reserve(keys.read.size() + keys.unread.size());
  for (const auto& key : keys.read) hashes.push_back(KeyLocks::hash(key));
  for (const auto& key : keys.unread) hashes.push_back(KeyLocks::hash(key));
  return KeyLocks::Hold(locks_, std::move(hashes));
}

std::optional<KeyLocks::Hold> Observers::hold_if_observed(const Batch& batch) {
  if (observers_.empty()) return std::nullopt;
  std::vector<std::uint64_t> hashes;
  hashes.reserve(batch.changes().size());
  for (const auto& change : batch.changes()) hashes.push_back(KeyLocks::hash(change.key));
  return std::optional<KeyLocks::Hold>(std::in_place, locks_, std::move(hashes));
}

}  // namespace rapport::records
