#include "demo/demo_data.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"
#include "base/random.h"
#include "base/text.h"
#include "learn/csv_dataset.h"

namespace rapport::demo {
namespace {

class DemoDataTest : public testing::Test {
 protected:
  DemoDataTest() : folder_(std::filesystem::path(testing::TempDir()) / random_id()) {}
  ~DemoDataTest() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& content) const {
    ASSERT_TRUE(write_file_durably(folder_ / "in" / name, content));
  }
  std::string written(const std::string& name) const { return read_file(folder_ / "out" / name).value(); }
  Result<DemoData> adopt() const { return adopt_files(folder_ / "in", folder_ / "out", 1); }
  std::filesystem::path folder_;
};

std::vector<std::string> field_names(const TableFile& table) {
  std::vector<std::string> names;
  for (const auto& field : table.schema.at("fields").as_array())
    names.push_back(json::string_or(field.as_object(), "name"));
  return names;
}

TEST_F(DemoDataTest, BingewatchIsWholeAndFollowsItsSeed) {
  const auto data = make_bingewatch(folder_ / "out", 3);
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->user_count, data->hidden_taste.size());
  const auto read = learn::read_csv_dataset({data->interactions.path, data->items.path, {"GENRES", "YEAR"}});
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->interactions.size(), data->interactions.rows);
  EXPECT_EQ(read->items.size(), data->items.rows);
  EXPECT_EQ(read->users.size(), data->user_count);
  EXPECT_NE(read->attributes.items("GENRES", "Action"), nullptr);

  const std::string endpoints = written("endpoints.json");
  EXPECT_EQ(static_cast<std::uint64_t>(std::ranges::count(endpoints, '\n')), data->user_count);
  const auto first = json::parse(endpoints.substr(0, endpoints.find('\n')));
  ASSERT_TRUE(first);
  EXPECT_EQ(json::string_or(first->as_object(), "Id"), "email-u1");
  EXPECT_TRUE(json::string_or(first->as_object(), "Address").ends_with("@bingewatch.example"));

  const std::string ratings = written("interactions.csv");
  ASSERT_TRUE(make_bingewatch(folder_ / "out", 3));
  EXPECT_EQ(written("interactions.csv"), ratings);
  ASSERT_TRUE(make_bingewatch(folder_ / "out", 4));
  EXPECT_NE(written("interactions.csv"), ratings);
}

TEST_F(DemoDataTest, AdoptsMovieLens) {
  write("ratings.csv", "userId,movieId,rating,timestamp\n7,10,4.5,77\n7,11,3.0,78\n8,10,1.0,79\n");
  write("movies.csv", "movieId,title,genres\n10,\"Heat, The (1995)\",Action|Crime\n11,Nameless,Crime\n");
  const auto data = adopt();
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->name, "in");
  EXPECT_EQ(data->attribute, "GENRES");
  EXPECT_EQ(data->value, "Action");
  EXPECT_EQ(data->user_count, 2u);
  EXPECT_EQ(data->interactions.rows, 3u);
  EXPECT_FALSE(data->users);
  EXPECT_TRUE(data->hidden_taste.empty());
  EXPECT_EQ(written("interactions.csv"),
            "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE\n7,10,77,rating,4.5\n7,11,78,rating,3.0\n"
            "8,10,79,rating,1.0\n");
  EXPECT_EQ(written("items.csv"),
            "ITEM_ID,GENRES,YEAR,TITLE\n10,Action|Crime,1995,\"Heat, The (1995)\"\n11,Crime,,Nameless\n");
  EXPECT_EQ(field_names(data->items), (std::vector<std::string>{"ITEM_ID", "GENRES", "YEAR", "TITLE"}));
}

TEST_F(DemoDataTest, AdoptsPersonalizeWithOtherColumns) {
  write("interactions.csv", "ITEM_ID,USER_ID,TIMESTAMP\na,u,1\nb,u,2\n");
  write("items.csv", "ITEM_ID,CATEGORY\na,tools\nb,tools\nc,toys\n");
  write("users.csv", "USER_ID,AGE\nu,33\n");
  const auto data = adopt();
  ASSERT_TRUE(data) << data.error().message;
  EXPECT_EQ(data->attribute, "CATEGORY");
  EXPECT_EQ(data->value, "tools");  // the most frequent, for want of Action
  ASSERT_TRUE(data->users);
  EXPECT_EQ(field_names(*data->users), (std::vector<std::string>{"USER_ID", "AGE"}));
  EXPECT_EQ(written("users.csv"), "USER_ID,AGE\nu,33\n");
}

TEST_F(DemoDataTest, RefusesFoldersOfNeitherForm) {
  write("ratings.csv", "userId,movieId,rating,timestamp\n");
  EXPECT_EQ(adopt().error().kind, ErrorKind::kNotFound);
  write("movies.csv", "title\n");
  EXPECT_EQ(adopt().error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace rapport::demo
