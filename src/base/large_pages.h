#pragma once

#include <cstddef>
#include <memory>

namespace rapport {

struct FreeMemory {
  void operator()(std::byte* memory) const;
};
using LargePageMemory = std::unique_ptr<std::byte, FreeMemory>;

// Memory that is read at random places, uninitialised, for any type. Where the system has large pages, much of it lies
// in such: the processor finds those faster, and the system clears them faster.
LargePageMemory large_page_memory(std::size_t bytes);

}  // namespace rapport
