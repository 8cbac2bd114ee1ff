#include "training/attribute_query.h"

#include <gmock/gmock.h>

#include "base/random.h"
#include "training/training.h"

namespace rapport::training {
namespace {

using ::testing::HasSubstr;

std::string shown(const learn::SegmentQuery& query) {
  std::string text;
  for (const auto& [column, value] : query.attributes) text += column + "=" + value + ";";
  return text;
}

TEST(AttributeQuery, ReadsConditionsJoinedByAnd) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"(ITEMS.genres = "Action")", "genres=Action;"},
      {R"(ITEMS.genres = "Comedy" AND ITEMS.genres = "Action")", "genres=Comedy;genres=Action;"},
      {R"( items.CATEGORY_L1="a \"b\" \\ AND c"and Items.year=1999 )", R"(CATEGORY_L1=a "b" \ AND c;year=1999;)"},
      {R"(ITEMS.price = 7.50 AND ITEMS.n = -3)", "price=7.5;n=-3;"},
      {R"(ITEMS.genres = 'Sci-Fi')", "genres=Sci-Fi;"},
      {R"(ITEMS.genres = "")", "genres=;"},
  };
  for (const auto& [text, expected] : cases) {
    const auto query = parse_attribute_query(text);
    ASSERT_TRUE(query) << query.error().message;
    EXPECT_EQ(shown(*query), expected);
  }
}

TEST(AttributeQuery, SaysWhatItNeedsAndWhere) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "ITEMS.<column> at position 1"},
      {"USERS.age = 7", "ITEMS.<column> at position 1"},
      {"ITEMS genres = 7", "ITEMS.<column> at position 7"},
      {"ITEMS. = 7", "the name of a column at position 8"},
      {R"(ITEMS.genres > "A")", "'=' at position 14"},
      {"ITEMS.genres = Action", "a text in quotes or a number at position 16"},
      {R"(ITEMS.genres = "Action)", "a closing quote for the one at position 16"},
      {R"(ITEMS.genres = "A" OR ITEMS.genres = "B")", "AND or the end at position 20"},
      {R"(ITEMS.genres = "A" AND)", "ITEMS.<column> at position 23"},
  };
  for (const auto& [text, what] : cases) {
    const auto query = parse_attribute_query(text);
    ASSERT_FALSE(query) << text;
    EXPECT_EQ(query.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(query.error().message, HasSubstr(what));
  }
}

TEST(AttributeQuery, IsCheckedBeforeThereIsAModel) {
  EXPECT_TRUE(Training::check_query("ITEMS.genres = 'Action'"));
  const Status wrong = Training::check_query("genres like Action");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::kInvalid);
}

TEST(AttributeQuery, ReadsEveryQuotedValueBackAndSurvivesAnyText) {
  Random random(20'261'122);
  constexpr std::string_view kAlphabet = "ITEMS.genres = \"\\'AND 19x";
  for (int i = 0; i < 2000; ++i) {
    std::string value;
    for (std::uint64_t n = random.below(12); n > 0; --n) value += kAlphabet[random.below(kAlphabet.size())];
    std::string quoted = "\"";
    for (const char c : value) quoted += (c == '"' || c == '\\') ? std::string("\\") + c : std::string(1, c);
    const auto query = parse_attribute_query("ITEMS.a = " + quoted + "\"");
    ASSERT_TRUE(query) << value;
    EXPECT_EQ(query->attributes[0].value, value);
    if (const auto any = parse_attribute_query(value); !any) {
      EXPECT_EQ(any.error().kind, ErrorKind::kInvalid);
    }
  }
}

}  // namespace
}  // namespace rapport::training
