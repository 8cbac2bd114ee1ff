#include <algorithm>
#include <array>
#include <atomic>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "index/block.h"

namespace rapport::index {
namespace {

const std::array<Slot, kSlotsMax> kRisingSlots = [] {
  std::array<Slot, kSlotsMax> slots;
  std::iota(slots.begin(), slots.end(), Slot{0});
  return slots;
}();

std::uint64_t next_generation() {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1) + 1;
}

}  // namespace

std::uint64_t KeyIds::head(std::string_view key_id) const {
  if (!key_id.starts_with(prefix)) return key_id < prefix ? 0 : ~std::uint64_t{0};
  std::uint64_t head = 0;
  const std::string_view rest = key_id.substr(prefix.size(), sizeof head);
  for (std::size_t index = 0; index < sizeof head; ++index) {
    head = head << 8 | (index < rest.size() ? static_cast<unsigned char>(rest[index]) : 0);
  }
  return head;
}

std::span<const Slot> KeyIds::slots_in_order() const {
  return order.empty() ? std::span(kRisingSlots).first(starts.size() - 1) : std::span(order);
}

void KeyIds::sample_heads() {
  const std::span<const Slot> slots = slots_in_order();
  if (slots.empty()) return;
  const std::string_view first = id(slots.front());
  prefix =
      first.substr(0, static_cast<std::size_t>(std::ranges::mismatch(first, id(slots.back())).in1 - first.begin()));
  heads.reserve(slots.size() / kHeadEvery + 1);
  for (std::size_t index = 0; index < slots.size(); index += kHeadEvery) heads.push_back(head(id(slots[index])));
}

Base::Base(Parts parts) : parts_(std::move(parts)), generation_(next_generation()) {
  CHECK(size() <= kSlotsMax && parts_.users->size() == size());
  order_ = parts_.ids->slots_in_order();
}

std::optional<Slot> Base::find(std::string_view key_id) const {
  const auto [low, high] = std::ranges::equal_range(parts_.ids->heads, parts_.ids->head(key_id));
  // The id lies at or after the last sample with a lower head, and before the first with a higher one.
  const auto samples_below = static_cast<std::size_t>(low - parts_.ids->heads.begin());
  const auto samples_until = static_cast<std::size_t>(high - parts_.ids->heads.begin());
  const std::size_t first = samples_below == 0 ? 0 : (samples_below - 1) * KeyIds::kHeadEvery;
  const std::size_t end = std::min(order_.size(), samples_until * KeyIds::kHeadEvery);
  const std::span<const Slot> range = order_.subspan(first, end - first);
  const auto found = std::ranges::lower_bound(range, key_id, {}, [this](Slot slot) { return this->key_id(slot); });
  if (found == range.end() || this->key_id(*found) != key_id) return std::nullopt;
  return *found;
}

const Postings* Base::postings(FieldNumber field) const {
  return field < parts_.postings.size() ? parts_.postings[field].get() : nullptr;
}

const NumberColumn* Base::numbers(FieldNumber field) const {
  return field < parts_.numbers.size() ? parts_.numbers[field].get() : nullptr;
}

Row Base::row(Slot slot) const {
  Row row{std::string(key_id(slot)), user(slot), {}, {}};
  for (FieldNumber field = 0; field < parts_.postings.size(); ++field) {
    const Postings* postings = this->postings(field);
    if (postings == nullptr) continue;
    for (std::uint32_t position = 0; position < postings->value_count(); ++position) {
      if (postings->contains(position, slot)) row.terms.push_back({field, postings->values()[position]});
    }
  }
  for (FieldNumber field = 0; field < parts_.numbers.size(); ++field) {
    const NumberColumn* column = numbers(field);
    const std::optional<double> value = column == nullptr ? std::nullopt : column->at(slot);
    if (value) row.numbers.push_back({field, *value});
  }
  return row;
}

std::size_t Base::memory_bytes() const {
  const KeyIds& ids = *parts_.ids;
  std::size_t bytes = sizeof *this + sizeof ids + ids.text.capacity() + ids.starts.capacity() * sizeof(std::uint32_t);
  bytes += ids.prefix.capacity() + ids.heads.capacity() * sizeof(std::uint64_t);
  bytes += ids.order.capacity() * sizeof(Slot) + parts_.users->capacity() * sizeof(std::uint32_t);
  bytes += (parts_.postings.capacity() + parts_.numbers.capacity()) * sizeof(std::shared_ptr<void>);
  for (const auto& postings : parts_.postings) bytes += postings ? postings->memory_bytes() : 0;
  for (const auto& column : parts_.numbers) bytes += column ? column->memory_bytes() : 0;
  return bytes;
}

std::uint32_t Block::size() const {
  return base->size() - delta->gone.count() + static_cast<std::uint32_t>(delta->rows.size());
}

}  // namespace rapport::index
