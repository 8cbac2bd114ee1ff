#include "parquet/file_writer.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "parquet/answer_test.h"
#include "testing/temporary_directory.h"

namespace rapport::parquet {
namespace {

const std::vector<Column> kColumns = {
    {"Id", ColumnType::kText},      {"Cohort", ColumnType::kInteger},  {"Latitude", ColumnType::kNumber},
    {"Since", ColumnType::kTime},   {"Lists", ColumnType::kTextLists}, {"Numbers", ColumnType::kNumbers},
    {"a \"b\"", ColumnType::kText}, {"Place", ColumnType::kLong},      {"Texts", ColumnType::kTexts}};

TEST(FileWriterTest, WritesWhatDuckDbReads) {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("it's.parquet");
  auto writer = FileWriter::create(path, kColumns).value();
  writer->put_text(0, "e1");
  writer->put_integer(1, 42);
  writer->put_number(2, 41.5);
  writer->put_time(3, {1'700'000'000'123'456});
  const std::vector<std::string_view> two = {"red, a text that is longer than twelve bytes", "blue"};
  writer->put_texts(4, "team", two);
  writer->put_texts(4, "none", {});
  writer->put_number(5, "age", 35.25);
  writer->put_long(7, 5'000'000'000);
  writer->put_text(8, "colour", "red");
  writer->put_text(8, "size", "");
  ASSERT_TRUE(writer->end_row());
  ASSERT_TRUE(writer->end_row());
  writer->put_texts(4, "x", std::vector<std::string_view>{"y"});
  ASSERT_TRUE(writer->end_row());
  ASSERT_TRUE(writer->finish());
  const std::string file = "'" + directory.file("it''s.parquet") + "'";
  EXPECT_EQ(answer("SELECT count(*) FROM " + file), "3");
  const auto of_first = [&](const std::string& value) {
    return answer("SELECT " + value + " FROM " + file + " WHERE Id = 'e1'");
  };
  EXPECT_EQ(of_first("Cohort"), "42");
  EXPECT_EQ(of_first("Latitude"), "41.5");
  EXPECT_EQ(of_first("epoch_us(Since)"), "1700000000123456");
  EXPECT_EQ(of_first("typeof(Since)"), "TIMESTAMP WITH TIME ZONE");
  EXPECT_EQ(of_first("typeof(Lists)"), "MAP(VARCHAR, VARCHAR[])");
  EXPECT_EQ(of_first("typeof(Numbers)"), "MAP(VARCHAR, DOUBLE)");
  EXPECT_EQ(of_first("Lists['team']"), "['red, a text that is longer than twelve bytes', blue]");
  EXPECT_EQ(of_first("Lists['none']"), "[]");
  EXPECT_EQ(of_first("Numbers"), "{age=35.25}");
  EXPECT_EQ(of_first("Place"), "5000000000");
  EXPECT_EQ(of_first("typeof(Texts)"), "MAP(VARCHAR, VARCHAR)");
  EXPECT_EQ(of_first("Texts['colour'] || cardinality(Texts)"), "red2");
  EXPECT_EQ(of_first("\"a \"\"b\"\"\""), "NULL");
  EXPECT_EQ(answer("SELECT count(*) FROM " + file + " WHERE Id IS NULL AND Cohort IS NULL AND cardinality(Lists) = 0"),
            "1");
  EXPECT_EQ(answer("SELECT max(Lists['x'][1]) FROM " + file), "y");
}

TEST(FileWriterTest, WritesManyRowsAcrossChunks) {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("many.parquet");
  auto writer = FileWriter::create(path, kColumns).value();
  for (int i = 0; i < 10'000; ++i) {
    const std::string text = "value-" + std::to_string(i);
    if (i % 2 == 0) writer->put_text(0, text);
    writer->put_integer(1, i);
    for (int j = 0; j < i % 4; ++j) {
      const std::vector<std::string_view> texts(static_cast<std::size_t>(j), text);
      writer->put_texts(4, "k" + std::to_string(j), texts);
      writer->put_number(5, "n" + std::to_string(j), i);
    }
    ASSERT_TRUE(writer->end_row());
  }
  ASSERT_TRUE(writer->finish());
  const std::string file = "'" + path + "'";
  EXPECT_EQ(answer("SELECT count(*) FROM " + file + " WHERE Cohort = file_row_number"), "10000");
  EXPECT_EQ(answer("SELECT count(*) FROM " + file + " WHERE (Id IS NULL) = (Cohort % 2 = 1)"), "10000");
  EXPECT_EQ(answer("SELECT count(*) FROM " + file +
                   " WHERE cardinality(Lists) = Cohort % 4 AND "
                   "cardinality(Numbers) = Cohort % 4"),
            "10000");
  EXPECT_EQ(answer("SELECT count(*) FROM " + file +
                   " WHERE Cohort % 4 = 3 AND Numbers['n2'] = Cohort AND "
                   "Lists['k2'] = ['value-' || Cohort, 'value-' || Cohort]"),
            "2500");
}

TEST(FileWriterTest, AnEmptyTableIsAFileWithItsColumns) {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("none.parquet");
  ASSERT_TRUE(FileWriter::create(path, kColumns).value()->finish());
  EXPECT_EQ(answer("SELECT count(*) FROM '" + path + "'"), "0");
  EXPECT_EQ(answer("SELECT count(*) FROM (DESCRIBE SELECT * FROM '" + path + "')"), "9");
}

TEST(FileWriterTest, ThePlaceMustExist) {
  const test::TemporaryDirectory directory;
  auto writer = FileWriter::create(directory.file("none/x.parquet"), kColumns).value();
  const auto finished = writer->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().kind, ErrorKind::kUnavailable);
  EXPECT_TRUE(finished.error().message.starts_with("Cannot write the Parquet file")) << finished.error().message;
}

}  // namespace
}  // namespace rapport::parquet
