#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>

#include "base/check.h"

namespace rapport::index {

// An array that grows without moving what it has: chunks, each twice as large as the one before. One thread at a time
// makes room; others read elements they were told of in a way that synchronises.
template <class T, std::size_t first_size>
class StableArray {
 public:
  StableArray() = default;
  StableArray(const StableArray&) = delete;
  StableArray& operator=(const StableArray&) = delete;
  ~StableArray() {
    for (const std::atomic<T*>& chunk : chunks_) delete[] chunk.load(std::memory_order_relaxed);
  }

  T& operator[](std::size_t index) const {
    const std::size_t chunk = chunk_of(index);
    return chunks_[chunk].load(std::memory_order_acquire)[index - start_of(chunk)];
  }

  // Where `count` elements from `index` on, or from a later place, lie in one chunk, which exists then.
  std::size_t make_room(std::size_t index, std::size_t count) {
    std::size_t chunk = chunk_of(index);
    while (index + count > start_of(chunk + 1)) index = start_of(++chunk);
    CHECK(chunk < chunks_.size());
    if (chunks_[chunk].load(std::memory_order_relaxed) == nullptr) {
      chunks_[chunk].store(std::make_unique_for_overwrite<T[]>(first_size << chunk).release(),
                           std::memory_order_release);
    }
    return index;
  }

 private:
  static constexpr std::size_t chunk_of(std::size_t index) {
    return static_cast<std::size_t>(std::bit_width(index / first_size + 1)) - 1;
  }
  static constexpr std::size_t start_of(std::size_t chunk) { return (first_size << chunk) - first_size; }

  std::array<std::atomic<T*>, 40> chunks_{};
};

}  // namespace rapport::index
