#include "learn/pair_counts.h"

#include <algorithm>
#include <cmath>

namespace rapport::learn {

PairCounter::PairCounter(const Histories& histories, std::uint32_t window)
    : histories_(histories), window_(window), closeness_(window + 1, 0), places_(histories.item_count(), 0) {
  for (std::uint32_t apart = 1; apart <= window; ++apart) {
    closeness_[apart] = 1 / std::sqrt(static_cast<float>(apart));
  }
}

const std::vector<PairCount>& PairCounter::count(std::uint32_t item) {
  for (const PairCount& pair : pairs_) places_[pair.item] = 0;
  pairs_.clear();
  for (const Meeting& meeting : histories_.meetings(item)) {
    const auto history = histories_.of(meeting.user);
    const std::uint32_t first = meeting.place > window_ ? meeting.place - window_ : 0;
    const std::uint32_t last = std::min(static_cast<std::uint32_t>(history.size() - 1), meeting.place + window_);
    for (std::uint32_t place = first; place <= last; ++place) {
      if (place == meeting.place) continue;
      std::uint32_t& slot = places_[history[place]];
      if (slot == 0) {
        pairs_.push_back({history[place], 0, 0});
        slot = static_cast<std::uint32_t>(pairs_.size());
      }
      PairCount& pair = pairs_[slot - 1];
      ++pair.users;
      pair.closeness += closeness_[place > meeting.place ? place - meeting.place : meeting.place - place];
    }
  }
  return pairs_;
}

}  // namespace rapport::learn
