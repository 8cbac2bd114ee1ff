#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

struct roaring_bitmap_s;

namespace rapport::index {

using Slot = std::uint16_t;
constexpr std::uint32_t kSlotsMax = 65536;  // of a block: one container of a Roaring bitmap
// One bit per slot: what unions of many sets are collected in.
using SlotWords = std::array<std::uint64_t, kSlotsMax / 64>;
// The same slots twice: rising, and as bits.
struct SlotList {
  std::span<const Slot> slots;
  const SlotWords& words;
  bool contains(Slot slot) const { return (words[slot / 64] >> (slot % 64) & 1) != 0; }
};

// A set of slots of one block: a CRoaring bitmap. A value; copies are deep.
class SlotSet {
 public:
  SlotSet();
  SlotSet(const SlotSet& other);
  SlotSet(SlotSet&& other) noexcept;
  SlotSet& operator=(const SlotSet& other);
  SlotSet& operator=(SlotSet&& other) noexcept;
  ~SlotSet();
  static SlotSet of(std::span<const Slot> rising);
  static SlotSet of_words(const SlotWords& words);
  static SlotSet first(std::uint32_t count);  // 0 .. count-1

  std::uint32_t count() const;
  bool empty() const;
  bool contains(Slot slot) const;
  void add(Slot slot);
  void add(std::span<const Slot> slots);
  void remove(Slot slot);
  SlotSet& operator&=(const SlotSet& other);
  SlotSet& operator|=(const SlotSet& other);
  SlotSet& operator-=(const SlotSet& other);
  std::uint32_t count_common(const SlotSet& other) const;
  std::uint32_t count_common(const SlotList& other) const;  // faster when the list is short
  std::vector<Slot> slots() const;                          // rising
  void mark(SlotWords& words) const;                        // sets its bits
  friend bool operator==(const SlotSet& a, const SlotSet& b);
  void optimise();  // the smallest form, before it is kept
  std::size_t memory_bytes() const;

 private:
  roaring_bitmap_s* bits_;
};

}  // namespace rapport::index
