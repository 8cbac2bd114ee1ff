#pragma once

#include <cstdint>
#include <vector>

#include "index/block.h"
#include "index/value_set.h"

namespace rapport::index {

// Finds which values of postings are in a set, and the slots that have one of them. Reuses its memory. Not thread-safe.
class PostingsUnion {
 public:
  // The positions of the values that are in the set, rising; good until the next call.
  std::span<const std::uint32_t> find(const Postings& postings, const ValueSet& wanted);
  // The slots that have a value in the set, marked in words that are otherwise clear; good until the next call.
  const SlotWords& collect(const Postings& postings, const ValueSet& wanted, std::uint32_t slots);

 private:
  void find_each(const Postings& postings, const ValueSet& wanted);
  void find_all(const Postings& postings, const ValueSet& wanted);
  void invert_positions(std::uint32_t value_count);

  std::vector<std::uint32_t> positions_;
  std::uint32_t found_ = 0;  // so many of `positions_` are right
  SlotWords words_{};
};

}  // namespace rapport::index
