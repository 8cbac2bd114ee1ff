#include "transfers/preview.h"

#include <gtest/gtest.h>

#include "formats/gzip.h"
#include "testing/temporary_directory.h"

namespace rapport::transfers {
namespace {

class PreviewTest : public ::testing::Test {
 protected:
  PreviewTest() { EXPECT_TRUE(objects_->create_bucket("bucket")); }
  Result<Preview> look(std::string_view content, std::size_t rows = 20) {
    EXPECT_TRUE(objects::write_object(*objects_, {"bucket", "file"}, content));
    return preview(*objects_, {"bucket", "file"}, rows);
  }
  static std::vector<std::string> suggested(const Preview& preview) {
    std::vector<std::string> members;
    for (const auto& column : preview.columns) members.push_back(column.suggested);
    return members;
  }
  using Texts = std::vector<std::string>;
  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<objects::Store> objects_ = objects::open_directory(directory_.file("objects"), clock_).value();
};

TEST_F(PreviewTest, GuessesWhatColumnsMean) {
  const auto found = look(
      "E-Mail;Customer ID;first name;Country;Films watched;Mobile\n"
      "ada@film.example;c1;Ada;TW;12;+886912345678\nbo@film.example;c2;Bo;JP;;\n");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->separator, ';');
  EXPECT_EQ(suggested(*found), (Texts{"Address", "User.UserId", "User.UserAttributes.FirstName", "Location.Country",
                                      "Metrics.FilmsWatched", "User.UserAttributes.Mobile"}));
  ASSERT_EQ(found->constants.size(), 1U);
  EXPECT_EQ(found->constants[0].member, "ChannelType");
  EXPECT_EQ(found->constants[0].column, "EMAIL");
  EXPECT_EQ(found->rows.size(), 2U);
  EXPECT_EQ(found->columns[0].type, ColumnType::kEmail);
  EXPECT_EQ(found->columns[4].type, ColumnType::kNumber);
  EXPECT_EQ(found->columns[5].type, ColumnType::kPhone);
  EXPECT_EQ(found->columns[3].samples, (Texts{"TW", "JP"}));
  EXPECT_TRUE(found->problems.empty());
  EXPECT_EQ(found->estimated_rows, 2);
}

TEST_F(PreviewTest, KnowsTheMembersOfThePublishedFormat) {
  const auto found = look("Id,Address,ChannelType,Attributes.Genre,Attributes.Genre,Metrics.Age\na,b,EMAIL,x,y,1\n");
  EXPECT_EQ(suggested(*found),
            (Texts{"Id", "Address", "ChannelType", "Attributes.Genre", "Attributes.Genre", "Metrics.Age"}));
  EXPECT_TRUE(found->constants.empty());
}

TEST_F(PreviewTest, TellsWhatIsWrong) {
  const auto found = look("Name,Name,\na,b\nc,\xff,d\n");
  ASSERT_TRUE(found) << found.error().message;
  Texts messages;
  for (const auto& problem : found->problems) messages.push_back(problem.message);
  EXPECT_EQ(messages,
            (Texts{"No column looks like an address, an endpoint's id or a user's id; choose one",
                   "Two columns have this name", "A column has no name", "The row has 2 fields, the header has 3",
                   "The text is not UTF-8; save the file as UTF-8"}));
  EXPECT_EQ(found->problems[3].line, 2U);
  EXPECT_FALSE(look(""));
  EXPECT_EQ(preview(*objects_, {"bucket", "none"}, 1).error().kind, ErrorKind::kNotFound);
}

TEST_F(PreviewTest, ReadsJsonLines) {
  const auto found = look(R"({"Id":"a","Address":"a@b.c","User":{"UserId":"u"}})"
                          "\n{broken\n"
                          R"({"Id":"b","Attributes":{"Genre":["x","y"]}})");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->format, ImportFormat::kJsonLines);
  EXPECT_EQ(suggested(*found), (Texts{"Id", "Address", "User.UserId", "Attributes.Genre"}));
  EXPECT_EQ(found->rows, (std::vector<Texts>{{"a", "a@b.c", "u", ""}, {"b", "", "", "x"}}));
  ASSERT_EQ(found->problems.size(), 1U);
  EXPECT_EQ(found->problems[0].line, 2U);
}

TEST_F(PreviewTest, EstimatesTheRowsOfALargeFile) {
  std::string text = "Id,Address\n";
  for (int i = 10'000; i < 60'000; ++i) text += std::to_string(i) + ",someone@film.example\n";
  const auto plain = look(text, 3);
  EXPECT_EQ(plain->rows.size(), 3U);
  EXPECT_GT(plain->estimated_rows, 45'000);
  EXPECT_LT(plain->estimated_rows, 55'000);
}

}  // namespace
}  // namespace rapport::transfers
