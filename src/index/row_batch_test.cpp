#include "index/row_batch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/random.h"

namespace rapport::index {
namespace {

TEST(RowBatch, GivesWhatARowBuilderGives) {
  constexpr std::uint32_t kSeed = 20'261;
  SCOPED_TRACE(kSeed);
  Random random(kSeed);
  Dictionary dictionary;
  const std::vector<FieldNumber> fields{dictionary.intern_field("a"), dictionary.intern_field("b"),
                                        dictionary.intern_field("c")};
  const std::vector<FieldNumber> number_fields{dictionary.intern_field("m"), dictionary.intern_field("n")};
  RowBatch batch(dictionary);
  RowBuilder builder(dictionary);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::string> texts(200);  // few and many different ones
    for (std::string& text : texts) text = "text " + std::to_string(random() % (round % 2 == 0 ? 5 : 5000));
    std::vector<Row> rows;
    for (std::size_t at = 0; at < 150; ++at) {
      const std::string& id = texts[at];
      batch.begin(id);
      builder.begin(id);
      if (random() % 3 != 0) {
        batch.user(texts[at + 1]);
        builder.user(texts[at + 1]);
      }
      for (auto count = random() % 6; count > 0; --count) {
        const FieldNumber field = fields[random() % fields.size()];
        const std::string& text = texts[random() % texts.size()];
        batch.term(field, text);
        builder.term(field, text);
      }
      for (auto count = random() % 4; count > 0; --count) {
        const FieldNumber field = number_fields[random() % number_fields.size()];
        const double value = random() % 5 == 0 ? std::numeric_limits<double>::quiet_NaN() : double(random() % 9);
        batch.number(field, value);
        builder.number(field, value);
      }
      rows.push_back(builder.finish());
    }
    batch.finish();
    ASSERT_EQ(batch.size(), rows.size());
    for (std::size_t at = 0; at < rows.size(); ++at) {
      const RowView row = batch.row(at);
      EXPECT_EQ(row.key_id, rows[at].key_id);
      EXPECT_EQ(row.user, rows[at].user);
      std::vector<Term> terms(row.terms.begin(), row.terms.end());
      std::ranges::sort(terms);
      terms.erase(std::ranges::unique(terms).begin(), terms.end());
      EXPECT_EQ(terms, rows[at].terms);
      ASSERT_EQ(row.numbers.size(), rows[at].numbers.size());
      for (const Number& number : row.numbers) {
        const auto same = std::ranges::find(rows[at].numbers, number.field, &Number::field);
        ASSERT_NE(same, rows[at].numbers.end());
        EXPECT_EQ(number.value, same->value);
      }
    }
    batch.clear();
    EXPECT_EQ(batch.size(), 0U);
  }
}

}  // namespace
}  // namespace rapport::index
