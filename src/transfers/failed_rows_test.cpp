#include "transfers/failed_rows.h"

#include <gtest/gtest.h>

#include "testing/temporary_directory.h"

namespace rapport::transfers {
namespace {

class FailedRowsTest : public ::testing::Test {
 protected:
  std::string all(const std::string& job) {
    const auto file = open_failed_rows(*objects_, "app", job);
    EXPECT_TRUE(file) << file.error().message;
    if (!file) return {};
    std::string text;
    for (auto piece = file->read().value(); !piece.empty(); piece = file->read().value()) text += piece;
    EXPECT_EQ(file->size, text.size());
    return text;
  }
  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<objects::Store> objects_ = objects::open_directory(directory_.file("objects"), clock_).value();
};

TEST_F(FailedRowsTest, AreReadInTheirOrderBelowOneHeader) {
  FailedRows rows(*objects_, "app", "job");
  ASSERT_TRUE(rows.write({0, 0}, failed_row("a.csv", 2, "Bad, very", {"x", "y\"z"}), {"Id", "Address"}));
  ASSERT_TRUE(rows.write({0, 30}, "", {"Id", "Address"}));
  ASSERT_TRUE(rows.write({1, 0}, failed_row("b.csv", 9, "Worse", {}), {"Id", "Address"}));
  EXPECT_EQ(all("job"), "File,Row,Reason,Id,Address\na.csv,2,\"Bad, very\",x,\"y\"\"z\"\nb.csv,9,Worse\n");
  EXPECT_EQ(open_failed_rows(*objects_, "app", "other").error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(erase_failed_rows(*objects_, "app"));
  EXPECT_EQ(open_failed_rows(*objects_, "app", "job").error().kind, ErrorKind::kNotFound);
}

TEST_F(FailedRowsTest, ForgetsWhatWasWrittenBehindTheCheckpoint) {
  FailedRows before(*objects_, "app", "job");
  for (std::uint64_t row : {0, 10, 20}) {
    ASSERT_TRUE(before.write({1, row}, failed_row("a", row, "r", {}), {}));
  }
  FailedRows again(*objects_, "app", "job");
  ASSERT_TRUE(again.discard_from({1, 10}));
  EXPECT_EQ(all("job"), "File,Row,Reason\na,0,r\n");
  ASSERT_TRUE(again.discard_from({0, 5}));
  EXPECT_EQ(open_failed_rows(*objects_, "app", "job").error().kind, ErrorKind::kNotFound);
}

TEST_F(FailedRowsTest, AreAbsentWhereNothingWasEverRefused) {
  EXPECT_EQ(open_failed_rows(*objects_, "app", "job").error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(FailedRows(*objects_, "app", "job").discard_from({0, 0}));
  EXPECT_TRUE(erase_failed_rows(*objects_, "app"));
}

}  // namespace
}  // namespace rapport::transfers
