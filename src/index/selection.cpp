#include "index/selection.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/random.h"
#include "index/block_members.h"

namespace rapport::index {
namespace {

// `count` different numbers below `bound`, rising; every set of them equally likely (R. Floyd's algorithm).
std::vector<std::uint64_t> pick_ranks(std::uint64_t count, std::uint64_t bound, std::uint64_t seed) {
  Random random(seed);
  std::unordered_set<std::uint64_t> picked;
  for (std::uint64_t last = bound - count; last < bound; ++last) {
    if (!picked.insert(random.below(last + 1)).second) picked.insert(last);
  }
  std::vector<std::uint64_t> ranks(picked.begin(), picked.end());
  std::ranges::sort(ranks);
  return ranks;
}

}  // namespace

Selection::Selection(SnapshotPtr snapshot, std::vector<BlockAnswer> answers)
    : snapshot_(std::move(snapshot)), answers_(std::make_shared<const std::vector<BlockAnswer>>(std::move(answers))) {
  for (const auto& answer : *answers_) count_ += answer.count;
}

bool Selection::contains(std::string_view key_id) const {
  const auto number = snapshot_->block_of(key_id);
  return is_member(*snapshot_->blocks()[number], (*answers_)[number], key_id);
}

void Selection::for_each(std::string_view after, const std::function<bool(std::string_view)>& visit) const {
  const auto blocks = snapshot_->blocks();
  std::optional<std::string_view> from = after;
  for (auto number = snapshot_->block_of(after); number < blocks.size(); ++number) {
    if ((*answers_)[number].count == 0) continue;
    if (!visit_members(*blocks[number], (*answers_)[number], from, visit)) return;
    from.reset();
  }
}

std::vector<std::string> Selection::sample(std::uint64_t count, std::uint64_t seed) const {
  const auto ranks = pick_ranks(std::min(count, count_), count_, seed);
  std::vector<std::string> members;
  members.reserve(ranks.size());
  std::uint64_t first = 0;  // the rank of the first member of the block at hand
  for (std::size_t number = 0; number < answers_->size() && members.size() < ranks.size(); ++number) {
    const auto& block = *snapshot_->blocks()[number];
    const auto& answer = (*answers_)[number];
    const std::uint64_t end = first + answer.count;
    if (ranks[members.size()] < end) {
      const auto slots = member_slots(block, answer).slots();
      while (members.size() < ranks.size() && ranks[members.size()] < end) {
        const auto rank = ranks[members.size()] - first;
        members.emplace_back(rank < slots.size()
                                 ? block.base->key_id(slots[rank])
                                 : block.delta->rows[answer.rows->matching[rank - slots.size()]]->key_id);
      }
    }
    first = end;
  }
  std::ranges::sort(members);
  return members;
}

}  // namespace rapport::index
