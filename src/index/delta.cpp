#include "index/delta.h"

#include <algorithm>

namespace rapport::index {

namespace {

// The position of the first row from `from` on whose id is not less.
std::size_t first_not_less(const Delta& delta, std::size_t from, std::uint64_t head, std::string_view key_id) {
  const auto [low, high] =
      std::equal_range(delta.heads.begin() + static_cast<std::ptrdiff_t>(from), delta.heads.end(), head);
  const auto first = delta.rows.begin() + (low - delta.heads.begin());
  const auto row = std::lower_bound(first, first + (high - low), key_id,
                                    [](const Row* a, std::string_view b) { return a->key_id < b; });
  return static_cast<std::size_t>(row - delta.rows.begin());
}

// Goes through the rows of an old delta and writes those of a new one.
class DeltaWriter {
 public:
  DeltaWriter(const Delta& old, std::size_t room) : old_(old), delta_(std::make_shared<Delta>()) {
    delta_->gone = old.gone;
    delta_->keeper = old.keeper;
    delta_->rows.reserve(old.rows.size() + room);
    delta_->heads.reserve(old.rows.size() + room);
    delta_->replaced_slots.reserve(old.rows.size() + room);
  }

  // Copies the old rows below the id; true when the next has the id itself.
  bool advance(std::string_view key_id, std::uint64_t head) {
    copy_until(first_not_less(old_, done_, head, key_id));
    return done_ < old_.rows.size() && old_.heads[done_] == head && old_.rows[done_]->key_id == key_id;
  }

  const Row& old_row() const { return *old_.rows[done_]; }
  std::uint32_t skip() { return old_.replaced_slots[done_++]; }  // an old row; gives the slot it replaced

  void add(const RowPtr& row, std::uint64_t head, std::uint32_t slot) {
    delta_->keeper->rows.push_back(row);
    delta_->rows.push_back(row.get());
    delta_->heads.push_back(head);
    delta_->replaced_slots.push_back(slot);
  }

  SlotSet& gone() { return delta_->gone; }

  std::shared_ptr<const Delta> finish() {
    copy_until(old_.rows.size());
    return std::move(delta_);
  }

 private:
  void copy_until(std::size_t end) {
    const auto copy = [&](const auto& from, auto& to) {
      to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(done_),
                from.begin() + static_cast<std::ptrdiff_t>(end));
    };
    copy(old_.rows, delta_->rows);
    copy(old_.heads, delta_->heads);
    copy(old_.replaced_slots, delta_->replaced_slots);
    done_ = end;
  }

  const Delta& old_;
  std::shared_ptr<Delta> delta_;
  std::size_t done_ = 0;  // rows of the old delta
};

}  // namespace

std::shared_ptr<const Block> changed(const Block& block, std::span<const RowChange* const> changes) {
  DeltaWriter writer(*block.delta, changes.size());
  for (const RowChange* change : changes) {
    const std::uint64_t head = block.base->parts().ids->head(change->key_id);
    std::uint32_t slot = kNoSlot;
    RowPtr row = change->row;
    const bool patches = row != nullptr && row->is_patch();
    if (writer.advance(change->key_id, head)) {
      if (patches) row = std::make_shared<const Row>(with_patch(writer.old_row(), *row));
      slot = writer.skip();
    } else if (const auto in_base = block.base->find(change->key_id)) {
      if (patches && writer.gone().contains(*in_base)) continue;
      slot = *in_base;
      writer.gone().add(*in_base);
    } else if (patches) {
      continue;
    }
    if (row != nullptr) writer.add(row, head, slot);
  }
  return std::make_shared<const Block>(Block{block.base, writer.finish(), block.first_key});
}

const Row* find_row(const Delta& delta, std::uint64_t head, std::string_view key_id) {
  const std::size_t at = first_not_less(delta, 0, head, key_id);
  return at < delta.rows.size() && delta.rows[at]->key_id == key_id ? delta.rows[at] : nullptr;
}

std::uint32_t changed_rows(const Block& block) {
  const auto dead = block.base->size() - static_cast<std::uint32_t>(block.base->order().size());
  const auto kept = static_cast<std::uint32_t>(block.delta->keeper->rows.size());
  return std::max({static_cast<std::uint32_t>(block.delta->rows.size()), block.delta->gone.count() - dead, kept / 4});
}

}  // namespace rapport::index
