#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "index/dictionary.h"
#include "index/predicate.h"

namespace rapport::index {

// Which values of one field of a dictionary count. Immutable; grows into a new one that shares what stays.
class ValueSet {
 public:
  // What `before` (null at first) says, and of the values interned since whether they count: by the predicate's text
  // test, or, of kUserField, by its list of users. Asks each value once. REQUIRES a predicate of kind kText or
  // kMembers.
  static std::shared_ptr<const ValueSet> grown(std::shared_ptr<const ValueSet> before, const Dictionary& dictionary,
                                               FieldNumber field, const Predicate& predicate);

  bool contains(ValueNumber value) const {
    const std::size_t chunk = value >> kChunkBits;
    if (chunk >= chunks_.size() || chunks_[chunk] == nullptr) return false;
    return ((*chunks_[chunk])[(value & kChunkMask) >> 6] >> (value & 63) & 1) != 0;
  }
  // Bits of the values of the piece that holds `value`, from its first on; nullptr when none of them counts.
  static constexpr std::uint32_t kValuesPerPiece = 1 << 15;
  const std::uint64_t* words_of(ValueNumber value) const {
    const std::size_t chunk = value >> kChunkBits;
    return chunk < chunks_.size() && chunks_[chunk] ? chunks_[chunk]->data() : nullptr;
  }
  std::uint32_t count() const { return count_; }
  std::uint32_t examined() const { return examined_; }  // values 0 .. examined()-1 were asked
  // All of them, rising; empty when they are more than kFewMax.
  std::span<const ValueNumber> few() const { return few_; }
  bool is_few() const { return few_.size() == count_; }
  std::size_t memory_bytes() const;

  static constexpr std::uint32_t kFewMax = 1024;

 private:
  static constexpr std::uint32_t kChunkBits = 15;
  static constexpr std::uint32_t kChunkMask = (1 << kChunkBits) - 1;
  static_assert(kValuesPerPiece == 1 << kChunkBits);
  using Chunk = std::array<std::uint64_t, (1 << kChunkBits) / 64>;

  void add(const std::vector<ValueNumber>& rising);

  std::vector<std::shared_ptr<const Chunk>> chunks_;  // null: none of these values
  std::vector<ValueNumber> few_;
  std::uint32_t count_ = 0;
  std::uint32_t examined_ = 0;
};

}  // namespace rapport::index
