#include "learn/histories.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/check.h"

namespace rapport::learn {

Histories::Histories(std::span<const Interaction> interactions, std::uint32_t user_count, std::uint32_t item_count)
    : begins_(user_count + 1, 0), activity_(user_count, 0) {
  std::vector<std::uint64_t> order(interactions.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](std::uint64_t a, std::uint64_t b) {
    return std::pair(interactions[a].user, interactions[a].time) <
           std::pair(interactions[b].user, interactions[b].time);
  });

  items_.reserve(interactions.size());
  const bool weighed = std::ranges::any_of(interactions, [](const Interaction& row) { return row.weight != 1; });
  constexpr std::uint32_t kNobody = 0xffffffff;
  std::vector<std::uint32_t> last_met_by(item_count,
                                         kNobody);  // walking backwards, the first sight is the last meeting
  for (std::size_t i = order.size(); i-- > 0;) {
    const Interaction& row = interactions[order[i]];
    CHECK(row.user < user_count && row.item < item_count);
    ++activity_[row.user];
    if (last_met_by[row.item] == row.user) continue;
    last_met_by[row.item] = row.user;
    ++begins_[row.user + 1];
    items_.push_back(row.item);
    if (weighed) weights_.push_back(row.weight);
  }
  std::ranges::reverse(items_);
  std::ranges::reverse(weights_);
  std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
  index_meetings(item_count);
}

Histories::Histories(std::vector<std::uint64_t> begins, std::vector<std::uint32_t> items,
                     std::vector<std::uint32_t> activity, std::uint32_t item_count)
    : begins_(std::move(begins)), items_(std::move(items)), activity_(std::move(activity)) {
  CHECK(begins_.size() == activity_.size() + 1 && begins_.back() == items_.size());
  index_meetings(item_count);
}

void Histories::index_meetings(std::uint32_t item_count) {
  meeting_begins_.assign(item_count + 1, 0);
  for (const std::uint32_t item : items_) ++meeting_begins_[item + 1];
  std::partial_sum(meeting_begins_.begin(), meeting_begins_.end(), meeting_begins_.begin());
  std::vector<std::uint64_t> next(meeting_begins_.begin(), meeting_begins_.end() - 1);
  meetings_.resize(items_.size());
  for (std::uint32_t user = 0; user < user_count(); ++user) {
    const auto history = of(user);
    for (std::uint32_t place = 0; place < history.size(); ++place) meetings_[next[history[place]]++] = {user, place};
  }
}

std::uint64_t Histories::memory_bytes() const {
  return begins_.size() * 8 + items_.size() * 4 + weights_.size() * 4 + activity_.size() * 4 +
         meeting_begins_.size() * 8 + meetings_.size() * sizeof(Meeting);
}

}  // namespace rapport::learn
