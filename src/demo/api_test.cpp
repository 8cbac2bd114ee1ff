#include "demo/api.h"

#include <gtest/gtest.h>

namespace rapport::demo {
namespace {

TEST(WaitUntil, AsksUntilItIsReady) {
  int asked = 0;
  EXPECT_TRUE(wait_until([&]() -> Result<bool> { return ++asked == 2; }, 60));
  EXPECT_EQ(asked, 2);
}

TEST(WaitUntil, EndsWithTheErrorOrTheTime) {
  const auto failed = wait_until([]() -> Result<bool> { return fail(ErrorKind::kInvalid, "no"); }, 60);
  EXPECT_EQ(failed.error().kind, ErrorKind::kInvalid);
  const auto late = wait_until([]() -> Result<bool> { return false; }, -1);
  EXPECT_EQ(late.error().kind, ErrorKind::kUnavailable);
}

TEST(Api, SaysThatNobodyAnswers) {
  const ManualClock clock;
  Api api({"http://127.0.0.1:1", "key", "secret"}, clock);
  EXPECT_EQ(api.pinpoint("GET", "/v1/apps").error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(api.get_object("http://elsewhere").error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace rapport::demo
