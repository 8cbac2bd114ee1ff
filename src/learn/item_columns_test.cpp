#include "learn/item_columns.h"

#include <gtest/gtest.h>

#include <cmath>

#include "learn/taste_world.h"

namespace rapport::learn {
namespace {

// The definition, walked pair by pair.
std::vector<std::array<double, 3>> naive_column(const Histories& histories, std::uint32_t item) {
  std::vector<std::array<double, 3>> column(histories.item_count(), {0, 0, 0});
  for (std::uint32_t user = 0; user < histories.user_count(); ++user) {
    const auto history = histories.of(user);
    for (std::size_t at = 0; at < history.size(); ++at) {
      if (history[at] != item) continue;
      for (std::size_t other = 0; other < history.size(); ++other) {
        if (other == at) continue;
        const double apart = std::abs(static_cast<double>(at) - static_cast<double>(other));
        column[history[other]][0] += 1;
        if (apart <= ItemColumn::kWindow) column[history[other]][other < at ? 1 : 2] += 1 / std::sqrt(apart);
      }
    }
  }
  return column;
}

TEST(ItemColumn, AgreesWithItsDefinition) {
  TasteWorldOptions options;
  options.users = 60;
  options.items = 300;
  options.interactions_mean = 120;  // longer than the window for some
  const TasteWorld world = make_taste_world(options);
  const Histories histories(world.data.interactions, options.users, options.items);
  ItemColumn column(options.items);
  for (const std::uint32_t item : {0U, 7U, 299U}) {
    column.fill(histories, item);
    const auto expected = naive_column(histories, item);
    for (std::uint32_t other = 0; other < options.items; ++other) {
      ASSERT_EQ(column.data()[other][0], expected[other][0]) << item << " " << other;
      ASSERT_EQ(column.data()[other][1], expected[other][0]);
      ASSERT_NEAR(column.data()[other][2], expected[other][1], 1e-4);
      ASSERT_NEAR(column.data()[other][3], expected[other][2], 1e-4);
    }
  }
}

}  // namespace
}  // namespace rapport::learn
