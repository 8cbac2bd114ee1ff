#include "learn/taste_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

namespace rapport::learn {
namespace {

TEST(TasteWorld, IsTheSameForTheSameSeed) {
  TasteWorldOptions options;
  options.users = 50;
  const TasteWorld one = make_taste_world(options);
  const TasteWorld same = make_taste_world(options);
  options.seed = 2;
  const TasteWorld other = make_taste_world(options);
  const auto items = [](const TasteWorld& world) {
    std::vector<std::uint32_t> all;
    for (const Interaction& row : world.data.interactions) all.push_back(row.item);
    return all;
  };
  EXPECT_EQ(items(one), items(same));
  EXPECT_NE(items(one), items(other));
}

TEST(TasteWorld, IsWellFormedAndFollowsTastes) {
  TasteWorldOptions options;
  options.users = 500;
  const TasteWorld world = make_taste_world(options);
  EXPECT_EQ(world.data.users.size(), 500u);
  EXPECT_EQ(world.data.items.size(), 800u);
  std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
  std::vector<int> rows(500, 0);
  int of_favourite = 0;
  for (const Interaction& row : world.data.interactions) {
    EXPECT_TRUE(pairs.insert({row.user, row.item}).second) << "a film is watched once";
    ++rows[row.user];
    const auto& genres = world.genres[row.item];
    of_favourite += std::ranges::find(genres, world.favourite[row.user]) != genres.end();
    EXPECT_GE(row.time, options.first_time);
    EXPECT_LT(row.time, options.last_time);
  }
  EXPECT_GE(std::ranges::min(rows), 2);
  EXPECT_GT(std::ranges::max(rows), 150);
  EXPECT_GT(of_favourite, static_cast<int>(0.5 * static_cast<double>(pairs.size())));
}

}  // namespace
}  // namespace rapport::learn
