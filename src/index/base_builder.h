#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "index/block.h"

namespace rapport::index {

// A value and a slot that has it, as one number to sort by.
using Entry = std::uint64_t;
constexpr Entry entry_of(ValueNumber value, Slot slot) { return Entry{value} << 16 | slot; }
constexpr ValueNumber value_of(Entry entry) { return static_cast<ValueNumber>(entry >> 16); }
constexpr Slot slot_of(Entry entry) { return static_cast<Slot>(entry); }

// A posting with more slots is kept as a set of its own.
constexpr std::size_t kSmallPostingMax = 64;

// A number and the slot that has it; the key sorts as the number does.
struct NumberEntry {
  std::uint64_t key;
  Slot slot;
};
std::uint64_t number_key(double value);
double number_of_key(std::uint64_t key);

// Takes values position by position and makes postings of them.
class PostingsWriter {
 public:
  void reserve(std::size_t values, std::size_t slots);
  void add(ValueNumber value, std::span<const Slot> rising);  // none: leaves the value out
  void add_large(ValueNumber value, std::shared_ptr<const SlotSet> set);
  // The positions from `first` up to `end` of other postings as they are.
  void copy(const Postings& from, std::uint32_t first, std::uint32_t end);
  bool empty() const { return parts_.values.empty(); }
  Postings::Parts finish();  // without the counts of slots and entries

 private:
  Postings::Parts parts_;
};

// Builds a base from rows by rising key_id; the slots are in that order. Keeps its memory from one base to the next.
// Not thread-safe.
class BaseBuilder {
 public:
  void add(const RowView& row);
  std::uint32_t size() const { return static_cast<std::uint32_t>(users_.size()); }
  std::shared_ptr<const Base> finish();

 private:
  struct FieldTerms {
    std::vector<Entry> entries;  // by rising slot
    std::uint32_t slot_count = 0;
  };
  std::shared_ptr<const Postings> finish_postings(FieldTerms& terms);
  std::shared_ptr<const NumberColumn> finish_numbers(std::vector<NumberEntry>& numbers);

  KeyIds ids_;
  std::vector<std::uint32_t> users_;
  std::vector<FieldTerms> terms_;                  // by field
  std::vector<std::vector<NumberEntry>> numbers_;  // by field, by rising slot
  std::vector<Entry> entries_;                     // to sort with
  std::vector<NumberEntry> number_entries_;
  std::vector<Slot> slots_;
};

}  // namespace rapport::index
