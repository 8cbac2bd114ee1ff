#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "index/block.h"

namespace rapport::index {
namespace {

// Bit i: whether from <= codes[i] < from + count. A loop the compiler turns into vector instructions.
template <class Code>
std::uint64_t word_of(const Code* codes, Code from, Code count) {
  std::array<std::uint8_t, 64> inside;
  for (std::size_t index = 0; index < 64; ++index) {
    inside[index] = static_cast<Code>(codes[index] - from) < count ? 1 : 0;
  }
  std::uint64_t word = 0;
  for (std::size_t byte = 0; byte < 8; ++byte) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, inside.data() + 8 * byte, sizeof eight);
    word |= (eight * 0x0102040810204080 >> 56) << (8 * byte);  // gathers the lowest bit of each byte
  }
  return word;
}

template <class Code>
SlotSet scan(const std::vector<Code>& codes, std::size_t from, std::size_t end) {
  SlotWords words{};
  const auto first = static_cast<Code>(from);
  const auto count = static_cast<Code>(end - from);
  const std::size_t full = codes.size() / 64;
  for (std::size_t index = 0; index < full; ++index) words[index] = word_of(&codes[index * 64], first, count);
  for (std::size_t slot = full * 64; slot < codes.size(); ++slot) {
    const bool inside = static_cast<Code>(codes[slot] - first) < count;
    words[slot / 64] |= std::uint64_t{inside} << (slot % 64);
  }
  return SlotSet::of_words(words);
}

// Those of the slots whose code is from <= code < end.
template <class Code>
std::vector<Slot> picked(const std::vector<Code>& codes, std::size_t from, std::size_t end, std::vector<Slot> slots) {
  std::size_t count = 0;
  for (const Slot slot : slots) {  // without branches
    const std::size_t code = slot < codes.size() ? codes[slot] : end;
    slots[count] = slot;
    count += code - from < end - from ? 1 : 0;
  }
  slots.resize(count);
  return slots;
}

}  // namespace

NumberColumn::NumberColumn(Parts parts) : parts_(std::move(parts)) {
  CHECK(!parts_.values.empty() && parts_.values.size() <= kWideAbsent);
  CHECK(parts_.narrow.empty() || parts_.values.size() <= kNarrowAbsent);
}

bool NumberColumn::Range::contains(double value) const {
  return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
}

std::optional<double> NumberColumn::at(Slot slot) const {
  if (slot < parts_.narrow.size()) {
    const std::uint8_t code = parts_.narrow[slot];
    return code == kNarrowAbsent ? std::nullopt : std::optional(parts_.values[code]);
  }
  if (slot >= parts_.wide.size() || parts_.wide[slot] == kWideAbsent) return std::nullopt;
  return parts_.values[parts_.wide[slot]];
}

double NumberColumn::lowest() const { return parts_.values.front(); }
double NumberColumn::highest() const { return parts_.values.back(); }

NumberColumn::Codes NumberColumn::codes_in(const Range& range) const {
  const std::vector<double>& values = parts_.values;
  const auto first = range.low_open ? std::ranges::upper_bound(values, range.low)  //
                                    : std::ranges::lower_bound(values, range.low);
  const auto end = range.high_open ? std::ranges::lower_bound(values, range.high)  //
                                   : std::ranges::upper_bound(values, range.high);
  if (first >= end) return {0, 0};
  return {static_cast<std::size_t>(first - values.begin()), static_cast<std::size_t>(end - values.begin())};
}

SlotSet NumberColumn::slots_in(const Range& range) const {
  const auto [from, end] = codes_in(range);
  if (from == end) return {};
  const std::size_t size = std::max(parts_.narrow.size(), parts_.wide.size());
  if (from == 0 && end == parts_.values.size() && parts_.slot_count == size) {
    return SlotSet::first(parts_.slot_count);
  }
  return parts_.narrow.empty() ? scan(parts_.wide, from, end) : scan(parts_.narrow, from, end);
}

SlotSet NumberColumn::slots_in(const Range& range, const SlotSet& among) const {
  constexpr std::uint32_t kCheaperOneByOne = 2048;
  if (among.count() > kCheaperOneByOne) {
    SlotSet found = slots_in(range);
    found &= among;
    return found;
  }
  const auto [from, end] = codes_in(range);
  return SlotSet::of(parts_.narrow.empty() ? picked(parts_.wide, from, end, among.slots())
                                           : picked(parts_.narrow, from, end, among.slots()));
}

std::size_t NumberColumn::memory_bytes() const {
  constexpr std::size_t kAllocationOverhead = 16;
  return sizeof *this + 4 * kAllocationOverhead + parts_.values.capacity() * sizeof(double) + parts_.narrow.capacity() +
         parts_.wide.capacity() * sizeof(std::uint16_t);
}

}  // namespace rapport::index
