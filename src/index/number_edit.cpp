#include <algorithm>
#include <limits>
#include <optional>

#include "index/merge.h"

namespace rapport::index {
namespace {

using Added = std::vector<std::pair<Slot, double>>;
constexpr std::uint16_t kAbsent = NumberColumn::kWideAbsent;

bool same_as_before(const NumberColumn& old, const GoneSlots& gone, const Added& added) {
  auto next = added.begin();
  for (const Slot slot : gone.slots) {
    if (next != added.end() && next->first < slot) return false;  // a slot that was free
    std::optional<double> after;
    if (next != added.end() && next->first == slot) after = (next++)->second;
    if (old.at(slot) != after) return false;
  }
  return next == added.end();
}

// Codes of any width with the absent one of the wide.
std::vector<std::uint16_t> wide_codes(const NumberColumn& old) {
  if (old.parts().narrow.empty()) return old.parts().wide;
  std::vector<std::uint16_t> codes(old.parts().narrow.size());
  std::ranges::transform(old.parts().narrow, codes.begin(), [](std::uint8_t code) {
    return code == NumberColumn::kNarrowAbsent ? kAbsent : std::uint16_t{code};
  });
  return codes;
}

// The values of `codes` that are still used, and of `added`: rising, each once.
std::vector<double> values_after(const std::vector<double>& old, const std::vector<std::uint16_t>& codes,
                                 const Added& added) {
  std::vector<std::uint8_t> used(std::size_t{kAbsent} + 1, 0);
  for (const std::uint16_t code : codes) used[code] = 1;
  std::vector<double> fresh;
  fresh.reserve(added.size());
  for (const auto& [slot, value] : added) fresh.push_back(value);
  std::ranges::sort(fresh);
  std::vector<double> values;
  values.reserve(old.size() + fresh.size());
  auto next = fresh.begin();
  for (std::size_t code = 0; code < old.size(); ++code) {
    if (used[code] == 0) continue;
    for (; next != fresh.end() && *next < old[code]; ++next) values.push_back(*next);
    values.push_back(old[code]);
  }
  values.insert(values.end(), next, fresh.end());
  values.erase(std::ranges::unique(values).begin(), values.end());
  values.shrink_to_fit();
  return values;
}

// The codes with the new ones in their places, when the column's values stay as they are: every number added is known,
// and no slot gives up the lowest or the highest.
template <class Code>
std::vector<Code> overwritten(const std::vector<Code>& old, const std::vector<double>& values, const GoneSlots& gone,
                              const Added& added) {
  constexpr Code kNone = std::numeric_limits<Code>::max();
  const std::size_t size = std::max<std::size_t>(old.size(), added.empty() ? 0 : added.back().first + 1U);
  std::vector<Code> codes;
  codes.reserve(size);
  codes = old;
  for (const Slot slot : gone.slots) {
    if (slot >= codes.size()) continue;
    if (codes[slot] == 0 || codes[slot] + 1U == values.size()) return {};
    codes[slot] = kNone;
  }
  codes.resize(size, kNone);
  for (const auto& [slot, value] : added) {
    const auto known = std::ranges::lower_bound(values, value);
    if (known == values.end() || *known != value) return {};
    codes[slot] = static_cast<Code>(known - values.begin());
  }
  return codes;
}

// As above; nullptr when the values do not stay.
std::shared_ptr<const NumberColumn> with_same_values(const NumberColumn& old, const GoneSlots& gone,
                                                     const Added& added) {
  const NumberColumn::Parts& before = old.parts();
  NumberColumn::Parts parts;
  if (before.narrow.empty()) {
    parts.wide = overwritten(before.wide, before.values, gone, added);
  } else {
    parts.narrow = overwritten(before.narrow, before.values, gone, added);
  }
  if (parts.narrow.empty() && parts.wide.empty()) return nullptr;
  const auto has_number = [&](Slot slot) { return old.at(slot).has_value(); };
  parts.slot_count = before.slot_count - static_cast<std::uint32_t>(std::ranges::count_if(gone.slots, has_number)) +
                     static_cast<std::uint32_t>(added.size());
  parts.values = before.values;
  return std::make_shared<const NumberColumn>(std::move(parts));
}

}  // namespace

std::shared_ptr<const NumberColumn> edited(const std::shared_ptr<const NumberColumn>& old, const GoneSlots& gone,
                                           Added added) {
  if (old == nullptr && added.empty()) return nullptr;
  if (!std::ranges::is_sorted(added)) std::ranges::sort(added);
  if (old != nullptr) {
    if (same_as_before(*old, gone, added)) return old;
    if (auto column = with_same_values(*old, gone, added)) return column;
  }
  std::vector<std::uint16_t> codes = old ? wide_codes(*old) : std::vector<std::uint16_t>{};
  std::uint32_t count = old ? old->slot_count() : 0;
  for (const Slot slot : gone.slots) {
    if (slot >= codes.size() || codes[slot] == kAbsent) continue;
    codes[slot] = kAbsent;
    --count;
  }
  NumberColumn::Parts parts;
  const std::vector<double> before = old ? old->parts().values : std::vector<double>{};
  parts.values = values_after(before, codes, added);
  if (parts.values.empty()) return nullptr;

  std::vector<std::uint16_t> code_after(std::size_t{kAbsent} + 1, kAbsent);
  for (std::size_t code = 0, after = 0; code < before.size(); ++code) {
    while (after < parts.values.size() && parts.values[after] < before[code]) ++after;
    code_after[code] = static_cast<std::uint16_t>(after);
  }
  for (std::uint16_t& code : codes) code = code_after[code];
  if (!added.empty() && added.back().first >= codes.size()) codes.resize(added.back().first + 1U, kAbsent);
  for (const auto& [slot, value] : added) {
    codes[slot] = static_cast<std::uint16_t>(std::ranges::lower_bound(parts.values, value) - parts.values.begin());
  }
  parts.slot_count = count + static_cast<std::uint32_t>(added.size());
  if (parts.values.size() <= NumberColumn::kNarrowAbsent) {
    parts.narrow.resize(codes.size());
    std::ranges::transform(codes, parts.narrow.begin(), [](std::uint16_t code) {
      return code == kAbsent ? NumberColumn::kNarrowAbsent : static_cast<std::uint8_t>(code);
    });
  } else {
    codes.shrink_to_fit();
    parts.wide = std::move(codes);
  }
  return std::make_shared<const NumberColumn>(std::move(parts));
}

}  // namespace rapport::index
