#include "base/large_pages.h"

#include <sys/mman.h>

#include <cstdlib>

#include "base/check.h"

namespace rapport {
namespace {

constexpr std::size_t kLargePageBytes = std::size_t{2} << 20;
constexpr std::size_t kLineBytes = 64;

std::size_t rounded_up(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

}  // namespace

void FreeMemory::operator()(std::byte* memory) const { std::free(memory); }

LargePageMemory large_page_memory(std::size_t bytes) {
  const bool is_large = bytes >= kLargePageBytes;
  const std::size_t unit = is_large ? kLargePageBytes : kLineBytes;
  LargePageMemory memory(static_cast<std::byte*>(std::aligned_alloc(unit, rounded_up(bytes, unit))));
  CHECK(memory != nullptr);
  if (is_large) madvise(memory.get(), bytes / kLargePageBytes * kLargePageBytes, MADV_HUGEPAGE);  // a wish only
  return memory;
}

}  // namespace rapport
