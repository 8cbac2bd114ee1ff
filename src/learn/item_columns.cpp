#include "learn/item_columns.h"

#include <algorithm>
#include <cmath>

namespace rapport::learn {

ItemColumn::ItemColumn(std::uint32_t item_count) : rows_(item_count), closeness_(kWindow + 1, 0) {
  for (std::uint32_t apart = 1; apart <= kWindow; ++apart) {
    closeness_[apart] = 1.0F / std::sqrt(static_cast<float>(apart));
  }
}

void ItemColumn::fill(const Histories& histories, std::uint32_t item) {
  std::ranges::fill(rows_, Quad{0, 0, 0, 0});
  for (const Meeting& meeting : histories.meetings(item)) {
    const std::span<const std::uint32_t> history = histories.of(meeting.user);
    for (const std::uint32_t other : history) rows_[other] += Quad{1, 1, 0, 0};
    const std::uint32_t first = meeting.place > kWindow ? meeting.place - kWindow : 0;
    const auto end = static_cast<std::uint32_t>(std::min<std::size_t>(history.size(), meeting.place + kWindow + 1));
    for (std::uint32_t place = first; place < meeting.place; ++place) {
      rows_[history[place]] += Quad{0, 0, closeness_[meeting.place - place], 0};
    }
    for (std::uint32_t place = meeting.place + 1; place < end; ++place) {
      rows_[history[place]] += Quad{0, 0, 0, closeness_[place - meeting.place]};
    }
  }
  rows_[item] = Quad{0, 0, 0, 0};
}

}  // namespace rapport::learn
