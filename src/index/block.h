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

// Of one block, so that the codes of a number column leave one over for slots without a number.
constexpr std::uint32_t kBlockRowsMax = kSlotsMax - 1;

// Which slots of a base have each value of one field: small postings as slots one after the other, large ones as
// bitmaps shared with the base before. Immutable.
class Postings {
 public:
  struct Parts {
    std::vector<ValueNumber> values;                    // rising
    std::vector<std::uint32_t> starts;                  // by position: where its slots start; and the end
    std::vector<Slot> slots;                            // of small postings, rising in each
    std::vector<std::uint32_t> large_positions;         // rising; these have no slots above
    std::vector<std::shared_ptr<const SlotSet>> large;  // parallel
    std::uint32_t slot_count = 0;                       // slots with at least one value
    std::uint32_t entry_count = 0;                      // pairs of a slot and a value
  };
  explicit Postings(Parts parts);

  // Positions of values run from 0 to value_count()-1 by rising value number. Every position has a slot.
  std::uint32_t value_count() const { return static_cast<std::uint32_t>(parts_.values.size()); }
  std::span<const ValueNumber> values() const { return parts_.values; }
  std::optional<std::uint32_t> find(ValueNumber value) const;  // its position
  std::uint32_t count(std::uint32_t position) const;
  void add_to(SlotSet& set, std::uint32_t position) const;
  void mark(SlotWords& words, std::uint32_t position) const;  // for the union of many
  std::span<const Slot> small(std::uint32_t position) const;  // empty when it is large
  const SlotSet* large(std::uint32_t position) const;         // nullptr when it is small
  bool contains(std::uint32_t position, Slot slot) const;
  std::uint32_t slot_count() const { return parts_.slot_count; }
  bool single_valued() const { return parts_.slot_count == parts_.entry_count; }  // no slot has two values
  std::size_t memory_bytes() const;
  const Parts& parts() const { return parts_; }

 private:
  Parts parts_;
};

// The numbers of one field by slot: codes that keep the order, and what they stand for. Immutable.
class NumberColumn {
 public:
  struct Parts {
    std::vector<double> values;        // rising; a code is a position in it
    std::vector<std::uint8_t> narrow;  // codes by slot when there are at most 255 values, else empty
    std::vector<std::uint16_t> wide;   // otherwise; slots beyond the end have no number
    std::uint32_t slot_count = 0;      // slots that have a number
  };
  static constexpr std::uint8_t kNarrowAbsent = 0xFF;
  static constexpr std::uint16_t kWideAbsent = 0xFFFF;
  explicit NumberColumn(Parts parts);

  std::optional<double> at(Slot slot) const;
  double lowest() const;  // of all slots
  double highest() const;
  std::uint32_t slot_count() const { return parts_.slot_count; }
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
  const Parts& parts() const { return parts_; }

 private:
  struct Codes {
    std::size_t from, end;
  };
  Codes codes_in(const Range& range) const;

  Parts parts_;
};

// The ids of a base by slot.
struct KeyIds {
  std::vector<char> text;             // one after the other
  std::vector<std::uint32_t> starts;  // by slot: where its id starts; and the end
  std::vector<Slot> order;            // as Base::order; empty when that is 0, 1, 2 ..
  std::string prefix;                 // that all ids share
  std::vector<std::uint64_t> heads;   // of every kHeadEvery-th id in order
  static constexpr std::uint32_t kHeadEvery = 16;

  // Eight bytes that sort as ids do where they differ: those after the prefix.
  std::uint64_t head(std::string_view key_id) const;
  std::string_view id(Slot slot) const { return {text.data() + starts[slot], starts[slot + 1U] - starts[slot]}; }
  std::span<const Slot> slots_in_order() const;
  void sample_heads();  // fills in the prefix and the heads
};

// The rows of a block as of its last merge. A slot may be dead: of no row, in no posting, without numbers; it is in
// `gone` of every delta of the base. Immutable; bases share what did not change between them.
class Base {
 public:
  struct Parts {
    std::shared_ptr<const KeyIds> ids;
    std::shared_ptr<const std::vector<std::uint32_t>> users;  // by slot
    std::vector<std::shared_ptr<const Postings>> postings;    // by field; nullptr when no slot has it
    std::vector<std::shared_ptr<const NumberColumn>> numbers;
  };
  explicit Base(Parts parts);

  std::uint64_t generation() const { return generation_; }  // unlike that of any other base of this process
  std::uint32_t size() const { return static_cast<std::uint32_t>(parts_.ids->starts.size() - 1); }  // of slots
  std::string_view key_id(Slot slot) const { return parts_.ids->id(slot); }                         // "" of a dead slot
  std::optional<Slot> find(std::string_view key_id) const;
  std::span<const Slot> order() const { return order_; }                 // the slots that are not dead by rising key_id
  std::uint32_t user(Slot slot) const { return (*parts_.users)[slot]; }  // kNoUser when none
  std::span<const std::uint32_t> users() const { return *parts_.users; }
  const Postings* postings(FieldNumber field) const;     // nullptr when no slot has it
  const NumberColumn* numbers(FieldNumber field) const;  // likewise
  Row row(Slot slot) const;                              // put together again; slow (it asks every posting)
  std::size_t memory_bytes() const;
  const Parts& parts() const { return parts_; }

 private:
  Parts parts_;
  std::span<const Slot> order_;
  std::uint64_t generation_;
};

// Keeps alive the rows of all deltas of one base. Only the index's writer looks inside.
struct RowKeeper;

// What changed in a block since its base. Immutable.
struct Delta {
  SlotSet gone;                               // slots of the base that do not count: dead, removed, replaced or patched
  std::vector<const Row*> rows;               // by rising key_id, each id once; patches of slots of the base among them
  std::vector<std::uint64_t> heads;           // parallel: as KeyIds::head of the base
  std::vector<std::uint32_t> replaced_slots;  // parallel: the id's slot in the base, or kNoSlot
  std::shared_ptr<RowKeeper> keeper;          // owns the rows
};
constexpr std::uint32_t kNoSlot = 0xFFFFFFFF;

// A range of ids: from its first_key up to the next block's. Immutable once in a snapshot.
struct Block {
  std::shared_ptr<const Base> base;
  std::shared_ptr<const Delta> delta;
  std::string first_key;  // "" for the first block

  std::uint32_t size() const;  // rows that count
};

}  // namespace rapport::index
