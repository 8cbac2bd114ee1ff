#include "learn/csv_dataset.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/random.h"

namespace rapport::learn {
namespace {

class CsvDatasetTest : public testing::Test {
 protected:
  CsvDatasetTest() : directory_(std::filesystem::path(testing::TempDir()) / random_id()) {}
  ~CsvDatasetTest() override { std::filesystem::remove_all(directory_); }
  std::filesystem::path file(const std::string& name, const std::string& content) {
    EXPECT_TRUE(write_file_durably(directory_ / name, content));
    return directory_ / name;
  }
  std::filesystem::path directory_;
};

TEST_F(CsvDatasetTest, ReadsTheFormOfMovieLens) {
  const auto data =
      read_csv_dataset({file("r.csv", "userId,movieId,rating,timestamp\n1,10,4.0,77\n2,10,3.5,78\n"),
                        file("m.csv", "movieId,title,genres\n10,\"Heat, The\",Action|Crime\n11,x,Crime\n"),
                        {"genres"}});
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->users.size(), 2u);
  ASSERT_EQ(data->interactions.size(), 2u);
  EXPECT_EQ(data->interactions[1].user, 1u);
  EXPECT_EQ(data->interactions[1].time, 78);
  EXPECT_EQ(*data->attributes.items("genres", "Crime"), (std::vector<std::uint32_t>{0, 1}));
}

TEST_F(CsvDatasetTest, ReadsTheFormOfPersonalizeWithoutItems) {
  const auto data = read_csv_dataset({file("i.csv", "TIMESTAMP,ITEM_ID,USER_ID\n5,a,b\n"), {}, {}});
  ASSERT_TRUE(data);
  EXPECT_EQ(data->users.at(0), "b");
  EXPECT_EQ(data->items.at(0), "a");
}

TEST_F(CsvDatasetTest, RefusesWhatIsMissingOrWrong) {
  EXPECT_EQ(read_csv_dataset({directory_ / "none.csv", {}, {}}).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(read_csv_dataset({file("a.csv", "USER_ID,TIMESTAMP\n1,2\n"), {}, {}}).error().kind, ErrorKind::kInvalid);
  const auto bad_time = read_csv_dataset({file("b.csv", "USER_ID,ITEM_ID,TIMESTAMP\n1,2,3\n1,2,soon\n"), {}, {}});
  ASSERT_FALSE(bad_time);
  EXPECT_NE(bad_time.error().message.find("line 3"), std::string::npos);
  const auto good = file("c.csv", "USER_ID,ITEM_ID,TIMESTAMP\n1,2,3\n");
  EXPECT_FALSE(read_csv_dataset({good, file("d.csv", "ITEM_ID,YEAR\n2,1999\n"), {"GENRES"}}));
}

}  // namespace
}  // namespace rapport::learn
