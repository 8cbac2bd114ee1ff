#include "bingewatch/world.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "bingewatch/tables.h"

namespace rapport::bingewatch {
namespace {

Options small(std::uint64_t seed) {
  return {.viewers = 200, .films = 60, .watched_mean = 10, .first_time = 1000, .last_time = 2000, .seed = seed};
}

std::string interactions(const World& world) {
  std::string text;
  formats::CsvWriter csv([&](std::string_view data) -> Status {
    text += data;
    return {};
  });
  EXPECT_TRUE(write_interactions(world, csv));
  EXPECT_TRUE(csv.finish());
  return text;
}

TEST(World, FollowsItsSeed) {
  const World world = make_world(small(3));
  EXPECT_EQ(world.viewers.size(), 200U);
  EXPECT_EQ(world.films.size(), 60U);
  EXPECT_EQ(interactions(world), interactions(make_world(small(3))));
  EXPECT_NE(interactions(world), interactions(make_world(small(4))));
}

TEST(World, HappensInItsTimeAndFollowsTastes) {
  const World world = make_world(small(1));
  std::size_t of_taste = 0;
  for (const Watched& row : world.watched) {
    EXPECT_GE(row.time, 1000);
    EXPECT_LE(row.time, 2000);
    EXPECT_TRUE(row.stars >= 2 && row.stars <= 5);
    of_taste +=
        static_cast<std::size_t>(std::ranges::count(world.films[row.film].genres, world.viewers[row.viewer].favourite));
  }
  EXPECT_GT(of_taste * 4, world.watched.size());  // by chance about one in ten
  for (const Viewer& viewer : world.viewers) EXPECT_FALSE(viewer.place.timezone.empty());
}

}  // namespace
}  // namespace rapport::bingewatch
