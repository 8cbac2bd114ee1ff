#include "base/large_pages.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>

namespace rapport {
namespace {

TEST(LargePages, GiveMemoryOfAnySize) {
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{100}, (std::size_t{2} << 20) - 1, std::size_t{2} << 20,
                                  (std::size_t{5} << 20) + 3}) {
    const auto memory = large_page_memory(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory.get()) % 64, 0U) << bytes;
    std::memset(memory.get(), 7, bytes);
    EXPECT_EQ(std::to_integer<int>(memory.get()[bytes - 1]), 7) << bytes;
  }
}

}  // namespace
}  // namespace rapport
