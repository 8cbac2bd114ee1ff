#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "index/dictionary.h"
#include "index/stable_array.h"

namespace rapport::index {

// The values of one field: texts in an arena, found by extendible hashing. Values that are there are found without a
// lock; one thread at a time adds. Nothing readers may look at is ever freed or moved: a segment that is split keeps
// its place, so that a reader beside it may miss a value (it then asks again under the lock), but never finds a wrong
// one.
class ValueTable {
 public:
  explicit ValueTable(std::uint64_t seed);

  ValueNumber intern(std::string_view text);
  void intern(std::span<const std::string_view> texts, std::span<ValueNumber> values);  // parallel
  std::optional<ValueNumber> find(std::string_view text) const;
  std::string_view text(ValueNumber value) const;
  std::uint32_t count() const { return count_.load(std::memory_order_acquire); }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::uint32_t kSegmentSlots = 256;
  static constexpr std::uint32_t kSegmentValuesMax = 216;
  static constexpr std::size_t kTogether = 64;
  static constexpr ValueNumber kNoValue = 0xFFFFFFFF;
  static constexpr std::size_t kTextUnit = 2;  // texts start at multiples of it: 8 GB of texts in 32 bits

  struct alignas(64) Segment {
    std::array<std::atomic<std::uint8_t>, kSegmentSlots> tags{};  // some bits of the hash; 0: nothing here
    std::array<std::atomic<ValueNumber>, kSegmentSlots> values{};
    std::uint32_t count = 0;
    std::uint32_t depth = 0;  // leading hash bits that all its values share
  };
  // Segments by the leading `depth` bits of the hash.
  struct Directory {
    explicit Directory(std::uint32_t bits) : depth(bits), segments(std::size_t{1} << bits) {}
    std::uint32_t depth;
    std::vector<std::atomic<Segment*>> segments;
  };

  std::uint64_t hash(std::string_view text) const;
  static Segment& segment_of(const Directory& directory, std::uint64_t hash);
  static ValueNumber likely(const Segment& segment, std::uint64_t hash);
  std::optional<ValueNumber> look_up(std::string_view text, std::uint64_t hash) const;
  static void place(Segment& segment, std::uint64_t hash, ValueNumber value);
  // Step by step for all, each step asking for the memory of the next; up to kTogether texts.
  void intern_together(std::span<const std::string_view> texts, std::span<ValueNumber> values);
  ValueNumber add(std::string_view text, std::uint64_t hash);  // under the lock
  ValueNumber append(std::string_view text);
  Segment& make_segment(std::uint32_t depth);
  Directory& make_directory(std::uint32_t depth);
  void split(Segment& segment, std::uint64_t hash);
  void double_directory();

  const std::uint64_t seed_;
  mutable std::mutex mutex_;  // held to add
  StableArray<std::uint32_t, 64> starts_;
  StableArray<char, 1024> texts_;
  std::size_t texts_end_ = 0;
  std::atomic<std::uint32_t> count_{0};
  std::atomic<Directory*> directory_;
  // Memory for segments, which are made one by one.
  struct Unmade {
    alignas(Segment) std::array<std::byte, sizeof(Segment)> bytes;
  };
  StableArray<Unmade, 1> segments_;
  std::size_t segment_count_ = 0;
  std::vector<std::unique_ptr<Directory>> directories_;  // the last is current, the others may still be read
};

}  // namespace rapport::index
