#include "index/delta.h"

#include <algorithm>

namespace rapport::index {

std::shared_ptr<const Block> changed(const Block& block, std::span<const RowChange* const> changes) {
  const Delta& old = *block.delta;
  auto delta = std::make_shared<Delta>();
  delta->gone = old.gone;
  delta->keeper = old.keeper;
  delta->rows.reserve(old.rows.size() + changes.size());
  delta->replaced_slots.reserve(old.rows.size() + changes.size());
  std::size_t done = 0;  // rows of the old delta
  const auto keep_until = [&](std::size_t end) {
    const auto first = static_cast<std::ptrdiff_t>(done);
    const auto last = static_cast<std::ptrdiff_t>(end);
    delta->rows.insert(delta->rows.end(), old.rows.begin() + first, old.rows.begin() + last);
    delta->replaced_slots.insert(delta->replaced_slots.end(), old.replaced_slots.begin() + first,
                                 old.replaced_slots.begin() + last);
    done = end;
  };
  for (const RowChange* change : changes) {
    const std::span<const Row* const> rest = std::span(old.rows).subspan(done);
    const auto next = std::ranges::lower_bound(rest, change->key_id, {},
                                               [](const Row* row) -> const std::string& { return row->key_id; });
    keep_until(done + static_cast<std::size_t>(next - rest.begin()));
    std::uint32_t slot = kNoSlot;
    if (done < old.rows.size() && old.rows[done]->key_id == change->key_id) {
      slot = old.replaced_slots[done++];
    } else if (const auto in_base = block.base->find(change->key_id)) {
      slot = *in_base;
      delta->gone.add(*in_base);
    }
    if (change->row == nullptr) continue;
    delta->keeper->rows.push_back(change->row);
    delta->rows.push_back(change->row.get());
    delta->replaced_slots.push_back(slot);
  }
  keep_until(old.rows.size());
  return std::make_shared<const Block>(Block{block.base, std::move(delta), block.first_key});
}

std::uint32_t changed_rows(const Block& block) {
  const auto dead = block.base->size() - static_cast<std::uint32_t>(block.base->order().size());
  const auto kept = static_cast<std::uint32_t>(block.delta->keeper->rows.size());
  return std::max({static_cast<std::uint32_t>(block.delta->rows.size()), block.delta->gone.count() - dead, kept / 4});
}

}  // namespace rapport::index
