#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>

#include "base/check.h"
#include "base/large_pages.h"

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
    for (std::size_t chunk = 0; chunk < chunks_.size(); ++chunk) {
      if (T* const elements = chunks_[chunk].load(std::memory_order_relaxed)) {
        std::destroy_n(elements, first_size << chunk);
      }
    }
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
      const std::size_t size = first_size << chunk;
      memory_[chunk] = large_page_memory(size * sizeof(T));
      T* const elements = reinterpret_cast<T*>(memory_[chunk].get());
      std::uninitialized_default_construct_n(elements, size);
      chunks_[chunk].store(elements, std::memory_order_release);
    }
    return index;
  }

 private:
  static constexpr std::size_t chunk_of(std::size_t index) {
    return static_cast<std::size_t>(std::bit_width(index / first_size + 1)) - 1;
  }
  static constexpr std::size_t start_of(std::size_t chunk) { return (first_size << chunk) - first_size; }

  static constexpr std::size_t kChunksMax = 40;
  std::array<std::atomic<T*>, kChunksMax> chunks_{};
  std::array<LargePageMemory, kChunksMax> memory_;  // of the chunks
};

}  // namespace rapport::index
