#include "transfers/ordered_work.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

namespace rapport::transfers {
namespace {

using Squares = OrderedWork<int, int>;

TEST(OrderedWorkTest, DeliversInTheOrderOfTheItems) {
  std::vector<int> delivered;
  Squares squares(
      3, [](const int& item) -> Result<int> { return item * item; },
      [&](const int& made) -> Status {
        delivered.push_back(made);
        return {};
      });
  std::vector<int> expected;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(squares.put(i));
    expected.push_back(i * i);
  }
  ASSERT_TRUE(squares.finish());
  EXPECT_EQ(delivered, expected);
}

TEST(OrderedWorkTest, TheFirstFailureStopsIt) {
  std::atomic<int> delivered = 0;
  Squares squares(
      2,
      [](const int& item) -> Result<int> {
        if (item == 5) return fail(ErrorKind::kInvalid, "five");
        return item;
      },
      [&](const int&) -> Status {
        ++delivered;
        return {};
      });
  Status put;
  for (int i = 0; put && i < 1000; ++i) put = squares.put(i);
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().message, "five");
  EXPECT_EQ(squares.finish().error().message, "five");
  EXPECT_LE(delivered, 5);
}

TEST(OrderedWorkTest, AFailureToDeliverIsTold) {
  Squares squares(
      2, [](const int& item) -> Result<int> { return item; },
      [](const int& made) -> Status {
        if (made == 3) return fail(ErrorKind::kUnavailable, "full");
        return {};
      });
  Status put;
  for (int i = 0; put && i < 100; ++i) put = squares.put(i);
  EXPECT_EQ(squares.finish().error().kind, ErrorKind::kUnavailable);
}

TEST(OrderedWorkTest, WhatIsNotFinishedIsDropped) {
  Squares squares(1, [](const int& item) -> Result<int> { return item; }, [](const int&) -> Status { return {}; });
  ASSERT_TRUE(squares.put(1));
}

}  // namespace
}  // namespace rapport::transfers
