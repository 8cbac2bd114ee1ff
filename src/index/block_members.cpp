#include "index/block_members.h"

#include <algorithm>
#include <ranges>

namespace rapport::index {
namespace {

// The member slots by rising id, one after the other.
class OrderedSlots {
 public:
  OrderedSlots(const Block& block, const BlockAnswer& answer, std::optional<std::string_view> after)
      : order_(block.base->order()) {
    answer.slots->mark(words_);
    if (block.delta) {
      SlotWords gone{};
      block.delta->gone.mark(gone);
      for (std::size_t word = 0; word < words_.size(); ++word) words_[word] &= ~gone[word];
    }
    if (after) {
      const auto is_before = [&](Slot slot) { return block.base->key_id(slot) <= *after; };
      at_ = static_cast<std::size_t>(std::ranges::partition_point(order_, is_before) - order_.begin());
    }
    skip();
  }
  bool at_end() const { return at_ == order_.size(); }
  Slot slot() const { return order_[at_]; }
  void next() {
    ++at_;
    skip();
  }

 private:
  void skip() {
    while (at_ < order_.size() && (words_[order_[at_] >> 6] >> (order_[at_] & 63) & 1) == 0) ++at_;
  }

  std::span<const Slot> order_;
  SlotWords words_{};
  std::size_t at_ = 0;
};

}  // namespace

SlotSet member_slots(const Block& block, const BlockAnswer& answer) {
  SlotSet slots = *answer.slots;
  if (block.delta) slots -= block.delta->gone;
  return slots;
}

SlotSet slots_stating(const Block& block, const BlockAnswer& answer, FieldNumber field) {
  SlotSet slots = member_slots(block, answer);
  for (const auto position : answer.rows->matching) {
    if (block.delta->rows[position]->states(field)) continue;
    slots.add(static_cast<Slot>(block.delta->replaced_slots[position]));
  }
  return slots;
}

bool is_member(const Block& block, const BlockAnswer& answer, std::string_view key_id) {
  if (block.delta) {
    const auto& rows = block.delta->rows;
    const auto row =
        std::ranges::lower_bound(rows, key_id, {}, [](const Row* each) -> std::string_view { return each->key_id; });
    if (row != rows.end() && (*row)->key_id == key_id) {
      return std::ranges::binary_search(answer.rows->matching, static_cast<std::uint16_t>(row - rows.begin()));
    }
  }
  const auto slot = block.base->find(key_id);
  return slot && answer.slots->contains(*slot) && !(block.delta && block.delta->gone.contains(*slot));
}

bool visit_members(const Block& block, const BlockAnswer& answer, std::optional<std::string_view> after,
                   const std::function<bool(std::string_view key_id)>& visit) {
  const auto key_of_row = [&](std::uint16_t position) -> std::string_view {
    return block.delta->rows[position]->key_id;
  };
  auto row = answer.rows->matching.begin();
  if (after) {
    row = std::ranges::partition_point(answer.rows->matching,
                                       [&](std::uint16_t each) { return key_of_row(each) <= *after; });
  }
  for (OrderedSlots slots(block, answer, after); !slots.at_end(); slots.next()) {
    const auto key_id = block.base->key_id(slots.slot());
    for (; row != answer.rows->matching.end() && key_of_row(*row) < key_id; ++row) {
      if (!visit(key_of_row(*row))) return false;
    }
    if (!visit(key_id)) return false;
  }
  for (; row != answer.rows->matching.end(); ++row) {
    if (!visit(key_of_row(*row))) return false;
  }
  return true;
}

}  // namespace rapport::index
