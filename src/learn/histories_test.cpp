#include "learn/histories.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"

namespace rapport::learn {
namespace {

std::vector<std::uint32_t> items(const Histories& histories, std::uint32_t user) {
  return {histories.of(user).begin(), histories.of(user).end()};
}

TEST(Histories, OrdersByTimeAndKeepsTheLastMeeting) {
  const std::vector<Interaction> rows = {{1, 7, 30}, {1, 5, 10}, {0, 5, 1}, {1, 6, 20}, {1, 5, 40}, {1, 6, 20}};
  const Histories histories(rows, 3, 8);
  EXPECT_EQ(items(histories, 0), (std::vector<std::uint32_t>{5}));
  EXPECT_EQ(items(histories, 1), (std::vector<std::uint32_t>{6, 7, 5}));
  EXPECT_TRUE(histories.of(2).empty());
  EXPECT_EQ(histories.activity(1), 5u);
  EXPECT_EQ(histories.activity(2), 0u);
  ASSERT_EQ(histories.meetings(5).size(), 2u);
  EXPECT_EQ(histories.meetings(5)[1].user, 1u);
  EXPECT_EQ(histories.meetings(5)[1].place, 2u);
  EXPECT_TRUE(histories.meetings(0).empty());
}

TEST(Histories, IndexesEveryMeeting) {
  Random random(3);
  std::vector<Interaction> rows;
  for (int k = 0; k < 2000; ++k) {
    rows.push_back({static_cast<std::uint32_t>(random.below(50)), static_cast<std::uint32_t>(random.below(40)), k});
  }
  const Histories histories(rows, 50, 40);
  std::size_t meetings = 0;
  for (std::uint32_t item = 0; item < 40; ++item) {
    for (const Meeting& meeting : histories.meetings(item)) {
      EXPECT_EQ(histories.of(meeting.user)[meeting.place], item);
      ++meetings;
    }
  }
  EXPECT_EQ(meetings, histories.items().size());
  const Histories again(histories.begins(), histories.items(), histories.activities(), 40);
  EXPECT_EQ(items(again, 7), items(histories, 7));
  EXPECT_EQ(again.meetings(3).size(), histories.meetings(3).size());
}

}  // namespace
}  // namespace rapport::learn
