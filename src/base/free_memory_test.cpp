#include "base/free_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace rapport {
namespace {

TEST(FreeMemory, LeavesWhatIsInUse) {
  std::vector<std::unique_ptr<std::string>> texts;
  for (int number = 0; number < 1000; ++number) texts.push_back(std::make_unique<std::string>(10'000, 'x'));
  for (std::size_t number = 0; number < texts.size(); number += 2) texts[number].reset();
  return_free_memory();
  for (std::size_t number = 1; number < texts.size(); number += 2) {
    EXPECT_TRUE(std::ranges::all_of(*texts[number], [](char c) { return c == 'x'; }));
  }
}

}  // namespace
}  // namespace rapport
