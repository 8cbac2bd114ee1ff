#include "datasets/csv_validation.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "formats/gzip.h"

namespace rapport::datasets {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const Schema kSchema = parse_schema(R"({"type":"record","name":"Items","fields":[
  {"name":"ITEM_ID","type":"string"},{"name":"GENRES","type":"string","categorical":true},
  {"name":"PRICE","type":["null","float"]},{"name":"YEAR","type":"int"},
  {"name":"CREATION_TIMESTAMP","type":["null","long"]},{"name":"ADULT","type":["null","boolean"]},
  {"name":"PLOT","type":["null","string"],"textual":true}]})")
                           .value();
constexpr std::string_view kHeader = "ITEM_ID,GENRES,PRICE,YEAR,CREATION_TIMESTAMP,ADULT,PLOT\n";

struct Outcome {
  Result<std::uint64_t> rows = 0;
  std::string written;
  BadRows bad;
};

Outcome validate(formats::Source source) {
  Outcome outcome;
  formats::CsvWriter writer(formats::text_sink(outcome.written));
  outcome.rows = CsvValidation(kSchema, DatasetType::kItems)
                     .copy("f.csv", std::move(source), writer, outcome.bad, [](std::uint64_t) { return Status{}; });
  EXPECT_TRUE(writer.finish());
  return outcome;
}

Outcome validate_rows(const std::string& rows) {
  const std::string text = std::string(kHeader) + rows;
  return validate(formats::text_source(text));
}

TEST(CsvValidation, WritesTheSchemasColumnsInItsOrder) {
  const std::string text =
      "year,extra,item_id,GENRES,price,creation_timestamp,adult,plot\n"
      "1999,x,1,\"Action|Sci, Fi\",7.5,1000000000,TRUE,<b>Neo</b> wakes\n"
      "2001,y,2,,,,,\n";
  const Outcome outcome = validate(formats::text_source(text));
  ASSERT_TRUE(outcome.rows) << outcome.rows.error().message;
  EXPECT_EQ(*outcome.rows, 2U);
  EXPECT_EQ(outcome.bad.count(), 0U) << outcome.bad.message();
  EXPECT_EQ(outcome.written, "1,\"Action|Sci, Fi\",7.5,1999,1000000000,true,Neo wakes\n2,,,2001,,,\n");
}

