#include "index/postings_union.h"

#include <algorithm>
#include <bit>

namespace rapport::index {
namespace {

// Sets bits 0 .. count-1 that are clear and clears those that are set.
void flip_first(SlotWords& words, std::uint32_t count) {
  for (std::uint32_t word = 0; word < count / 64; ++word) words[word] = ~words[word];
  if (count % 64 != 0) words[count / 64] ^= (std::uint64_t{1} << count % 64) - 1;
}

void mark_positions(const Postings& postings, std::span<const std::uint32_t> positions, SlotWords& words) {
  const auto& parts = postings.parts();
  for (const auto position : positions) {
    const std::uint32_t begin = parts.starts[position];
    const std::uint32_t end = parts.starts[position + 1];
    if (begin == end) postings.large(position)->mark(words);
    for (std::uint32_t at = begin; at < end; ++at) {
      const Slot slot = parts.slots[at];
      words[slot >> 6] |= std::uint64_t{1} << (slot & 63);
    }
  }
}

}  // namespace

std::span<const std::uint32_t> PostingsUnion::find(const Postings& postings, const ValueSet& wanted) {
  const auto values = postings.values();
  found_ = 0;
  if (positions_.size() < values.size()) positions_.resize(values.size());
  if (wanted.is_few() && wanted.count() * std::bit_width(values.size()) < values.size()) {
    find_each(postings, wanted);
  } else {
    find_all(postings, wanted);
  }
  return std::span(positions_).first(found_);
}

void PostingsUnion::find_each(const Postings& postings, const ValueSet& wanted) {
  for (const auto value : wanted.few()) {
    if (const auto position = postings.find(value)) positions_[found_++] = *position;
  }
}

void PostingsUnion::find_all(const Postings& postings, const ValueSet& wanted) {
  const auto values = postings.values();
  for (std::uint32_t begin = 0, end = 0; begin < values.size(); begin = end) {
    const auto* words = wanted.words_of(values[begin]);
    const auto next = (values[begin] / ValueSet::kValuesPerPiece + 1) * std::uint64_t{ValueSet::kValuesPerPiece};
    end = static_cast<std::uint32_t>(std::ranges::lower_bound(values.subspan(begin), next) - values.begin());
    if (words == nullptr) continue;
    const std::uint32_t first = values[begin] % ValueSet::kValuesPerPiece;
    const std::uint32_t last = values[end - 1] % ValueSet::kValuesPerPiece;
    if (last - first != end - 1 - begin) {
      for (std::uint32_t position = begin; position < end; ++position) {  // without branches
        const std::uint32_t bit = values[position] % ValueSet::kValuesPerPiece;
        positions_[found_] = position;
        found_ += static_cast<std::uint32_t>(words[bit / 64] >> bit % 64 & 1);
      }
      continue;
    }
    for (std::uint32_t word = first / 64; word <= last / 64; ++word) {  // no value is left out: only those set
      for (std::uint64_t bits = words[word]; bits != 0; bits &= bits - 1) {
        const std::uint32_t bit = word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
        if (bit >= first && bit <= last) positions_[found_++] = begin + bit - first;
      }
    }
  }
}

void PostingsUnion::invert_positions(std::uint32_t value_count) {
  std::vector<std::uint32_t> others;
  others.reserve(value_count - found_);
  std::uint32_t at = 0;
  for (std::uint32_t position = 0; position < value_count; ++position) {
    if (at < found_ && positions_[at] == position) {
      ++at;
    } else {
      others.push_back(position);
    }
  }
  positions_.swap(others);
  found_ = static_cast<std::uint32_t>(positions_.size());
}

const SlotWords& PostingsUnion::collect(const Postings& postings, const ValueSet& wanted, std::uint32_t slots) {
  const auto found = find(postings, wanted);
  words_.fill(0);
  // When most values count and every slot has exactly one, the others are fewer to mark.
  const bool invert =
      2 * found.size() > postings.value_count() && postings.single_valued() && postings.slot_count() == slots;
  if (invert) invert_positions(postings.value_count());
  mark_positions(postings, std::span(positions_).first(found_), words_);
  if (invert) flip_first(words_, slots);
  return words_;
}

}  // namespace rapport::index
