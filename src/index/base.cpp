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

Base::Base(Parts parts) : parts_(std::move(parts)), generation_(next_generation()) {
  CHECK(size() <= kSlotsMax && parts_.users->size() == size());
  order_ = parts_.ids->order.empty() ? std::span(kRisingSlots).first(size()) : std::span(parts_.ids->order);
}

std::string_view Base::key_id(Slot slot) const {
  const std::uint32_t start = parts_.ids->starts[slot];
  return {parts_.ids->text.data() + start, parts_.ids->starts[slot + 1U] - start};
}

std::optional<Slot> Base::find(std::string_view key_id) const {
  const auto found = std::ranges::lower_bound(order_, key_id, {}, [this](Slot slot) { return this->key_id(slot); });
  if (found == order_.end() || this->key_id(*found) != key_id) return std::nullopt;
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
