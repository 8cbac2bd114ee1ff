#include "index/result_memory.h"

#include <unordered_set>
#include <utility>

namespace rapport::index {
namespace {

constexpr std::size_t kEntryBytes = 256;  // of tables and pointers, about
constexpr std::size_t kBaseBytes = 96;

bool same_delta(const std::weak_ptr<const Delta>& kept, const std::shared_ptr<const Delta>& now) {
  return !kept.owner_before(now) && !now.owner_before(kept);
}

}  // namespace

std::shared_ptr<const SlotSet> Recollection::slots(std::uint64_t generation) const {
  const std::lock_guard lock(mutex_);
  const auto found = bases_.find(generation);
  return found == bases_.end() ? nullptr : found->second.slots;
}

std::size_t Recollection::OfBase::bytes() const {
  std::size_t bytes = kBaseBytes;
  if (slots) bytes += slots->memory_bytes();
  if (rows) bytes += rows->rows.capacity() * sizeof(const Row*) + rows->matching.capacity() * sizeof(std::uint16_t);
  return bytes;
}

void Recollection::keep(std::uint64_t generation, std::shared_ptr<const SlotSet> slots) {
  const std::lock_guard lock(mutex_);
  const auto [at, is_new] = bases_.try_emplace(generation);
  if (!is_new) bytes_ -= at->second.bytes();
  at->second.slots = std::move(slots);
  bytes_ += at->second.bytes();
}

std::shared_ptr<const AskedRows> Recollection::rows(std::uint64_t generation) const {
  const std::lock_guard lock(mutex_);
  const auto found = bases_.find(generation);
  return found == bases_.end() ? nullptr : found->second.rows;
}

std::optional<BlockAnswer> Recollection::answer(const Block& block) const {
  const std::lock_guard lock(mutex_);
  const auto found = bases_.find(block.base->generation());
  if (found == bases_.end() || !found->second.rows || !same_delta(found->second.delta, block.delta)) return {};
  return BlockAnswer{found->second.slots, found->second.rows, found->second.count};
}

void Recollection::keep(const Block& block, const BlockAnswer& answer) {
  const std::lock_guard lock(mutex_);
  const auto [at, is_new] = bases_.try_emplace(block.base->generation());
  if (!is_new) bytes_ -= at->second.bytes();
  at->second = {answer.slots, block.delta, answer.rows, answer.count};
  bytes_ += at->second.bytes();
}

std::shared_ptr<const ValueSet> Recollection::values(const Dictionary& dictionary, FieldNumber field,
                                                     const Predicate& predicate) {
  const std::lock_guard values_lock(values_mutex_);
  auto grown = ValueSet::grown(values_, dictionary, field, predicate);
  if (grown == values_) return grown;
  values_ = grown;
  const std::lock_guard lock(mutex_);
  value_bytes_ = grown->memory_bytes();
  return grown;
}

std::uint32_t Recollection::count_use() {
  const std::lock_guard lock(mutex_);
  return ++uses_;
}

void Recollection::keep_only(std::span<const std::shared_ptr<const Block>> blocks) {
  const std::lock_guard lock(mutex_);
  if (bases_.size() <= 2 * blocks.size()) return;
  std::unordered_set<std::uint64_t> present;
  for (const auto& block : blocks) present.insert(block->base->generation());
  std::erase_if(bases_, [&](const auto& entry) {
    if (present.contains(entry.first)) return false;
    bytes_ -= entry.second.bytes();
    return true;
  });
}

std::size_t Recollection::memory_bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_ + value_bytes_;
}

RecollectionPtr ResultMemory::find_or_make(std::uint64_t dictionary, const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(Key{dictionary, name});
  if (found != by_key_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
  } else {
    entries_.push_front({dictionary, name, std::make_shared<Recollection>()});
    by_key_.emplace(Key{dictionary, entries_.front().name}, entries_.begin());
  }
  return entries_.front().recollection;
}

void ResultMemory::settle(std::span<const RecollectionPtr> used) {
  const std::lock_guard lock(mutex_);
  for (const auto& recollection : used) {
    if (recollection->is_forgotten_) continue;
    bytes_ -= recollection->counted_bytes_;
    recollection->counted_bytes_ = kEntryBytes + recollection->memory_bytes();
    bytes_ += recollection->counted_bytes_;
  }
  while (bytes_ > bytes_max_ && !entries_.empty()) {
    const auto& oldest = entries_.back();
    bytes_ -= oldest.recollection->counted_bytes_;
    oldest.recollection->is_forgotten_ = true;
    by_key_.erase(Key{oldest.dictionary, oldest.name});
    entries_.pop_back();
  }
}

std::size_t ResultMemory::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace rapport::index
