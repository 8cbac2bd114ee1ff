#include "learn/item_columns.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace rapport::learn {

namespace {

std::array<float, ItemColumn::kWindow + 1> closeness_by_places() {
  std::array<float, ItemColumn::kWindow + 1> closeness{};
  for (std::uint32_t apart = 1; apart < closeness.size(); ++apart) {
    closeness[apart] = 1.0F / std::sqrt(static_cast<float>(apart));
  }
  return closeness;
}

}  // namespace

std::span<const float> ItemColumn::closeness() {
  static const std::array<float, kWindow + 1> kCloseness = closeness_by_places();
  return kCloseness;
}

ItemColumn::ItemColumn(std::uint32_t item_count) : rows_(item_count) {}

void ItemColumn::fill(const Histories& histories, std::uint32_t item) {
  const std::span<const float> closeness_of = closeness();
  std::ranges::fill(rows_, Quad{0, 0, 0, 0});
  for (const Meeting& meeting : histories.meetings(item)) {
    const std::span<const std::uint32_t> history = histories.of(meeting.user);
    for (const std::uint32_t other : history) rows_[other] += Quad{1, 1, 0, 0};
    const std::uint32_t first = meeting.place > kWindow ? meeting.place - kWindow : 0;
    const auto end = static_cast<std::uint32_t>(std::min<std::size_t>(history.size(), meeting.place + kWindow + 1));
    for (std::uint32_t place = first; place < meeting.place; ++place) {
      rows_[history[place]] += Quad{0, 0, closeness_of[meeting.place - place], 0};
    }
    for (std::uint32_t place = meeting.place + 1; place < end; ++place) {
      rows_[history[place]] += Quad{0, 0, 0, closeness_of[place - meeting.place]};
    }
  }
  rows_[item] = Quad{0, 0, 0, 0};
}

}  // namespace rapport::learn
