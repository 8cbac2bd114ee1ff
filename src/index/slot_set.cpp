#include "index/slot_set.h"

#include <roaring/roaring.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

extern "C" {
#include <roaring/containers/array.h>
#include <roaring/containers/bitset.h>
}

namespace rapport::index {
namespace {

// CRoaring's container types, which its public header does not name.
constexpr std::uint8_t kBitsetContainer = 1;
constexpr std::uint8_t kArrayContainer = 2;
constexpr std::uint32_t kArrayMax = 4096;  // more slots make a bitset of them
constexpr std::size_t kAllocationOverhead = 16;

// A run container starts like this.
struct RunContainer {
  std::int32_t count;
  std::int32_t capacity;
  void* runs;
};

std::vector<std::uint32_t> widened(std::span<const Slot> slots) { return {slots.begin(), slots.end()}; }

void append(roaring_bitmap_s* bits, void* container, std::uint8_t type) {
  ra_append(&bits->high_low_container, 0, container, type);
}

void append_array(roaring_bitmap_s* bits, std::span<const Slot> rising) {
  array_container_t* array = array_container_create_given_capacity(static_cast<std::int32_t>(rising.size()));
  std::ranges::copy(rising, array->array);
  array->cardinality = static_cast<std::int32_t>(rising.size());
  append(bits, array, kArrayContainer);
}

void append_bitset(roaring_bitmap_s* bits, const SlotWords& words, std::uint32_t count) {
  bitset_container_t* bitset = bitset_container_create();
  std::ranges::copy(words, bitset->array);
  bitset->cardinality = static_cast<std::int32_t>(count);
  append(bits, bitset, kBitsetContainer);
}

// Without counting each word by itself, for which the oldest processors we build for have no instruction.
std::uint32_t count_bits(const SlotWords& words) {
  constexpr std::size_t kGroup = 16;  // its bytes' counts fit in a byte
  std::uint64_t sum = 0;
  for (std::size_t first = 0; first < words.size(); first += kGroup) {
    std::uint64_t bytes = 0;
    for (std::size_t index = first; index < first + kGroup; ++index) {
      std::uint64_t word = words[index];
      word -= word >> 1 & 0x5555555555555555;
      word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
      bytes += (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0F;
    }
    const std::uint64_t pairs = (bytes & 0x00FF00FF00FF00FF) + (bytes >> 8 & 0x00FF00FF00FF00FF);
    sum += (pairs * 0x0001000100010001) >> 48;
  }
  return static_cast<std::uint32_t>(sum);
}

// A binary search without branches that could be guessed wrong.
bool holds(std::span<const Slot> rising, Slot slot) {
  if (rising.empty()) return false;
  const Slot* first = rising.data();
  for (std::size_t count = rising.size(); count > 1; count -= count / 2) {
    first += static_cast<std::size_t>(first[count / 2 - 1] < slot) * (count / 2);
  }
  return *first == slot;
}

void set_bit(SlotWords& words, Slot slot) { words[slot / 64] |= std::uint64_t{1} << (slot % 64); }

// Of rising slots the next is often in the word just written, and would wait for it: four at a time, far apart.
void set_bits(SlotWords& words, std::span<const Slot> slots) {
  const std::size_t quarter = slots.size() / 4;
  for (std::size_t at = 0; at < quarter; ++at) {
    set_bit(words, slots[at]);
    set_bit(words, slots[quarter + at]);
    set_bit(words, slots[2 * quarter + at]);
    set_bit(words, slots[3 * quarter + at]);
  }
  for (const Slot slot : slots.subspan(4 * quarter)) set_bit(words, slot);
}

// Writes the slots of the set bits, rising.
void write_slots(const std::uint64_t* words, Slot* slots) {
  for (std::uint32_t index = 0; index < kSlotsMax / 64; ++index) {
    for (std::uint64_t word = words[index]; word != 0; word &= word - 1) {
      *slots++ = static_cast<Slot>(index * 64 + static_cast<std::uint32_t>(std::countr_zero(word)));
    }
  }
}

// Two arrays of which neither is short beside the other. CRoaring merges such step by step, each a branch that is hard
// to foretell.
struct Lists {
  array_container_t* own;
  std::span<const Slot> other;
};

std::optional<Lists> comparable_lists(roaring_bitmap_s& own, const roaring_bitmap_s& other) {
  constexpr std::int32_t kShort = 256;
  constexpr std::int32_t kShortBeside = 16;
  if (own.high_low_container.size == 0 || other.high_low_container.size == 0) return std::nullopt;
  if (own.high_low_container.typecodes[0] != kArrayContainer) return std::nullopt;
  if (other.high_low_container.typecodes[0] != kArrayContainer) return std::nullopt;
  auto* a = static_cast<array_container_t*>(own.high_low_container.containers[0]);
  const auto* b = static_cast<const array_container_t*>(other.high_low_container.containers[0]);
  const auto [low, high] = std::minmax(a->cardinality, b->cardinality);
  if (low * kShortBeside < high || high < kShort) return std::nullopt;
  return Lists{a, {b->array, static_cast<std::size_t>(b->cardinality)}};
}

// Keeps those that the other has (wanted 1) or has not (0).
void filter(const Lists& lists, std::uint64_t wanted) {
  SlotWords words{};
  set_bits(words, lists.other);
  Slot* slots = lists.own->array;
  std::int32_t count = 0;
  for (std::int32_t at = 0; at < lists.own->cardinality; ++at) {
    const Slot slot = slots[at];
    slots[count] = slot;
    count += (words[slot / 64] >> (slot % 64) & 1) == wanted ? 1 : 0;
  }
  lists.own->cardinality = count;
}

}  // namespace

SlotSet::SlotSet() : bits_(roaring_bitmap_create()) {}
SlotSet::SlotSet(const SlotSet& other) : bits_(roaring_bitmap_copy(other.bits_)) {}
SlotSet::SlotSet(SlotSet&& other) noexcept : bits_(std::exchange(other.bits_, nullptr)) {}
SlotSet& SlotSet::operator=(const SlotSet& other) {
  if (this != &other) *this = SlotSet(other);
  return *this;
}
SlotSet& SlotSet::operator=(SlotSet&& other) noexcept {
  std::swap(bits_, other.bits_);
  return *this;
}
SlotSet::~SlotSet() {
  if (bits_ != nullptr) roaring_bitmap_free(bits_);
}

SlotSet SlotSet::of(std::span<const Slot> rising) {
  SlotSet set;
  if (rising.empty()) return set;
  if (rising.size() <= kArrayMax) {
    append_array(set.bits_, rising);
  } else {
    SlotWords words{};
    set_bits(words, rising);
    append_bitset(set.bits_, words, static_cast<std::uint32_t>(rising.size()));
  }
  return set;
}

SlotSet SlotSet::of_words(const SlotWords& words) {
  const std::uint32_t count = count_bits(words);
  SlotSet set;
  if (count == 0) return set;
  if (count > kArrayMax) {
    append_bitset(set.bits_, words, count);
    return set;
  }
  std::vector<Slot> slots(count);
  write_slots(words.data(), slots.data());
  append_array(set.bits_, slots);
  return set;
}

SlotSet SlotSet::first(std::uint32_t count) {
  SlotSet set;
  if (count > 0) roaring_bitmap_add_range(set.bits_, 0, count);
  return set;
}

std::uint32_t SlotSet::count() const { return static_cast<std::uint32_t>(roaring_bitmap_get_cardinality(bits_)); }
bool SlotSet::empty() const { return roaring_bitmap_is_empty(bits_); }
bool SlotSet::contains(Slot slot) const {
  const roaring_array_t& array = bits_->high_low_container;
  if (array.size == 0) return false;
  if (array.typecodes[0] == kBitsetContainer) {
    return (static_cast<const bitset_container_t*>(array.containers[0])->array[slot / 64] >> (slot % 64) & 1) != 0;
  }
  if (array.typecodes[0] == kArrayContainer) {
    const auto* slots = static_cast<const array_container_t*>(array.containers[0]);
    return holds({slots->array, static_cast<std::size_t>(slots->cardinality)}, slot);
  }
  return roaring_bitmap_contains(bits_, slot);
}
void SlotSet::add(Slot slot) { roaring_bitmap_add(bits_, slot); }
void SlotSet::add(std::span<const Slot> slots) {
  if (slots.empty()) return;
  const std::vector<std::uint32_t> wide = widened(slots);
  roaring_bitmap_add_many(bits_, wide.size(), wide.data());
}
void SlotSet::remove(Slot slot) { roaring_bitmap_remove(bits_, slot); }

SlotSet& SlotSet::operator&=(const SlotSet& other) {
  if (const auto lists = comparable_lists(*bits_, *other.bits_)) {
    filter(*lists, 1);
    if (lists->own->cardinality == 0) *this = SlotSet();
    return *this;
  }
  roaring_bitmap_and_inplace(bits_, other.bits_);
  return *this;
}
SlotSet& SlotSet::operator|=(const SlotSet& other) {
  roaring_bitmap_or_inplace(bits_, other.bits_);
  return *this;
}
SlotSet& SlotSet::operator-=(const SlotSet& other) {
  if (this == &other) return *this = SlotSet();
  if (const auto lists = comparable_lists(*bits_, *other.bits_)) {
    filter(*lists, 0);
    if (lists->own->cardinality == 0) *this = SlotSet();
    return *this;
  }
  roaring_bitmap_andnot_inplace(bits_, other.bits_);
  return *this;
}

std::uint32_t SlotSet::count_common(const SlotSet& other) const {
  return static_cast<std::uint32_t>(roaring_bitmap_and_cardinality(bits_, other.bits_));
}

std::uint32_t SlotSet::count_common(const SlotList& other) const {
  const roaring_array_t& array = bits_->high_low_container;
  if (array.size == 0) return 0;
  std::uint32_t count = 0;
  if (array.typecodes[0] == kBitsetContainer) {
    const std::uint64_t* words = static_cast<const bitset_container_t*>(array.containers[0])->array;
    for (const Slot slot : other.slots) count += (words[slot / 64] >> (slot % 64) & 1) != 0 ? 1 : 0;
  } else if (array.typecodes[0] == kArrayContainer) {
    const auto* own = static_cast<const array_container_t*>(array.containers[0]);
    const std::span<const Slot> slots(own->array, static_cast<std::size_t>(own->cardinality));
    for (const Slot slot : slots) count += other.contains(slot) ? 1 : 0;
  } else {
    for (const Slot slot : other.slots) count += contains(slot) ? 1 : 0;
  }
  return count;
}

std::vector<Slot> SlotSet::slots() const {
  const roaring_array_t& array = bits_->high_low_container;
  std::vector<Slot> slots(count());
  if (slots.empty()) return slots;
  if (array.typecodes[0] == kBitsetContainer) {
    write_slots(static_cast<const bitset_container_t*>(array.containers[0])->array, slots.data());
  } else if (array.typecodes[0] == kArrayContainer) {
    std::copy_n(static_cast<const array_container_t*>(array.containers[0])->array, slots.size(), slots.begin());
  } else {
    std::vector<std::uint32_t> wide(slots.size());
    roaring_bitmap_to_uint32_array(bits_, wide.data());
    std::ranges::transform(wide, slots.begin(), [](std::uint32_t slot) { return static_cast<Slot>(slot); });
  }
  return slots;
}

void SlotSet::mark(SlotWords& words) const {
  const roaring_array_t& array = bits_->high_low_container;
  if (array.size == 0) return;
  if (array.typecodes[0] == kBitsetContainer) {
    const auto* bitset = static_cast<const bitset_container_t*>(array.containers[0]);
    for (std::size_t index = 0; index < words.size(); ++index) words[index] |= bitset->array[index];
  } else if (array.typecodes[0] == kArrayContainer) {
    const auto* slots = static_cast<const array_container_t*>(array.containers[0]);
    set_bits(words, {slots->array, static_cast<std::size_t>(slots->cardinality)});
  } else {
    set_bits(words, slots());
  }
}

bool operator==(const SlotSet& a, const SlotSet& b) { return roaring_bitmap_equals(a.bits_, b.bits_); }

void SlotSet::optimise() {
  roaring_bitmap_run_optimize(bits_);
  roaring_bitmap_shrink_to_fit(bits_);
}

std::size_t SlotSet::memory_bytes() const {
  std::size_t bytes = sizeof(roaring_bitmap_t) + kAllocationOverhead;
  const roaring_array_t& array = bits_->high_low_container;
  if (array.allocation_size == 0) return bytes;
  bytes += static_cast<std::size_t>(array.allocation_size) * (sizeof(void*) + 2 + 1) + kAllocationOverhead;
  if (array.size == 0) return bytes;
  bytes += sizeof(RunContainer) + 2 * kAllocationOverhead;
  if (array.typecodes[0] == kBitsetContainer) return bytes + sizeof(SlotWords);
  if (array.typecodes[0] == kArrayContainer) {
    const auto* slots = static_cast<const array_container_t*>(array.containers[0]);
    return bytes + static_cast<std::size_t>(slots->capacity) * sizeof(Slot);
  }
  const auto* runs = static_cast<const RunContainer*>(array.containers[0]);
  return bytes + static_cast<std::size_t>(runs->capacity) * 2 * sizeof(Slot);
}

}  // namespace rapport::index
