#include "index/base_builder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "base/check.h"

namespace rapport::index {
namespace {

constexpr std::uint32_t kDigitBits = 11;
constexpr std::uint32_t kDigits = 1U << kDigitBits;

// Sorts by bits `first_bit` .. `end_bit`-1 of the key, keeping the order of equal ones; skips digits that all share.
template <class Item, class KeyOf>
void radix_sort(std::vector<Item>& items, std::vector<Item>& scratch, std::uint32_t first_bit, std::uint32_t end_bit,
                KeyOf key_of) {
  scratch.resize(items.size());
  for (std::uint32_t bit = first_bit; bit < end_bit; bit += kDigitBits) {
    std::array<std::uint32_t, kDigits> starts{};
    for (const Item& item : items) ++starts[key_of(item) >> bit & (kDigits - 1)];
    if (starts[key_of(items.front()) >> bit & (kDigits - 1)] == items.size()) continue;
    std::uint32_t sum = 0;
    for (std::uint32_t& start : starts) sum += std::exchange(start, sum);
    for (const Item& item : items) scratch[starts[key_of(item) >> bit & (kDigits - 1)]++] = item;
    items.swap(scratch);
  }
}

template <class Code>
void set_codes(std::vector<Code>& codes, const std::vector<NumberEntry>& sorted, std::size_t size, Code absent) {
  codes.assign(size, absent);
  std::size_t code = 0;
  for (std::size_t index = 0; index < sorted.size(); ++index) {
    if (index > 0 && sorted[index].key != sorted[index - 1].key) ++code;
    codes[sorted[index].slot] = static_cast<Code>(code);
  }
}

template <class Field>
Field& grown(std::vector<Field>& fields, FieldNumber field) {
  if (field >= fields.size()) fields.resize(field + 1);
  return fields[field];
}

}  // namespace

std::uint64_t number_key(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);
  return bits >> 63 ? ~bits : bits | std::uint64_t{1} << 63;
}

double number_of_key(std::uint64_t key) {
  return std::bit_cast<double>(key >> 63 ? key & ~(std::uint64_t{1} << 63) : ~key);
}

void BaseBuilder::add(const RowView& row) {
  CHECK(size() < kBlockRowsMax);
  const auto slot = static_cast<Slot>(size());
  ids_.starts.push_back(static_cast<std::uint32_t>(ids_.text.size()));
  ids_.text.insert(ids_.text.end(), row.key_id.begin(), row.key_id.end());
  users_.push_back(row.user);
  for (const Term& term : row.terms) {
    FieldTerms& field = grown(terms_, term.field);
    if (field.entries.empty() || slot_of(field.entries.back()) != slot) ++field.slot_count;
    field.entries.push_back(entry_of(term.value, slot));
  }
  for (const Number& number : row.numbers) {
    grown(numbers_, number.field).push_back({number_key(number.value), slot});
  }
}

std::shared_ptr<const Postings> BaseBuilder::finish_postings(FieldTerms& terms) {
  std::vector<Entry>& entries = terms.entries;
  if (entries.empty()) return nullptr;
  const ValueNumber highest = value_of(std::ranges::max(entries));
  radix_sort(entries, entries_, 16, 16 + static_cast<std::uint32_t>(std::bit_width(highest)),
             [](Entry entry) { return entry; });
  entries.erase(std::ranges::unique(entries).begin(), entries.end());
  PostingsWriter writer;
  for (std::size_t first = 0, end = 0; first < entries.size(); first = end) {
    const ValueNumber value = value_of(entries[first]);
    slots_.clear();
    for (; end < entries.size() && value_of(entries[end]) == value; ++end) slots_.push_back(slot_of(entries[end]));
    writer.add(value, slots_);
  }
  Postings::Parts parts = writer.finish();
  parts.slot_count = std::exchange(terms.slot_count, 0);
  parts.entry_count = static_cast<std::uint32_t>(entries.size());
  entries.clear();
  return std::make_shared<const Postings>(std::move(parts));
}

std::shared_ptr<const NumberColumn> BaseBuilder::finish_numbers(std::vector<NumberEntry>& numbers) {
  if (numbers.empty()) return nullptr;
  radix_sort(numbers, number_entries_, 0, 64, [](const NumberEntry& entry) { return entry.key; });
  NumberColumn::Parts parts;
  for (std::size_t index = 0; index < numbers.size(); ++index) {
    if (index > 0 && numbers[index].key == numbers[index - 1].key) continue;
    parts.values.push_back(number_of_key(numbers[index].key));
  }
  parts.values.shrink_to_fit();
  if (parts.values.size() <= NumberColumn::kNarrowAbsent) {
    set_codes(parts.narrow, numbers, size(), NumberColumn::kNarrowAbsent);
  } else {
    set_codes(parts.wide, numbers, size(), NumberColumn::kWideAbsent);
  }
  parts.slot_count = static_cast<std::uint32_t>(numbers.size());
  numbers.clear();
  return std::make_shared<const NumberColumn>(std::move(parts));
}

std::shared_ptr<const Base> BaseBuilder::finish() {
  Base::Parts parts;
  for (FieldTerms& terms : terms_) parts.postings.push_back(finish_postings(terms));
  for (std::vector<NumberEntry>& numbers : numbers_) parts.numbers.push_back(finish_numbers(numbers));
  ids_.starts.push_back(static_cast<std::uint32_t>(ids_.text.size()));
  auto ids = std::make_shared<KeyIds>(ids_);  // a copy has no spare capacity
  ids->sample_heads();
  parts.ids = std::move(ids);
  parts.users = std::make_shared<const std::vector<std::uint32_t>>(users_);
  ids_.text.clear();
  ids_.starts.clear();
  users_.clear();
  return std::make_shared<const Base>(std::move(parts));
}

}  // namespace rapport::index
