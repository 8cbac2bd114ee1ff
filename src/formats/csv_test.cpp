#include "formats/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace rapport::formats {
namespace {

using Row = std::vector<std::string>;
using Table = std::vector<Row>;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Rows as text; an error is one field `line N: message`.
Table read_table(std::string_view text, CsvOptions options = {}, std::size_t piece = 1 << 20) {
  CsvReader reader(text_source(text, piece), options);
  Table table;
  for (;;) {
    const Result<bool> more = reader.next();
    if (more && !*more) return table;
    if (more) {
      table.emplace_back(reader.fields().begin(), reader.fields().end());
    } else {
      table.push_back({"line " + std::to_string(reader.row_number()) + ": " + more.error().message});
    }
  }
}

std::string write_table(const Table& table, CsvEscape escape) {
  std::string text;
  CsvWriter writer(text_sink(text), escape);
  for (const Row& row : table) EXPECT_TRUE(writer.write_row(row));
  EXPECT_TRUE(writer.finish());
  return text;
}

Table random_table(Random& random) {
  static constexpr std::string_view kPieces[] = {"a",  "bc", ",", "\"",           "\n",  "\r",
                                                 "\\", " ",  "é", "\xEF\xBB\xBF", "\"\""};
  Table table(random.below(20));
  const std::size_t width = 1 + random.below(5);
  for (Row& row : table) {
    row.resize(width);
    for (std::string& field : row) {
      for (std::uint64_t pieces = random.below(5); pieces > 0; --pieces)
        field += kPieces[random.below(std::size(kPieces))];
    }
  }
  return table;
}

TEST(Csv, ReadsPlainAndQuotedFields) {
  EXPECT_THAT(read_table("a,b,c\r\n1,\"x, y\",\n\n\"q\"\"q\",\"two\nlines\",z"),
              ElementsAre(Row{"a", "b", "c"}, Row{"1", "x, y", ""}, Row{"q\"q", "two\nlines", "z"}));
}

TEST(Csv, SkipsTheByteOrderMark) { EXPECT_THAT(read_table("\xEF\xBB\xBFid\n1\n"), ElementsAre(Row{"id"}, Row{"1"})); }

TEST(Csv, AnEmptyInputHasNoRows) {
  EXPECT_TRUE(read_table("").empty());
  EXPECT_TRUE(read_table("\n\r\n\n").empty());
}

TEST(Csv, AQuoteInsideAnUnquotedFieldIsACharacter) {
  EXPECT_THAT(read_table("5\" nail,x\n"), ElementsAre(Row{"5\" nail", "x"}));
}

TEST(Csv, BackslashEscapesAreAnOption) {
  const CsvOptions backslash{.escape = CsvEscape::kBackslash};
  EXPECT_THAT(read_table(R"("say \"hi\", \\ now",C:\x,a\"b)", backslash),
              ElementsAre(Row{R"(say "hi", \ now)", R"(C:\x)", "a\"b"}));
  EXPECT_THAT(read_table(R"("C:\","x")"), ElementsAre(Row{R"(C:\)", "x"}));
}

TEST(Csv, RowNumbersAreThoseOfLines) {
  CsvReader reader(text_source("h\n\n\"a\nb\"\nc\n"));
  std::vector<std::uint64_t> numbers;
  while (*reader.next()) numbers.push_back(reader.row_number());
  EXPECT_THAT(numbers, ElementsAre(1, 3, 5));
}

TEST(Csv, AnErrorIsOfOneRowAlone) {
  EXPECT_THAT(
      read_table("a,b\n\"x\"y,1\nc,d\n"),
      ElementsAre(Row{"a", "b"}, ElementsAre(HasSubstr("line 2: Text follows a closing quote")), Row{"c", "d"}));
  EXPECT_THAT(read_table("a\n\"open\nc\n"),
              ElementsAre(Row{"a"}, ElementsAre("line 2: A quoted field is not closed"), Row{"c"}));
  EXPECT_THAT(read_table("a\n" + std::string(100, 'x') + "\nc\n", {.row_bytes_max = 50}),
              ElementsAre(Row{"a"}, ElementsAre(HasSubstr("line 2: The row is longer")), Row{"c"}));
  EXPECT_THAT(read_table("a,b\n1,2,3,4\n5,\"6\",7,8\nc\n", {.fields_max = 3}),
              ElementsAre(Row{"a", "b"}, ElementsAre(HasSubstr("line 2: The row has more fields")),
                          ElementsAre(HasSubstr("line 3: The row has more fields")), Row{"c"}));
}

TEST(Csv, TheHeaderFixesTheWidth) {
  CsvReader reader(text_source("Id,Address\n1,a\n2\n3,c\n"));
  ASSERT_TRUE(reader.read_header());
  EXPECT_THAT(reader.header(), ElementsAre("Id", "Address"));
  EXPECT_EQ(reader.column("Address"), 1U);
  EXPECT_EQ(reader.column("address"), std::nullopt);
  EXPECT_TRUE(*reader.next());
  const Result<bool> narrow = reader.next();
  ASSERT_FALSE(narrow);
  EXPECT_EQ(narrow.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(reader.row_number(), 3U);
  EXPECT_TRUE(*reader.next());
  EXPECT_THAT(reader.fields(), ElementsAre("3", "c"));
  EXPECT_FALSE(*reader.next());
}

TEST(Csv, ABadHeaderIsRefused) {
  for (const std::string_view text : {"", "a,a\n", "a,\n", "\"a\n"}) {
    CsvReader reader(text_source(text));
    EXPECT_FALSE(reader.read_header()) << text;
  }
}

TEST(Csv, ErrorsOfTheSourceEndTheReading) {
  int calls = 0;
  CsvReader reader([&calls](char* into, std::size_t) -> Result<std::size_t> {
    if (++calls > 1) return fail(ErrorKind::kUnavailable, "gone");
    *into = 'a';
    return std::size_t{1};
  });
  const Result<bool> row = reader.next();
  ASSERT_FALSE(row);
  EXPECT_EQ(row.error().kind, ErrorKind::kUnavailable);
}

TEST(Csv, WhatIsWrittenIsReadBack) {
  Random random(20);
  for (int round = 0; round < 2000; ++round) {
    const Table table = random_table(random);
    for (const CsvEscape escape : {CsvEscape::kDoubledQuote, CsvEscape::kBackslash}) {
      const std::string text = write_table(table, escape);
      ASSERT_EQ(read_table(text, {.escape = escape}), table) << "round " << round << ":\n" << text;
    }
  }
}

TEST(Csv, TheCutOfTheInputDoesNotMatter) {
  Random random(21);
  for (int round = 0; round < 100; ++round) {
    const std::string text = write_table(random_table(random), CsvEscape::kDoubledQuote);
    const Table whole = read_table(text, {.row_bytes_max = 64});
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
      ASSERT_EQ(read_table(text, {.row_bytes_max = 64}, piece), whole) << "round " << round << ", piece " << piece;
    }
  }
}

TEST(Csv, NoBytesBreakTheReader) {
  static constexpr char kBytes[] = {'"', ',', '\n', '\r', '\\', 'a', '\0', '\xEF', '\xBB', '\xBF'};
  Random random(22);
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random.below(60), ' ');
    for (char& c : text) c = kBytes[random.below(std::size(kBytes))];
    const CsvOptions options{.escape = round % 2 == 0 ? CsvEscape::kDoubledQuote : CsvEscape::kBackslash,
                             .row_bytes_max = 30,
                             .fields_max = 6};
    ASSERT_EQ(read_table(text, options, 1 + random.below(7)), read_table(text, options)) << "round " << round;
  }
}

TEST(Csv, LongRowsGrowTheWindow) {
  const Table table{{std::string(900'000, 'x'), "1"}, {std::string(700'000, '"'), "2"}};
  EXPECT_EQ(read_table(write_table(table, CsvEscape::kDoubledQuote), {.row_bytes_max = 2 << 20}, 1000), table);
}

}  // namespace
}  // namespace rapport::formats
