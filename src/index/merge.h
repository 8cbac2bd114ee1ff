#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "index/base_builder.h"
#include "index/block.h"
#include "index/index.h"

namespace rapport::index {

struct RowKeeper {
  std::vector<RowPtr> rows;  // also of deltas before that readers may still hold
};

// A block without changes; `dead` are the slots of the base that have no row.
std::shared_ptr<const Block> clean_block(std::shared_ptr<const Base> base, SlotSet dead, std::string first_key);

// The block with its delta in its base: one block, several when it had too many rows, none when it has no row.
std::vector<std::shared_ptr<const Block>> merged(const Block& block, const Options& options);

// Slots whose values go.
struct GoneSlots {
  explicit GoneSlots(const SlotSet& gone);
  explicit GoneSlots(const SlotWords& gone);
  explicit GoneSlots(std::vector<Slot> rising);
  SlotList list() const { return {slots, words}; }
  bool contains(Slot slot) const { return list().contains(slot); }
  std::vector<Slot> slots;
  SlotWords words{};
};
// What a merge does to one field. Both give the old field itself when nothing changes, and nullptr when nothing is
// left. `old` may be nullptr; `added` comes slot by slot in any order, at most one number of each.
std::shared_ptr<const Postings> edited(const std::shared_ptr<const Postings>& old, const GoneSlots& gone,
                                       std::vector<Entry> added);
std::shared_ptr<const NumberColumn> edited(const std::shared_ptr<const NumberColumn>& old, const GoneSlots& gone,
                                           std::vector<std::pair<Slot, double>> added);

}  // namespace rapport::index
