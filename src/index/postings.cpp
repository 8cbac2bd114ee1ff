#include <algorithm>
#include <utility>

#include "index/block.h"

namespace rapport::index {

Postings::Postings(Parts parts) : parts_(std::move(parts)) {}

std::optional<std::uint32_t> Postings::find(ValueNumber value) const {
  const auto found = std::ranges::lower_bound(parts_.values, value);
  if (found == parts_.values.end() || *found != value) return std::nullopt;
  return static_cast<std::uint32_t>(found - parts_.values.begin());
}

std::span<const Slot> Postings::small(std::uint32_t position) const {
  const std::uint32_t start = parts_.starts[position];
  return std::span(parts_.slots).subspan(start, parts_.starts[position + 1] - start);
}

const SlotSet* Postings::large(std::uint32_t position) const {
  const bool same_place = position < parts_.large.size() && parts_.large_positions[position] == position;
  if (same_place) return parts_.large[position].get();  // as in a field of few values
  const auto found = std::ranges::lower_bound(parts_.large_positions, position);
  if (found == parts_.large_positions.end() || *found != position) return nullptr;
  return parts_.large[static_cast<std::size_t>(found - parts_.large_positions.begin())].get();
}

std::uint32_t Postings::count(std::uint32_t position) const {
  const std::size_t count = small(position).size();
  return count > 0 ? static_cast<std::uint32_t>(count) : large(position)->count();
}

void Postings::add_to(SlotSet& set, std::uint32_t position) const {
  const std::span<const Slot> slots = small(position);
  if (!slots.empty()) {
    set.add(slots);
  } else {
    set |= *large(position);
  }
}

void Postings::mark(SlotWords& words, std::uint32_t position) const {
  const std::span<const Slot> slots = small(position);
  if (slots.empty()) return large(position)->mark(words);
  for (const Slot slot : slots) words[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

bool Postings::contains(std::uint32_t position, Slot slot) const {
  const std::span<const Slot> slots = small(position);
  return slots.empty() ? large(position)->contains(slot) : std::ranges::binary_search(slots, slot);
}

std::size_t Postings::memory_bytes() const {
  constexpr std::size_t kAllocationOverhead = 16;
  std::size_t bytes = sizeof *this + 6 * kAllocationOverhead;
  bytes += (parts_.values.capacity() + parts_.starts.capacity()) * sizeof(std::uint32_t);
  bytes += parts_.slots.capacity() * sizeof(Slot) + parts_.large_positions.capacity() * sizeof(std::uint32_t);
  bytes += parts_.large.capacity() * sizeof(std::shared_ptr<const SlotSet>);
  for (const auto& set : parts_.large) bytes += set->memory_bytes() + sizeof(SlotSet) + 2 * kAllocationOverhead;
  return bytes;
}

}  // namespace rapport::index
