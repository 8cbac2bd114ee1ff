#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>

#include "index/block_members.h"
#include "index/selection.h"

namespace rapport::index {
namespace {

using Keys = std::vector<std::string_view>;

// One side of a comparison: blocks one after the other and their answers.
struct Run {
  std::span<const std::shared_ptr<const Block>> blocks;
  std::span<const BlockAnswer> answers;
};

bool same_answer(const BlockAnswer& a, const BlockAnswer& b) {
  if (a.count != b.count) return false;
  return (a.slots == b.slots || *a.slots == *b.slots) && (a.rows == b.rows || a.rows->matching == b.rows->matching);
}

void add_rows(const Block& block, const BlockAnswer& answer, Keys& keys) {
  for (const auto position : answer.rows->matching) keys.push_back(block.delta->rows[position]->key_id);
}

// Members that one block has by its base and the other, of the same base, has not; and members by the delta's rows.
Keys candidates(const Block& block, const BlockAnswer& answer, const SlotSet& others) {
  SlotSet own = member_slots(block, answer);
  own -= others;
  Keys keys;
  for (const Slot slot : own.slots()) keys.push_back(block.base->key_id(slot));
  add_rows(block, answer, keys);
  std::ranges::sort(keys);
  return keys;
}

Keys all_members(const Run& run) {
  Keys keys;
  for (std::size_t at = 0; at < run.blocks.size(); ++at) {
    visit_members(*run.blocks[at], run.answers[at], {}, [&](std::string_view key_id) {
      keys.push_back(key_id);
      return true;
    });
  }
  return keys;
}

// Adds the keys that `others` has not. REQUIRES rising keys.
void add_missing(const Keys& keys, const Keys& others, std::vector<std::string>& missing) {
  Keys found;
  std::ranges::set_difference(keys, others, std::back_inserter(found));
  missing.insert(missing.end(), found.begin(), found.end());
}

// Adds what two runs over the same range of ids differ in.
void compare(const Run& before, const Run& after, Difference& difference) {
  Keys was, is;
  const auto& old_block = before.blocks.front();
  const auto& new_block = after.blocks.front();
  const bool one_each = before.blocks.size() == 1 && after.blocks.size() == 1;
  if (one_each && old_block->base == new_block->base) {
    const auto& old_answer = before.answers.front();
    const auto& new_answer = after.answers.front();
    if (old_block->delta == new_block->delta && same_answer(old_answer, new_answer)) return;
    was = candidates(*old_block, old_answer, member_slots(*new_block, new_answer));
    is = candidates(*new_block, new_answer, member_slots(*old_block, old_answer));
  } else {
    was = all_members(before);
    is = all_members(after);
  }
  add_missing(is, was, difference.entered);
  add_missing(was, is, difference.left);
}

// Where the range of ids of a block ends: at the next block's first key, or nowhere.
const std::string* end_of(std::span<const std::shared_ptr<const Block>> blocks, std::size_t number) {
  return number + 1 < blocks.size() ? &blocks[number + 1]->first_key : nullptr;
}

bool ends_before(const std::string* a, const std::string* b) { return a != nullptr && (b == nullptr || *a < *b); }

}  // namespace

Difference Difference::between(const Selection& before, const Selection& after) {
  Difference difference;
  const auto old_blocks = before.snapshot_->blocks();
  const auto new_blocks = after.snapshot_->blocks();
  for (std::size_t old_begin = 0, new_begin = 0; old_begin < old_blocks.size();) {
    std::size_t old_last = old_begin;
    std::size_t new_last = new_begin;
    while (true) {  // until both runs end at the same id; the last blocks do
      const auto* old_end = end_of(old_blocks, old_last);
      const auto* new_end = end_of(new_blocks, new_last);
      if (ends_before(old_end, new_end)) {
        ++old_last;
      } else if (ends_before(new_end, old_end)) {
        ++new_last;
      } else {
        break;
      }
    }
    const auto old_size = old_last + 1 - old_begin;
    const auto new_size = new_last + 1 - new_begin;
    compare({old_blocks.subspan(old_begin, old_size), std::span(*before.answers_).subspan(old_begin, old_size)},
            {new_blocks.subspan(new_begin, new_size), std::span(*after.answers_).subspan(new_begin, new_size)},
            difference);
    old_begin += old_size;
    new_begin += new_size;
  }
  return difference;
}

}  // namespace rapport::index
