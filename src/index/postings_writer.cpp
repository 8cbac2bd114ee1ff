#include <algorithm>
#include <utility>

#include "index/base_builder.h"

namespace rapport::index {

void PostingsWriter::reserve(std::size_t values, std::size_t slots) {
  parts_.values.reserve(values);
  parts_.starts.reserve(values + 1);
  parts_.slots.reserve(slots);
}

void PostingsWriter::add(ValueNumber value, std::span<const Slot> rising) {
  if (rising.empty()) return;
  if (rising.size() > kSmallPostingMax) {
    auto set = std::make_shared<SlotSet>(SlotSet::of(rising));
    set->optimise();
    return add_large(value, std::move(set));
  }
  parts_.values.push_back(value);
  parts_.starts.push_back(static_cast<std::uint32_t>(parts_.slots.size()));
  parts_.slots.insert(parts_.slots.end(), rising.begin(), rising.end());
}

void PostingsWriter::add_large(ValueNumber value, std::shared_ptr<const SlotSet> set) {
  parts_.large_positions.push_back(static_cast<std::uint32_t>(parts_.values.size()));
  parts_.large.push_back(std::move(set));
  parts_.values.push_back(value);
  parts_.starts.push_back(static_cast<std::uint32_t>(parts_.slots.size()));
}

void PostingsWriter::copy(const Postings& from, std::uint32_t first, std::uint32_t end) {
  const Postings::Parts& source = from.parts();
  const auto shift = static_cast<std::uint32_t>(parts_.values.size()) - first;  // may wrap round
  const std::uint32_t slots_first = source.starts[first];
  const auto slots_shift = static_cast<std::uint32_t>(parts_.slots.size()) - slots_first;
  parts_.values.insert(parts_.values.end(), source.values.begin() + first, source.values.begin() + end);
  for (std::uint32_t position = first; position < end; ++position) {
    parts_.starts.push_back(source.starts[position] + slots_shift);
  }
  parts_.slots.insert(parts_.slots.end(), source.slots.begin() + slots_first,
                      source.slots.begin() + source.starts[end]);
  const auto large_first = std::ranges::lower_bound(source.large_positions, first);
  const auto large_end = std::ranges::lower_bound(source.large_positions, end);
  for (auto large = large_first; large != large_end; ++large) {
    parts_.large_positions.push_back(*large + shift);
    parts_.large.push_back(source.large[static_cast<std::size_t>(large - source.large_positions.begin())]);
  }
}

Postings::Parts PostingsWriter::finish() {
  parts_.starts.push_back(static_cast<std::uint32_t>(parts_.slots.size()));
  parts_.values.shrink_to_fit();
  parts_.starts.shrink_to_fit();
  parts_.slots.shrink_to_fit();
  parts_.large_positions.shrink_to_fit();
  parts_.large.shrink_to_fit();
  return std::exchange(parts_, {});
}

}  // namespace rapport::index
