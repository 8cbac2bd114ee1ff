#include "bingewatch/film_names.h"

#include <gtest/gtest.h>

#include <set>

namespace rapport::bingewatch {
namespace {

TEST(TitleMaker, GivesEachTitleOnce) {
  Random random(1);
  TitleMaker titles(random);
  std::set<std::string> seen;
  for (int k = 0; k < 1500; ++k) EXPECT_TRUE(seen.insert(titles.next()).second);
}

TEST(FirstName, FollowsTheSeed) {
  Random one(5);
  Random same(5);
  for (int k = 0; k < 10; ++k) EXPECT_EQ(first_name(one), first_name(same));
}

}  // namespace
}  // namespace rapport::bingewatch
