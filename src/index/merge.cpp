#include "index/merge.h"

#include <algorithm>

#include "base/check.h"
#include "index/rebuild.h"

namespace rapport::index {
namespace {

// More dead slots than a quarter of a base, and some more, are worth its rebuilding.
constexpr std::uint32_t kDeadSlotsMin = 64;

// Which slots the rows of a delta get.
struct SlotPlan {
  std::vector<std::uint32_t> row_slots;  // parallel to the delta's rows
  std::uint32_t size = 0;                // slots of the new base
  std::vector<Slot> dead;                // of the new base
  bool same_ids = false;
};

SlotPlan plan_slots(const Base& base, const Delta& delta, const GoneSlots& gone) {
  SlotPlan plan{delta.replaced_slots, base.size(), {}, true};
  std::vector<std::uint32_t> taken = delta.replaced_slots;
  std::ranges::sort(taken);
  std::vector<Slot> free;
  for (const Slot slot : gone.slots) {
    if (!std::ranges::binary_search(taken, slot)) free.push_back(slot);
  }
  const std::uint32_t dead_before = base.size() - static_cast<std::uint32_t>(base.order().size());
  plan.same_ids = free.size() == dead_before;
  auto next_free = free.begin();
  for (std::uint32_t& slot : plan.row_slots) {
    if (slot != kNoSlot) continue;
    slot = next_free != free.end() ? *next_free++ : plan.size++;
    plan.same_ids = false;
  }
  plan.dead.assign(next_free, free.end());
  return plan;
}

// Which slots lose what they had in a field: patched ones only in the fields of their patches.
class GoneByField {
 public:
  GoneByField(const Base& base, const Delta& delta, const GoneSlots& gone) : all_(gone), words_(gone.words) {
    std::size_t patches = 0;
    for (std::size_t row = 0; row < delta.rows.size(); ++row) {
      if (!delta.rows[row]->is_patch()) continue;
      ++patches;
      const auto slot = static_cast<Slot>(delta.replaced_slots[row]);
      words_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
      for (const FieldNumber field : delta.rows[row]->patched) {
        if (field >= patched_.size()) patched_.resize(field + 1);
        patched_[field].push_back(slot);
      }
    }
    const std::size_t dead = base.size() - base.order().size();
    only_patches_ = patches == delta.rows.size() && gone.slots.size() == dead + patches;
    no_patches_ = patches == 0;
  }

  // Calls `edit` with the slots; gives the old when nothing of the field changes.
  template <class Column, class Edit>
  Column edit(FieldNumber field, const Column& old, const Edit& edit) {
    if (no_patches_) return edit(all_);
    const bool is_patched = field < patched_.size() && !patched_[field].empty();
    if (only_patches_ && !is_patched) return old;
    if (only_patches_) {
      std::ranges::sort(patched_[field]);
      return edit(GoneSlots(std::move(patched_[field])));
    }
    SlotWords words = words_;
    if (is_patched) {
      for (const Slot slot : patched_[field]) words[slot / 64] |= std::uint64_t{1} << (slot % 64);
    }
    return edit(GoneSlots(words));
  }

 private:
  const GoneSlots& all_;
  SlotWords words_;  // of slots that lose everything
  std::vector<std::vector<Slot>> patched_;
  bool only_patches_ = false;
  bool no_patches_ = false;
};

class Merge {
 public:
  Merge(const Base& base, const Delta& delta, const GoneSlots& gone, const SlotPlan& plan)
      : base_(base), delta_(delta), gone_(gone), plan_(plan) {}

  std::shared_ptr<const Base> run() const {
    Base::Parts parts;
    merge_terms(parts);
    parts.ids = plan_.same_ids ? base_.parts().ids : merged_ids();
    parts.users = merged_users();
    merge_numbers(parts);
    return std::make_shared<const Base>(std::move(parts));
  }

 private:
  std::vector<Slot> merged_order() const {
    std::vector<Slot> order;
    order.reserve(base_.order().size() + delta_.rows.size());
    std::size_t row = 0;
    const auto take_rows_below = [&](std::string_view key_id) {
      for (; row < delta_.rows.size() && delta_.rows[row]->key_id < key_id; ++row) {
        order.push_back(static_cast<Slot>(plan_.row_slots[row]));
      }
    };
    for (const Slot slot : base_.order()) {
      if (row < delta_.rows.size()) take_rows_below(base_.key_id(slot));
      if (!gone_.contains(slot)) order.push_back(slot);
    }
    for (; row < delta_.rows.size(); ++row) order.push_back(static_cast<Slot>(plan_.row_slots[row]));
    return order;
  }