TEST(CsvValidation, NamesTheMissingColumnsInTheServicesWords) {
  const Outcome outcome =
      validate(formats::text_source("ITEM_ID,GENRES,PRICE,ADULT,PLOT,CREATION_TIMESTAM\n1,a,,,,\n"));
  ASSERT_FALSE(outcome.rows);
  EXPECT_EQ(outcome.rows.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(outcome.rows.error().message, "Input CSV is missing the following columns:[YEAR, CREATION_TIMESTAMP].");
  EXPECT_FALSE(validate(formats::text_source("")).rows);
}

TEST(CsvValidation, NamesEveryKindOfBadRowByItsNumber) {
  const std::pair<std::string, std::string> cases[] = {
      {",a,1,1999,1,true,x", "row 3: ITEM_ID is empty"},
      {std::string(257, 'i') + ",a,1,1999,1,true,x", "row 3: ITEM_ID is longer than 256 characters"},
      {"1," + std::string(1001, 'g') + ",1,1999,1,true,x", "row 3: GENRES is longer than 1000 characters"},
      {"1,a,dear,1999,1,true,x", "row 3: PRICE is not a number: dear"},
      {"1,a,nan,1999,1,true,x", "row 3: PRICE is not a number: nan"},
      {"1,a,1,,1,true,x", "row 3: YEAR is empty"},
      {"1,a,1,19.5,1,true,x", "row 3: YEAR is not a whole number: 19.5"},
      {"1,a,1,99999999999,1,true,x", "row 3: YEAR does not fit an int"},
      {"1,a,1,1999,1700000000000,true,x", "row 3: CREATION_TIMESTAMP must be in seconds"},
      {"1,a,1,1999,1,maybe,x", "row 3: ADULT is not true or false: maybe"},
      {"1,\xff,1,1999,1,true,x", "row 3: GENRES is not UTF-8"},
      {"1,a,1", "row 3: The row must have as many fields"},
  };
  for (const auto& [row, what] : cases) {
    const Outcome outcome = validate_rows("0,a,1,1999,1,true,x\n" + row + "\n2,a,1,1999,1,true,x\n");
    ASSERT_TRUE(outcome.rows) << what;
    EXPECT_EQ(*outcome.rows, 2U) << what;
    EXPECT_EQ(outcome.bad.count(), 1U) << what;
    EXPECT_THAT(outcome.bad.message(), AllOf(HasSubstr("Input CSV has 1 bad row: f.csv "), HasSubstr(what)));
  }
}

TEST(CsvValidation, HoldsActionsAndWhatIsDoneWithThemToTheirRanges) {
  const auto checked = [](DatasetType type, const std::string& column, ValueType value_type, std::string_view value) {
    const auto kept = checked_value({.name = column, .type = value_type, .nullable = true}, type, value);
    return kept ? "" : kept.error().message;
  };
  const auto action = [&](const std::string& column, std::string_view value) {
    return checked(DatasetType::kActions, column, ValueType::kLong, value);
  };
  for (const std::string_view value : {"", "1", "10"}) EXPECT_EQ(action("VALUE", value), "");
  for (const std::string_view value : {"0", "11", "-1"}) {
    EXPECT_EQ(action("value", value), fmt::format("value must be from 1 to 10: {}", value));
  }
  for (const std::string_view value : {"", "0", "30"}) EXPECT_EQ(action("REPEAT_FREQUENCY", value), "");
  EXPECT_EQ(action("REPEAT_FREQUENCY", "31"), "REPEAT_FREQUENCY must be from 0 to 30: 31");
  EXPECT_EQ(checked(DatasetType::kItems, "VALUE", ValueType::kLong, "1000"), "");
  const auto deed = [&](DatasetType type, std::string_view value) {
    return checked(type, "EVENT_TYPE", ValueType::kString, value);
  };
  for (const std::string_view value : {"Taken", "Not taken", "Not Taken", "NOT_TAKEN", "notTaken", "viewed"}) {
    EXPECT_EQ(deed(DatasetType::kActionInteractions, value), "") << value;
  }
  EXPECT_EQ(deed(DatasetType::kActionInteractions, "Clicked"),
            "EVENT_TYPE must be Taken, Not taken or Viewed: Clicked");
  EXPECT_EQ(deed(DatasetType::kInteractions, "Clicked"), "");
}

TEST(CsvValidation, CountsCharactersNotBytes) {
  std::string genres;
  for (int i = 0; i < 1000; ++i) genres += "\xc3\xa9";
  EXPECT_EQ(validate_rows("1," + genres + ",1,1999,1,true,x\n").bad.count(), 0U);
}

TEST(CsvValidation, CutsTextualValues) {
  const Outcome outcome = validate_rows("1,a,1,1999,1,true," + std::string(30'000, 'p') + "\n");
  EXPECT_EQ(outcome.bad.count(), 0U);
  EXPECT_EQ(outcome.written, "1,a,1,1999,1,true," + std::string(20'000, 'p') + "\n");
}

TEST(CsvValidation, TellsTheFirstBadRowsAndStopsAtAThousand) {
  std::string rows;
  for (int i = 0; i < 5000; ++i) rows += "1,a,1,x,1,true,x\n";
  const Outcome outcome = validate_rows(rows);
  EXPECT_TRUE(outcome.bad.full());
  EXPECT_THAT(outcome.bad.message(), AllOf(HasSubstr("at least 1000 bad rows"), HasSubstr("row 2: "),
                                           HasSubstr("row 11: "), ::testing::Not(HasSubstr("row 12: "))));
}

TEST(CsvValidation, EndsAtABrokenSource) {
  std::string packed;
  formats::GzipWriter writer(formats::text_sink(packed));
  std::string rows(kHeader);
  for (int i = 0; i < 100'000; ++i) rows += std::to_string(i * 7919 % 100'003) + ",a,1,1999,1,true,x\n";
  ASSERT_TRUE(writer.write(rows));
  ASSERT_TRUE(writer.finish());
  packed.resize(packed.size() / 2);
  const Outcome outcome = validate(formats::gunzip(formats::text_source(packed)));
  ASSERT_FALSE(outcome.rows);
  EXPECT_THAT(outcome.rows.error().message, HasSubstr("f.csv"));
}

}  // namespace
}  // namespace rapport::datasets
