#include "index/value_table.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <type_traits>

#include "base/check.h"
#include "base/digest.h"

namespace rapport::index {
namespace {

constexpr std::uint8_t kLongText = 0xFF;  // in place of a length: the length follows in four bytes

std::uint8_t tag_of(std::uint64_t hash) {
  const auto bits = static_cast<std::uint8_t>(hash >> 8);
  return bits == 0 ? std::uint8_t{1} : bits;
}

std::size_t index_of(std::uint64_t hash, std::uint32_t depth) {
  return depth == 0 ? 0 : static_cast<std::size_t>(hash >> (64 - depth));
}

}  // namespace

ValueTable::ValueTable(std::uint64_t seed) : seed_(seed) {
  Directory& directory = make_directory(0);
  directory.segments[0].store(&make_segment(0), std::memory_order_relaxed);
  directory_.store(&directory, std::memory_order_release);
}

std::uint64_t ValueTable::hash(std::string_view text) const { return stable_hash(text, seed_); }

ValueTable::Segment& ValueTable::segment_of(const Directory& directory, std::uint64_t hash) {
  return *directory.segments[index_of(hash, directory.depth)].load(std::memory_order_acquire);
}

// The first value with the hash's tag, most likely the one, without looking at its text.
ValueNumber ValueTable::likely(const Segment& segment, std::uint64_t hash) {
  const std::uint8_t wanted = tag_of(hash);
  for (std::uint32_t step = 0; step < kSegmentSlots; ++step) {
    const auto slot = static_cast<std::uint8_t>(hash + step);
    const std::uint8_t tag = segment.tags[slot].load(std::memory_order_acquire);
    if (tag == wanted) return segment.values[slot].load(std::memory_order_acquire);
    if (tag == 0) break;
  }
  return kNoValue;
}

std::optional<ValueNumber> ValueTable::look_up(std::string_view text, std::uint64_t hash) const {
  const Segment& segment = segment_of(*directory_.load(std::memory_order_acquire), hash);
  const std::uint8_t wanted = tag_of(hash);
  for (std::uint32_t step = 0; step < kSegmentSlots; ++step) {
    const auto slot = static_cast<std::uint8_t>(hash + step);
    const std::uint8_t tag = segment.tags[slot].load(std::memory_order_acquire);
    if (tag == 0) return std::nullopt;
    if (tag != wanted) continue;
    const ValueNumber value = segment.values[slot].load(std::memory_order_acquire);
    if (this->text(value) == text) return value;
  }
  return std::nullopt;
}

std::optional<ValueNumber> ValueTable::find(std::string_view text) const {
  const std::uint64_t hashed = hash(text);
  if (const auto value = look_up(text, hashed)) return value;
  const std::lock_guard lock(mutex_);
  return look_up(text, hashed);
}

ValueNumber ValueTable::intern(std::string_view text) {
  const std::uint64_t hashed = hash(text);
  if (const auto value = look_up(text, hashed)) return *value;
  const std::lock_guard lock(mutex_);
  return add(text, hashed);
}

void ValueTable::intern(std::span<const std::string_view> texts, std::span<ValueNumber> values) {
  for (std::size_t first = 0; first < texts.size(); first += kTogether) {
    const std::size_t count = std::min(kTogether, texts.size() - first);
    intern_together(texts.subspan(first, count), values.subspan(first, count));
  }
}

void ValueTable::intern_together(std::span<const std::string_view> texts, std::span<ValueNumber> values) {
  std::array<std::uint64_t, kTogether> hashes;
  std::array<const Segment*, kTogether> segments;
  const Directory& directory = *directory_.load(std::memory_order_acquire);
  for (std::size_t at = 0; at < texts.size(); ++at) {
    hashes[at] = hash(texts[at]);
    __builtin_prefetch(&directory.segments[index_of(hashes[at], directory.depth)]);
  }
  for (std::size_t at = 0; at < texts.size(); ++at) {
    segments[at] = &segment_of(directory, hashes[at]);
    const auto slot = static_cast<std::uint8_t>(hashes[at]);
    __builtin_prefetch(&segments[at]->tags[slot]);
    __builtin_prefetch(&segments[at]->values[slot]);
  }
  for (std::size_t at = 0; at < texts.size(); ++at) {
    values[at] = likely(*segments[at], hashes[at]);
    if (values[at] != kNoValue) __builtin_prefetch(&starts_[values[at]]);
  }
  for (std::size_t at = 0; at < texts.size(); ++at) {
    if (values[at] != kNoValue) __builtin_prefetch(&texts_[std::size_t{starts_[values[at]]} * kTextUnit]);
  }
  std::array<std::uint8_t, kTogether> absent;
  std::size_t absent_count = 0;
  for (std::size_t at = 0; at < texts.size(); ++at) {
    if (values[at] != kNoValue && text(values[at]) != texts[at]) {  // another text with the same tag
      values[at] = look_up(texts[at], hashes[at]).value_or(kNoValue);
    }
    if (values[at] == kNoValue) absent[absent_count++] = static_cast<std::uint8_t>(at);
  }
  if (absent_count == 0) return;
  const std::lock_guard lock(mutex_);
  for (const std::uint8_t at : std::span(absent).first(absent_count)) values[at] = add(texts[at], hashes[at]);
}

// The number of the text, that of another thread when it came first.
ValueNumber ValueTable::add(std::string_view text, std::uint64_t hash) {
  if (const auto value = look_up(text, hash)) return *value;
  const ValueNumber value = append(text);
  Segment* segment = &segment_of(*directory_.load(std::memory_order_relaxed), hash);
  while (segment->count == kSegmentValuesMax) {
    split(*segment, hash);
    segment = &segment_of(*directory_.load(std::memory_order_relaxed), hash);
  }
  place(*segment, hash, value);
  return value;
}

std::string_view ValueTable::text(ValueNumber value) const {
  const char* start = &texts_[std::size_t{starts_[value]} * kTextUnit];
  const auto length = static_cast<std::uint8_t>(*start);
  if (length != kLongText) return {start + 1, length};
  std::uint32_t long_length = 0;
  std::memcpy(&long_length, start + 1, sizeof long_length);
  return {start + 1 + sizeof long_length, long_length};
}

// Writes the text and gives it the next number.
ValueNumber ValueTable::append(std::string_view text) {
  const bool is_long = text.size() >= kLongText;
  const std::size_t head = is_long ? 1 + sizeof(std::uint32_t) : 1;
  const std::size_t start = texts_.make_room(texts_end_, head + text.size());
  char* to = &texts_[start];
  *to = static_cast<char>(is_long ? kLongText : text.size());
  if (is_long) {
    const auto length = static_cast<std::uint32_t>(text.size());
    std::memcpy(to + 1, &length, sizeof length);
  }
  if (!text.empty()) std::memcpy(to + head, text.data(), text.size());
  texts_end_ = (start + head + text.size() + kTextUnit - 1) / kTextUnit * kTextUnit;

  const ValueNumber value = count_.load(std::memory_order_relaxed);
  CHECK(start / kTextUnit <= 0xFFFFFFFF && value < 0xFFFFFFFE);
  starts_.make_room(value, 1);
  starts_[value] = static_cast<std::uint32_t>(start / kTextUnit);
  count_.store(value + 1, std::memory_order_release);
  return value;
}

void ValueTable::place(Segment& segment, std::uint64_t hash, ValueNumber value) {
  auto slot = static_cast<std::uint8_t>(hash);
  while (segment.tags[slot].load(std::memory_order_relaxed) != 0) ++slot;
  segment.values[slot].store(value, std::memory_order_release);
  segment.tags[slot].store(tag_of(hash), std::memory_order_release);
  ++segment.count;
}

ValueTable::Segment& ValueTable::make_segment(std::uint32_t depth) {
  static_assert(std::is_trivially_destructible_v<Segment>);
  segments_.make_room(segment_count_, 1);
  auto* const segment = new (&segments_[segment_count_++]) Segment;
  segment->depth = depth;
  return *segment;
}

ValueTable::Directory& ValueTable::make_directory(std::uint32_t depth) {
  directories_.push_back(std::make_unique<Directory>(depth));
  return *directories_.back();
}

void ValueTable::double_directory() {
  const Directory& old = *directory_.load(std::memory_order_relaxed);
  CHECK(old.depth < 32);
  Directory& doubled = make_directory(old.depth + 1);
  for (std::size_t index = 0; index < doubled.segments.size(); ++index) {
    doubled.segments[index].store(old.segments[index / 2].load(std::memory_order_relaxed), std::memory_order_relaxed);
  }
  directory_.store(&doubled, std::memory_order_release);
}

// Moves the values whose next hash bit is set to a new segment. `hash`: of one of its values.
void ValueTable::split(Segment& segment, std::uint64_t hash) {
  if (segment.depth == directory_.load(std::memory_order_relaxed)->depth) double_directory();
  Directory& directory = *directory_.load(std::memory_order_relaxed);
  const std::uint32_t depth = ++segment.depth;
  Segment& added = make_segment(depth);

  std::array<ValueNumber, kSegmentSlots> values;
  std::uint32_t count = 0;
  for (std::uint32_t slot = 0; slot < kSegmentSlots; ++slot) {
    if (segment.tags[slot].load(std::memory_order_relaxed) == 0) continue;
    values[count++] = segment.values[slot].load(std::memory_order_relaxed);
    __builtin_prefetch(&starts_[values[count - 1]]);
  }
  for (std::uint32_t index = 0; index < count; ++index) {
    __builtin_prefetch(&texts_[std::size_t{starts_[values[index]]} * kTextUnit]);
  }
  std::array<std::uint64_t, kSegmentSlots> hashes;
  for (std::uint32_t index = 0; index < count; ++index) {
    hashes[index] = this->hash(text(values[index]));
    if ((hashes[index] >> (64 - depth)) & 1) place(added, hashes[index], values[index]);
  }
  const std::size_t range = std::size_t{1} << (directory.depth - depth);
  const std::size_t first = (index_of(hash, depth) | 1) * range;
  for (std::size_t index = first; index < first + range; ++index) {
    directory.segments[index].store(&added, std::memory_order_release);
  }
  for (std::atomic<std::uint8_t>& tag : segment.tags) tag.store(0, std::memory_order_relaxed);
  segment.count = 0;
  for (std::uint32_t index = 0; index < count; ++index) {
    if (!((hashes[index] >> (64 - depth)) & 1)) place(segment, hashes[index], values[index]);
  }
}

std::size_t ValueTable::memory_bytes() const {
  const std::lock_guard lock(mutex_);
  std::size_t bytes = sizeof *this + texts_end_ + count() * sizeof(std::uint32_t);
  bytes += segment_count_ * sizeof(Segment);
  for (const auto& directory : directories_) bytes += directory->segments.size() * sizeof(void*) + 64;
  return bytes;
}

}  // namespace rapport::index