  std::shared_ptr<const KeyIds> merged_ids() const {
    std::vector<std::string_view> by_slot(plan_.size);
    for (const Slot slot : base_.order()) {
      if (!gone_.contains(slot)) by_slot[slot] = base_.key_id(slot);
    }
    for (std::size_t row = 0; row < delta_.rows.size(); ++row) by_slot[plan_.row_slots[row]] = delta_.rows[row]->key_id;
    auto ids = std::make_shared<KeyIds>();
    std::size_t bytes = 0;
    for (const std::string_view id : by_slot) bytes += id.size();
    ids->text.reserve(bytes);
    ids->starts.reserve(by_slot.size() + 1);
    for (const std::string_view id : by_slot) {
      ids->starts.push_back(static_cast<std::uint32_t>(ids->text.size()));
      ids->text.insert(ids->text.end(), id.begin(), id.end());
    }
    ids->starts.push_back(static_cast<std::uint32_t>(ids->text.size()));
    ids->order = merged_order();
    const bool in_order = ids->order.size() == plan_.size && std::ranges::is_sorted(ids->order);
    if (in_order) ids->order = {};
    ids->order.shrink_to_fit();
    ids->sample_heads();
    return ids;
  }

  std::shared_ptr<const std::vector<std::uint32_t>> merged_users() const {
    bool same = plan_.same_ids;
    for (std::size_t row = 0; same && row < delta_.rows.size(); ++row) {
      same =
          delta_.rows[row]->is_patch() || base_.user(static_cast<Slot>(plan_.row_slots[row])) == delta_.rows[row]->user;
    }
    if (same) return base_.parts().users;
    std::vector<std::uint32_t> users;
    users.reserve(plan_.size);
    users = *base_.parts().users;
    users.resize(plan_.size, kNoUser);
    for (const Slot slot : plan_.dead) users[slot] = kNoUser;
    for (std::size_t row = 0; row < delta_.rows.size(); ++row) {
      if (!delta_.rows[row]->is_patch()) users[plan_.row_slots[row]] = delta_.rows[row]->user;
    }
    return std::make_shared<const std::vector<std::uint32_t>>(std::move(users));
  }

  // Rows lie anywhere in memory.
  void prefetch(std::size_t row) const {
    constexpr std::size_t kAhead = 6;
    if (row + 2 * kAhead < delta_.rows.size()) __builtin_prefetch(delta_.rows[row + 2 * kAhead]);
    if (row + kAhead >= delta_.rows.size()) return;
    const std::vector<Term>& terms = delta_.rows[row + kAhead]->terms;
    for (std::size_t term = 0; term < terms.size(); term += 64 / sizeof(Term)) __builtin_prefetch(&terms[term]);
  }

  void merge_terms(Base::Parts& parts) const {
    GoneByField gone(base_, delta_, gone_);
    std::vector<std::vector<Entry>> added(base_.parts().postings.size());
    for (std::size_t row = 0; row < delta_.rows.size(); ++row) {
      prefetch(row);
      for (const Term& term : delta_.rows[row]->terms) {
        if (term.field >= added.size()) added.resize(term.field + 1);
        added[term.field].push_back(entry_of(term.value, static_cast<Slot>(plan_.row_slots[row])));
      }
    }
    for (FieldNumber field = 0; field < added.size(); ++field) {
      const auto old = field < base_.parts().postings.size() ? base_.parts().postings[field] : nullptr;
      parts.postings.push_back(
          gone.edit(field, old, [&](const GoneSlots& slots) { return edited(old, slots, std::move(added[field])); }));
    }
  }

  void merge_numbers(Base::Parts& parts) const {
    GoneByField gone(base_, delta_, gone_);
    std::vector<std::vector<std::pair<Slot, double>>> added(base_.parts().numbers.size());
    for (std::size_t row = 0; row < delta_.rows.size(); ++row) {
      for (const Number& number : delta_.rows[row]->numbers) {
        if (number.field >= added.size()) added.resize(number.field + 1);
        added[number.field].emplace_back(static_cast<Slot>(plan_.row_slots[row]), number.value);
      }
    }
    for (FieldNumber field = 0; field < added.size(); ++field) {
      const auto old = field < base_.parts().numbers.size() ? base_.parts().numbers[field] : nullptr;
      parts.numbers.push_back(
          gone.edit(field, old, [&](const GoneSlots& slots) { return edited(old, slots, std::move(added[field])); }));
    }
  }

  const Base& base_;
  const Delta& delta_;
  const GoneSlots& gone_;
  const SlotPlan& plan_;
};

}  // namespace

std::shared_ptr<const Block> clean_block(std::shared_ptr<const Base> base, SlotSet dead, std::string first_key) {
  auto delta = std::make_shared<Delta>();
  delta->gone = std::move(dead);
  delta->keeper = std::make_shared<RowKeeper>();
  return std::make_shared<const Block>(Block{std::move(base), std::move(delta), std::move(first_key)});
}

std::vector<std::shared_ptr<const Block>> merged(const Block& block, const Options& options) {
  const GoneSlots gone(block.delta->gone);
  const SlotPlan plan = plan_slots(*block.base, *block.delta, gone);
  const bool is_full = plan.size > options.block_rows_max;
  if (block.size() == 0 || is_full || plan.dead.size() > plan.size / 4 + kDeadSlotsMin) {
    return rebuilt(block, gone, options);
  }
  std::shared_ptr<const Base> base = Merge(*block.base, *block.delta, gone, plan).run();
  return {clean_block(std::move(base), SlotSet::of(plan.dead), block.first_key)};
}

}  // namespace rapport::index
