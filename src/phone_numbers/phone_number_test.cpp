#include "phone_numbers/phone_number.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/random.h"
#include "phone_numbers/prefixes.h"

namespace rapport::phone_numbers {
namespace {

TEST(PhoneNumberTest, TellsWhatANumberIs) {
  const auto seattle = describe("+1 (206) 555-0142", "");
  EXPECT_EQ(seattle.line, Line::kMobile);
  EXPECT_EQ(seattle.e164, "+12065550142");
  EXPECT_EQ(seattle.national, "2065550142");
  EXPECT_EQ(seattle.calling_code, 1);
  EXPECT_EQ(seattle.country, "US");
  EXPECT_EQ(seattle.country_name, "United States");
  EXPECT_EQ(seattle.time_zone, "America/Los_Angeles");

  const auto liverpool = describe("0151 496 0001", "GB");
  EXPECT_EQ(liverpool.line, Line::kLandline);
  EXPECT_EQ(liverpool.e164, "+441514960001");
  EXPECT_EQ(liverpool.country_name, "United Kingdom");
  EXPECT_EQ(liverpool.city, "Liverpool");
  EXPECT_EQ(liverpool.carrier, "");
}

TEST(PhoneNumberTest, TellsTheKindsOfLinesApart) {
  EXPECT_EQ(describe("+4915112345678", "").line, Line::kMobile);
  EXPECT_EQ(describe("+4915112345678", "").carrier, "T-Mobile");
  EXPECT_EQ(describe("+4915112345678", "").time_zone, "Europe/Berlin");
  EXPECT_EQ(describe("+4915112345678", "").city, "");
  EXPECT_EQ(describe("+445600123456", "").line, Line::kVoip);
  EXPECT_EQ(describe("+18005551212", "").line, Line::kOther);
  EXPECT_EQ(describe("+18005551212", "").time_zone, "") << "may be anywhere";
}

TEST(PhoneNumberTest, KeepsTheCountryOfAnInvalidNumber) {
  const auto invalid = describe("+440163296076", "US");
  EXPECT_EQ(invalid.line, Line::kInvalid);
  EXPECT_EQ(invalid.e164, "+44163296076");
  EXPECT_EQ(invalid.national, "163296076");
  EXPECT_EQ(invalid.country, "GB");
  EXPECT_EQ(invalid.time_zone, "");
}

TEST(PhoneNumberTest, WhatIsNoNumberIsInvalid) {
  for (const auto* text : {"", "nobody", "+", "12", "2065550142", "+999123456789", "\xff\xfe", "+1\x00 206"}) {
    const auto description = describe(text, "");
    EXPECT_EQ(description.line, Line::kInvalid) << text;
    EXPECT_EQ(description.e164, "") << text;
  }
  EXPECT_EQ(describe(std::string(10'000, '1'), "US").line, Line::kInvalid);
}

TEST(PhoneNumberTest, KnowsCountries) {
  EXPECT_TRUE(is_country("DE"));
  for (const auto* code : {"", "de", "ZZ", "001", "DEU"}) EXPECT_FALSE(is_country(code)) << code;
}

// Any text is described, the same by every thread, and what is cleansed is a number again.
TEST(PhoneNumberTest, DescribesWhateverItIsGiven) {
  constexpr std::uint64_t kSeed = 20'261'122;
  SCOPED_TRACE(kSeed);
  Random random(kSeed);
  std::vector<std::string> texts;
  for (int i = 0; i < 2'000; ++i) {
    std::string text = random.below(2) == 0 ? "+" : "";
    for (auto length = random.below(16); length > 0; --length) text += "0123456789 -()x"[random.below(15)];
    texts.push_back(std::move(text));
  }
  std::vector<std::string> found[2];
  {
    std::vector<std::jthread> threads;
    for (auto& mine : found) {
      threads.emplace_back([&texts, &mine] {
        for (const auto& text : texts) mine.push_back(describe(text, "US").e164);
      });
    }
  }
  EXPECT_EQ(found[0], found[1]);
  for (const auto& e164 : found[0]) {
    const auto again = describe(e164, "");
    EXPECT_TRUE(again.line == Line::kInvalid || again.e164 == e164) << e164;
  }
}

TEST(PrefixTableTest, TakesTheLongestPrefix) {
  constexpr Prefix kPrefixes[] = {{1, 0}, {12, 1}, {1'234, 2}};
  constexpr std::string_view kTexts[] = {"one", "", "long"};
  const PrefixTable table{kPrefixes, kTexts};
  EXPECT_EQ(table.find("1999"), "one");
  EXPECT_EQ(table.find("129"), "");
  EXPECT_EQ(table.find("12345678901"), "long");
  EXPECT_EQ(table.find("2"), "");
  EXPECT_EQ(table.find(""), "");
}

}  // namespace
}  // namespace rapport::phone_numbers
