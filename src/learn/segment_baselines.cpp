#include "learn/segment_baselines.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "learn/sampling.h"

namespace rapport::learn {
namespace {

Histories histories_of(const Histories& all, std::span<const std::uint32_t> users) {
  std::vector<std::uint64_t> begins = {0};
  std::vector<std::uint32_t> items;
  std::vector<std::uint32_t> activity;
  for (const std::uint32_t user : users) {
    const std::span<const std::uint32_t> own = all.of(user);
    items.insert(items.end(), own.begin(), own.end());
    begins.push_back(items.size());
    activity.push_back(all.activity(user));
  }
  return {std::move(begins), std::move(items), std::move(activity), all.item_count()};
}

}  // namespace

SegmentBaselines::SegmentBaselines(SegmentKind kind, const Histories& histories, std::span<const std::uint32_t> users,
                                   std::uint64_t seed)
    : kind_(kind),
      histories_(histories_of(histories, users)),
      by_activity_(users.size()),
      rank_(users.size()),
      met_(users.size(), 0),
      random_(seed),
      most_active_(static_cast<std::uint32_t>(users.size()), histories.user_count()),
      by_meetings_(most_active_),
      by_chance_(most_active_) {
  std::iota(by_activity_.begin(), by_activity_.end(), 0U);
  std::ranges::stable_sort(by_activity_, std::ranges::greater{},
                           [&](std::uint32_t user) { return histories_.activity(user); });
  for (std::uint32_t rank = 0; rank < by_activity_.size(); ++rank) rank_[by_activity_[rank]] = rank;
}

void SegmentBaselines::count_meetings(std::span<const std::uint32_t> items) {
  std::ranges::fill(met_, 0U);
  for (const std::uint32_t item : items) {
    for (const Meeting& meeting : histories_.meetings(item)) ++met_[meeting.user];
  }
}

std::vector<std::uint32_t> SegmentBaselines::unmet_list() const {
  std::vector<std::uint32_t> list;
  for (const std::uint32_t user : by_activity_) {
    if (list.size() == most_active_.list_length()) break;
    if (met_[user] == 0) list.push_back(user);
  }
  return list;
}

std::vector<std::uint32_t> SegmentBaselines::frequent_list() const {
  std::vector<std::uint32_t> list(met_.size());
  std::iota(list.begin(), list.end(), 0U);
  const auto length = std::min(most_active_.list_length(), list.size());
  std::ranges::partial_sort(
      list, list.begin() + static_cast<std::ptrdiff_t>(length),
      [&](std::uint32_t a, std::uint32_t b) { return met_[a] != met_[b] ? met_[a] > met_[b] : rank_[a] < rank_[b]; });
  list.resize(length);
  return list;
}

void SegmentBaselines::add(const std::vector<std::uint32_t>& truth, std::span<const std::uint32_t> items) {
  if (truth.empty()) return;
  const std::size_t length = std::min(most_active_.list_length(), by_activity_.size());
  most_active_.add_list(truth, std::span(by_activity_).first(length));
  count_meetings(items);
  by_meetings_.add_list(truth, kind_ == SegmentKind::kItem ? unmet_list() : frequent_list());
  by_chance_.add_list(truth, draw_numbers(static_cast<std::uint32_t>(by_activity_.size()), length, random_));
}

BaselineMetrics SegmentBaselines::metrics() const {
  return {{"mostActive", most_active_.metrics()},
          {kind_ == SegmentKind::kItem ? "mostActiveUnmet" : "mostFrequent", by_meetings_.metrics()},
          {"random", by_chance_.metrics()}};
}

}  // namespace rapport::learn
