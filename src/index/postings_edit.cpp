#include <algorithm>
#include <bit>
#include <span>

#include "index/merge.h"

namespace rapport::index {
namespace {

// A value whose posting may change.
struct Touched {
  ValueNumber value;
  std::uint32_t position;        // kNoPosition when the value is new
  std::uint32_t removed = 0;     // slots that go
  std::span<const Entry> added;  // of this value
};
constexpr std::uint32_t kNoPosition = 0xFFFFFFFF;

void find_small_removals(const Postings& old, const GoneSlots& gone, std::vector<Touched>& touched) {
  const std::vector<Slot>& slots = old.parts().slots;
  const std::vector<std::uint32_t>& starts = old.parts().starts;
  auto after = starts.begin();
  for (std::uint32_t index = 0; index < slots.size(); ++index) {
    if (!gone.contains(slots[index])) continue;
    const auto previous = after;
    after = std::upper_bound(after, starts.end(), index);
    if (after == previous) {
      ++touched.back().removed;
    } else {
      const auto position = static_cast<std::uint32_t>(after - starts.begin()) - 1;
      touched.push_back({old.values()[position], position, 1, {}});
    }
  }
}

void find_large_removals(const Postings& old, const GoneSlots& gone, std::vector<Touched>& touched) {
  for (std::size_t index = 0; index < old.parts().large.size(); ++index) {
    const std::uint32_t removed = old.parts().large[index]->count_common(gone.list());
    const std::uint32_t position = old.parts().large_positions[index];
    if (removed > 0) touched.push_back({old.values()[position], position, removed, {}});
  }
}

void find_additions(const Postings* old, std::span<const Entry> added, std::vector<Touched>& touched) {
  for (std::size_t first = 0, end = 0; first < added.size(); first = end) {
    const ValueNumber value = value_of(added[first]);
    while (end < added.size() && value_of(added[end]) == value) ++end;
    const auto position = old == nullptr ? std::nullopt : old->find(value);
    touched.push_back({value, position.value_or(kNoPosition), 0, added.subspan(first, end - first)});
  }
}

// What is removed of a value and what is added to it, as one.
void unite_by_value(std::vector<Touched>& touched) {
  std::ranges::sort(touched, {}, &Touched::value);
  auto last = touched.begin();
  for (auto next = touched.begin(); next != touched.end(); ++next) {
    if (next == touched.begin()) continue;
    if (next->value == last->value) {
      last->removed += next->removed;
      if (!next->added.empty()) last->added = next->added;
    } else {
      *++last = *next;
    }
  }
  if (!touched.empty()) touched.erase(last + 1, touched.end());
}

// Whether the slots that go are the slots that come.
bool same_as_before(const Touched& touch, const Postings* old, const GoneSlots& gone) {
  return touch.removed == touch.added.size() && touch.position != kNoPosition &&
         std::ranges::all_of(touch.added, [&](Entry entry) {
           return gone.contains(slot_of(entry)) && old->contains(touch.position, slot_of(entry));
         });
}

void write_small(const Touched& touch, std::span<const Slot> before, const GoneSlots& gone, PostingsWriter& writer) {
  std::vector<Slot> slots;
  slots.reserve(before.size() + touch.added.size());
  auto next = touch.added.begin();
  for (const Slot slot : before) {
    if (gone.contains(slot)) continue;
    for (; next != touch.added.end() && slot_of(*next) < slot; ++next) slots.push_back(slot_of(*next));
    slots.push_back(slot);
  }
  for (; next != touch.added.end(); ++next) slots.push_back(slot_of(*next));
  writer.add(touch.value, slots);
}

void write_large(const Touched& touch, const SlotSet& before, const SlotSet& gone_set, PostingsWriter& writer) {
  std::vector<Slot> added;
  added.reserve(touch.added.size());
  for (const Entry entry : touch.added) added.push_back(slot_of(entry));
  auto after = std::make_shared<SlotSet>(before);
  if (touch.removed > 0) *after -= gone_set;
  if (!added.empty()) *after |= SlotSet::of(added);
  if (after->count() > kSmallPostingMax / 2) {
    writer.add_large(touch.value, std::move(after));
  } else {
    writer.add(touch.value, after->slots());
  }
}

std::uint32_t count_slots(const Postings::Parts& parts) {
  SlotWords words{};
  for (const Slot slot : parts.slots) words[slot / 64] |= std::uint64_t{1} << (slot % 64);
  for (const auto& set : parts.large) set->mark(words);
  std::uint32_t count = 0;
  for (const std::uint64_t word : words) count += static_cast<std::uint32_t>(std::popcount(word));
  return count;
}

std::uint32_t count_slots(std::span<const Entry> entries) {
  SlotWords words{};
  std::uint32_t count = 0;
  for (const Entry entry : entries) {
    const Slot slot = slot_of(entry);
    const std::uint64_t bit = std::uint64_t{1} << (slot % 64);
    if ((words[slot / 64] & bit) == 0) ++count;
    words[slot / 64] |= bit;
  }
  return count;
}

Postings::Parts written(const Postings* old, const GoneSlots& gone, const std::vector<Touched>& touched) {
  PostingsWriter writer;
  const SlotSet gone_set = SlotSet::of(gone.slots);
  if (old != nullptr) writer.reserve(old->value_count() + touched.size(), old->parts().slots.size() + touched.size());
  std::uint32_t copied = 0;  // positions of `old` that are done
  for (const Touched& touch : touched) {
    const std::uint32_t next = old == nullptr
                                   ? 0
                                   : static_cast<std::uint32_t>(std::lower_bound(old->values().begin() + copied,
                                                                                 old->values().end(), touch.value) -
                                                                old->values().begin());
    if (next > copied) writer.copy(*old, copied, next);
    copied = touch.position == kNoPosition ? next : next + 1;
    const SlotSet* large = touch.position == kNoPosition ? nullptr : old->large(next);
    if (large != nullptr) {
      write_large(touch, *large, gone_set, writer);
    } else {
      write_small(touch, touch.position == kNoPosition ? std::span<const Slot>{} : old->small(next), gone, writer);
    }
  }
  if (old != nullptr && copied < old->value_count()) writer.copy(*old, copied, old->value_count());
  return writer.finish();
}

// The slots that get several values. The entries of a slot are together.
SlotWords slots_with_several(std::span<const Entry> added) {
  SlotWords words{};
  for (std::size_t index = 1; index < added.size(); ++index) {
    const Slot slot = slot_of(added[index]);
    if (slot == slot_of(added[index - 1])) words[slot / 64] |= std::uint64_t{1} << (slot % 64);
  }
  return words;
}

// Takes out the slots that are written again with the only value they had: of `added`, which is sorted, and of `words`.
void leave_out_kept(const Postings& old, const SlotWords& several, std::vector<Entry>& added, SlotWords& words) {
  auto out = added.begin();
  std::optional<std::uint32_t> position;
  for (std::size_t index = 0; index < added.size(); ++index) {
    const Entry entry = added[index];
    if (index == 0 || value_of(entry) != value_of(added[index - 1])) position = old.find(value_of(entry));
    const Slot slot = slot_of(entry);
    const std::uint64_t bit = std::uint64_t{1} << (slot % 64);
    const bool may_stay = position && (words[slot / 64] & bit) != 0 && (several[slot / 64] & bit) == 0;
    if (may_stay && old.contains(*position, slot)) {
      words[slot / 64] &= ~bit;
    } else {
      *out++ = entry;
    }
  }
  added.erase(out, added.end());
}

std::shared_ptr<const Postings> rewritten(const std::shared_ptr<const Postings>& old, const GoneSlots& gone,
                                          const std::vector<Entry>& added) {
  std::vector<Touched> touched;
  if (old != nullptr) {
    find_small_removals(*old, gone, touched);
    find_large_removals(*old, gone, touched);
  }
  std::uint32_t removed = 0;
  for (const Touched& touch : touched) removed += touch.removed;
  find_additions(old.get(), added, touched);
  unite_by_value(touched);
  std::erase_if(touched, [&](const Touched& touch) { return same_as_before(touch, old.get(), gone); });
  if (touched.empty()) return old;

  Postings::Parts parts = written(old.get(), gone, touched);
  if (parts.values.empty()) return nullptr;
  const std::uint32_t entries_before = old ? old->parts().entry_count : 0;
  parts.entry_count = entries_before - removed + static_cast<std::uint32_t>(added.size());
  if (old == nullptr || old->single_valued()) {
    parts.slot_count = (old ? old->slot_count() : 0) - removed + count_slots(added);
  } else {
    parts.slot_count = count_slots(parts);
  }
  return std::make_shared<const Postings>(std::move(parts));
}

}  // namespace

GoneSlots::GoneSlots(const SlotSet& gone) : slots(gone.slots()) { gone.mark(words); }
GoneSlots::GoneSlots(const SlotWords& gone) : slots(SlotSet::of_words(gone).slots()), words(gone) {}
GoneSlots::GoneSlots(std::vector<Slot> rising) : slots(std::move(rising)) {
  for (const Slot slot : slots) words[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

std::shared_ptr<const Postings> edited(const std::shared_ptr<const Postings>& old, const GoneSlots& gone,
                                       std::vector<Entry> added) {
  const SlotWords several = slots_with_several(added);
  std::ranges::sort(added);
  if (old == nullptr || !old->single_valued()) return rewritten(old, gone, added);
  SlotWords words = gone.words;
  leave_out_kept(*old, several, added, words);
  const GoneSlots changing(words);
  if (changing.slots.empty() && added.empty()) return old;
  return rewritten(old, changing, added);
}

}  // namespace rapport::index
