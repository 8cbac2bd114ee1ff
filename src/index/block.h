#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/row.h"
#include "index/slot_set.h"

namespace rapport::index {

// Which slots of a base have each value of one field: small postings as slots one after the other, large ones as
// bitmaps shared with the base before. Immutable once published.
class Postings {
 public:
  // Positions of values run from 0 to value_count()-1 by rising value number.
  std::uint32_t value_count() const { return static_cast<std::uint32_t>(values_.size()); }
  std::span<const ValueNumber> values() const { return values_; }
  std::optional<std::uint32_t> find(ValueNumber value) const;  // its position
  std::uint32_t count(std::uint32_t position) const;
  void add_to(SlotSet& set, std::uint32_t position) const;    // the union of many: see evaluate.cpp for the fast way
  std::span<const Slot> small(std::uint32_t position) const;  // empty when it is large
  const SlotSet* large(std::uint32_t position) const;         // nullptr when it is small
  bool contains(std::uint32_t position, Slot slot) const;
  std::uint32_t slot_count() const;  // slots with at least one value
  bool single_valued() const;        // no slot has two values
  std::size_t memory_bytes() const;

 private:
  friend class BaseBuilder;
  std::vector<ValueNumber> values_;
  // ... the owner of this file decides
};

// The numbers of one field by slot: codes that keep the order, and what they stand for.
class NumberColumn {
 public:
  std::optional<double> at(Slot slot) const;
  double lowest() const;  // of all slots
  double highest() const;
  // The slots whose number is in the range (bounds may be infinite, and open or closed).
  struct Range {
    double low = -std::numeric_limits<double>::infinity();
    double high = std::numeric_limits<double>::infinity();
    bool low_open = false;
    bool high_open = false;
    bool contains(double value) const;
  };
  SlotSet slots_in(const Range& range) const;
  SlotSet slots_in(const Range& range, const SlotSet& among) const;  // cheaper when `among` is small
  std::size_t memory_bytes() const;
};

// The rows of a block as of its last merge. Immutable.
class Base {
 public:
  std::uint64_t generation() const;  // unlike that of any other base of this process
  std::uint32_t size() const;        // slots 0 .. size()-1
  std::string_view key_id(Slot slot) const;
  std::optional<Slot> find(std::string_view key_id) const;
  std::span<const Slot> order() const;  // the slots by rising key_id
  std::uint32_t user(Slot slot) const;  // kNoUser when none
  std::span<const std::uint32_t> users() const;
  const Postings* postings(FieldNumber field) const;     // nullptr when no slot has it
  const NumberColumn* numbers(FieldNumber field) const;  // likewise
  Row row(Slot slot) const;                              // put together again; slow (it asks every posting)
  std::size_t memory_bytes() const;
};

// What changed in a block since its base. Immutable.
struct Delta {
  SlotSet gone;              // slots of the base that no longer count: removed, or replaced by a row below
  std::vector<RowPtr> rows;  // by rising key_id, each id once
};

// A range of ids: from its first_key up to the next block's.
struct Block {
  std::shared_ptr<const Base> base;
  std::shared_ptr<const Delta> delta;
  std::string first_key;  // "" for the first block

  std::uint32_t size() const;  // rows that count
};

}  // namespace rapport::index
