#include "index/row.h"

#include <gtest/gtest.h>

#include <limits>

namespace rapport::index {
namespace {

TEST(RowBuilder, SortsAndDropsWhatComesTwice) {
  Dictionary dictionary;
  const FieldNumber a = dictionary.intern_field("a");
  const FieldNumber b = dictionary.intern_field("b");
  RowBuilder builder(dictionary);
  builder.begin("id");
  builder.user("someone");
  builder.term(b, "x");
  builder.term(a, "y");
  builder.term(b, "x");
  builder.term(a, "x");
  builder.number(b, 1);
  builder.number(a, 2);
  builder.number(b, 3);
  builder.number(a, std::numeric_limits<double>::quiet_NaN());
  const Row& row = builder.finish();
  EXPECT_EQ(row.key_id, "id");
  EXPECT_EQ(row.user, dictionary.find(kUserField, "someone"));
  EXPECT_EQ(row.terms, (std::vector<Term>{{a, 0}, {a, 1}, {b, 0}}));
  ASSERT_EQ(row.numbers.size(), 2U);
  EXPECT_EQ(row.numbers[0].field, a);
  EXPECT_EQ(row.numbers[0].value, 2);
  EXPECT_EQ(row.numbers[1].value, 3);
}

TEST(RowBuilder, ForgetsTheRowBefore) {
  Dictionary dictionary;
  RowBuilder builder(dictionary);
  builder.begin("first");
  builder.user("someone");
  builder.term(dictionary.intern_field("a"), "x");
  builder.number(1, 1);
  builder.finish();
  builder.begin("second");
  const Row& row = builder.finish();
  EXPECT_EQ(row.key_id, "second");
  EXPECT_EQ(row.user, kNoUser);
  EXPECT_TRUE(row.terms.empty());
  EXPECT_TRUE(row.numbers.empty());
}

}  // namespace
}  // namespace rapport::index
