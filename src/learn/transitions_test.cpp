#include "learn/transitions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace rapport::learn {
namespace {

using testing::ElementsAre;

TEST(TransitionsTest, CountsByPlacesApart) {
  const std::vector<Interaction> rows = {{0, 2, 1}, {0, 0, 2}, {0, 1, 3}, {1, 0, 1}, {1, 1, 2}};
  const TransitionTable table = count_transitions(Histories(rows, 2, 3), {.window = 2}, {});
  EXPECT_THAT(table.of(0).items, ElementsAre(1, 2));
  EXPECT_THAT(table.of(0).ahead, ElementsAre(2, 0));
  EXPECT_THAT(table.of(0).behind, ElementsAre(0, 1));
  EXPECT_THAT(table.of(2).ahead, ElementsAre(1, 0.5F));
  EXPECT_THAT(count_transitions(Histories(rows, 2, 3), {.window = 1}, {}).of(2).items, ElementsAre(0));
}

TEST(TransitionsTest, KeepsTheStrongestNeighbours) {
  const std::vector<Interaction> rows = {{0, 0, 1}, {0, 3, 2}, {1, 0, 1}, {1, 3, 2}, {2, 0, 1}, {2, 1, 2}};
  EXPECT_THAT(count_transitions(Histories(rows, 3, 4), {.row_limit = 1}, {}).of(0).items, ElementsAre(3));
}

TEST(TransitionsTest, AreMirrored) {
  Random random(5);
  std::vector<Interaction> rows;
  for (int k = 0; k < 2000; ++k) {
    rows.push_back({static_cast<std::uint32_t>(random.below(50)), static_cast<std::uint32_t>(random.below(40)), k});
  }
  const TransitionTable table = count_transitions(Histories(rows, 50, 40), {}, {.threads = 2});
  for (std::uint32_t item = 0; item < 40; ++item) {
    const TransitionRow row = table.of(item);
    for (std::size_t k = 0; k < row.items.size(); ++k) {
      const TransitionRow other = table.of(row.items[k]);
      const auto at = std::ranges::find(other.items, item) - other.items.begin();
      ASSERT_LT(at, std::ssize(other.items));
      EXPECT_NEAR(row.ahead[k], other.behind[static_cast<std::size_t>(at)], 1e-3);
    }
  }
}

}  // namespace
}  // namespace rapport::learn
