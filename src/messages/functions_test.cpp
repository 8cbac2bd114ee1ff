#include "messages/functions.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.h"
#include "messages/characters.h"
#include "messages/template.h"

namespace rapport::messages {
namespace {

constexpr std::string_view kEndpoint = R"({
    "Attributes":{"favorite_colors":["blue","red","green"],"IsUserSubscribed":["true"],"no":["false"],"html":["<h1>Art</h1>"]},
    "Location":{"City":"Los Angeles","Country":"US"},"Metrics":{"age":22.0},
    "User":{"UserAttributes":{"LastName":["Alejandro"],"UserAge":["22"],"FavoriteColors":["red"],
      "Favorite.Colors":["red"],"zip":["05"],"umlaut":["ärger größe"],"StartDate":["09/19/2020"],"iso":["2020-09-19T01:02:03Z"]}}})";

std::string render(std::string_view source) {
  const json::object data = json::parse(kEndpoint).value().as_object();
  const auto compiled = Template::compile(source, Escaping::kNone);
  if (!compiled) return "ERROR " + compiled.error().message;
  // 2020-09-19T20:30:05.006Z, a Saturday; 13:30 in Los Angeles.
  const auto text =
      compiled->render({.endpoint = data, .overrides = {}, .defaults = nullptr, .now = {1'600'547'405'006'000}});
  return text ? *text : "ERROR " + text.error().message;
}

struct Example {
  std::string_view source;
  std::string_view output;
};

class Functions : public ::testing::TestWithParam<Example> {};

TEST_P(Functions, RenderAsDocumented) { EXPECT_EQ(render(GetParam().source), GetParam().output); }

constexpr Example kConditions[] = {
    {R"({{#and (eq Location.City "Los Angeles") (eq Location.Country "US")}}yes{{else}}no{{/and}})", "yes"},
    {R"({{#and (eq Location.City "Los Angeles") (eq Location.Country "CA")}}yes{{else}}no{{/and}})", "no"},
    {R"({{#or (eq Location.City "Los Angeles") (eq Location.City "Seattle")}}West{{else}}not{{/or}})", "West"},
    {R"({{#or (eq Location.City "Boston") (eq Location.City "Seattle")}}West{{else}}not{{/or}})", "not"},
    {R"({{#eq User.UserAttributes.FavoriteColors.[0] "red"}}red{{else}}other{{/eq}})", "red"},
    {R"({{#eq User.UserAttributes.FavoriteColors "red"}}red{{else}}other{{/eq}})", "red"},
    {R"({{#neq User.UserAttributes.Favorite.Colors.[0] "red"}}other{{else}}red{{/neq}})", "red"},
    {R"({{#gt User.UserAttributes.UserAge.[0] "17"}}old{{else}}young{{/gt}})", "old"},
    {R"({{#gt User.UserAttributes.UserAge.[0] "9"}}old{{else}}young{{/gt}})", "old"},
    {R"({{#gte User.UserAttributes.UserAge.[0] "22"}}old{{else}}young{{/gte}})", "old"},
    {R"({{#lt User.UserAttributes.UserAge.[0] "18"}}young{{else}}old{{/lt}})", "old"},
    {R"({{#lte User.UserAttributes.UserAge.[0] "22"}}young{{else}}old{{/lte}})", "young"},
    {R"({{#gte User.UserAttributes.UserAge.[0] "18"}}old{{else}}young{{/gte}})", "old"},
    {R"({{#lte User.UserAttributes.UserAge.[0] "17"}}young{{else}}old{{/lte}})", "old"},
    {R"({{#lt User.UserAttributes.Missing.[0] "18"}}young{{else}}unknown{{/lt}})", "unknown"},
    {R"({{#not (eq User.UserAttributes.Favorite.Colors.[0] "red")}}other{{else}}red{{/not}})", "red"},
    {R"({{not (eq User.UserAttributes.FavoriteColors.[0] "red")}})", "false"},
    {R"({{eq Location.City "Los Angeles"}})", "true"},
    {R"({{eq Location.City "Los Angeles" yes='y' no='n'}}{{eq "a" "b" yes='y' no='n'}})", "yn"},
    {R"({{eq User.UserAttributes.zip "5"}} {{eq User.UserAttributes.zip 5}} {{eq Metrics.age "22"}})",
     "false true true"},
    {R"({{or User.UserAttributes.Missing Location.City}}{{and 1 "x" 0}})", "truefalse"},
};
INSTANTIATE_TEST_SUITE_P(Conditions, Functions, ::testing::ValuesIn(kConditions));

constexpr Example kTexts[] = {
    {"{{abbreviate User.UserAttributes.LastName.[0] 6}}", "Ale..."},
    {"{{abbreviate User.UserAttributes.LastName.[0] 60}}", "Alejandro"},
    {R"({{capitalize "my first post"}})", "My First Post"},
    {R"({{capitalizeFirst "my first post"}})", "My first post"},
    {"[{{center Location.City size=19}}]", "[    Los Angeles    ]"},
    {R"([{{center Location.City size=16 pad="*"}}])", "[**Los Angeles***]"},
    {R"({{cut Location.City "e"}})", "Los Angls"},
    {"{{cut Location.City}}", "LosAngeles"},
    {"{{inflect 3 apple apples includeCount=false}}", "apples"},
    {"{{inflect 3 apple apples includeCount=true}}", "3 apples"},
    {"{{inflect 1 apple apples}}", "apple"},
    {R"({{join Attributes.favorite_colors ", "}})", "blue, red, green"},
    {R"({{join Attributes.favorite_colors " // " prefix="<" suffix=">"}})", "<blue // red // green>"},
    {"[{{ljust Location.City 15}}]", "[Los Angeles    ]"},
    {"[{{rjust Location.City 15}}]", "[    Los Angeles]"},
    {R"([{{rjust "7" 3 pad="0"}}])", "[007]"},
    {R"([{{rjust "7" size=3}}{{ljust "7" size=3 pad="-"}}])", "[  77--]"},
    {R"([{{join Attributes.none ", " prefix="<"}}{{join "a" "b" "-"}}])", "[a-b]"},
    {R"({{lower "Santos"}} {{upper "Roe"}})", "santos ROE"},
    {"{{upper User.UserAttributes.umlaut}} {{capitalize User.UserAttributes.umlaut}}", "ÄRGER GRÖßE Ärger Größe"},
    {"{{ordinalize User.UserAttributes.UserAge.[0]}}", "22nd"},
    {"{{ordinalize 1}} {{ordinalize 2}} {{ordinalize 3}} {{ordinalize 11}} {{ordinalize 113}} {{ordinalize 101}}",
     "1st 2nd 3rd 11th 113th 101st"},
    {R"({{replace Location.City " " "_"}})", "Los_Angeles"},
    {"{{slugify Location.City}}", "los-angeles"},
    {R"({{slugify " Hello,  World! -x "}})", "hello-world-x"},
    {"{{stripTags Attributes.html}}", "Art"},
    {"{{substring Location.City 4 9}} {{substring Location.City 4}} {{substring Location.City 40}}", "Angel Angeles "},
    {R"({{substring User.UserAttributes.umlaut 0 1}})", "ä"},
    {"{{yesno Attributes.IsUserSubscribed}} {{yesno Attributes.no}} {{yesno Attributes.none}}", "yes no maybe"},
    {R"({{yesno Attributes.no yes="ja" no="nein"}})", "nein"},
};
INSTANTIATE_TEST_SUITE_P(Texts, Functions, ::testing::ValuesIn(kTexts));

constexpr Example kNumbers[] = {
    {"{{add 5 2.3}} {{subtract 5 2.3}} {{multiply 5 2.3}}", "7.3 2.7 11.5"},
    {"{{divide 5 2.3}} {{modulo 7 2}}", "2.17391304 1"},
    {"{{ceiling 5.23}} {{floor 5.23}} {{round 19.21}} {{round -0.2}}", "6 5 19 0"},
    {R"({{add Metrics.age "1"}})", "23"},
    {"On average {{round 19.21}} minutes.", "On average 19 minutes."},
};
INSTANTIATE_TEST_SUITE_P(Numbers, Functions, ::testing::ValuesIn(kNumbers));

constexpr Example kEncodings[] = {
    {R"({{encode64 "Hello World"}} {{decode64 "SGVsbG8gV29ybGQ="}})", "SGVsbG8gV29ybGQ= Hello World"},
    {R"({{md5 "Hello World"}})", "b10a8db164e0754105b7a99be72e3fe5"},
    {R"({{sha256 "Hello World"}})", "a591a6d40bf420404a011733cfb7b190d62c65bf0bcda32b57b277d9ad9f146e"},
    {R"({{sha512 "Hello World"}})",
     "2c74fd17edafd80e8447b0d46741ee243b7eb74dd2149a0ab1b9246fb30382f27e853d8585719e0e67cbda0daa8f51671064615d645ae27ac"
     "b1"
     "5bfb1447f459b"},
    {R"({{encode64 "Hello world"}} {{md5 "Hello world"}})", "SGVsbG8gd29ybGQ= 3e25960a79dbc69b674cd4ec67a72c62"},
};
INSTANTIATE_TEST_SUITE_P(Encodings, Functions, ::testing::ValuesIn(kEncodings));

constexpr Example kDates[] = {
    {R"({{dateFormat User.UserAttributes.StartDate.[0] inputFormat="MM/dd/yyyy" outputFormat="full" tz=America/Los_Angeles}})",
     "Saturday, September 19, 2020"},
    {R"({{now "medium" tz=America/Los_Angeles}})", "Sept 19, 2020"},
    {R"({{now "full"}}|{{now "long"}}|{{now}}|{{now "short"}})",
     "Saturday, September 19, 2020|September 19, 2020|Sept 19, 2020|9/19/20"},
    {R"({{now "MMM d, yyyy HH:mm:ss.SSS Z"}})", "Sep 19, 2020 20:30:05.006 +0000"},
    {R"({{now "EEE h:mmaXXX" tz="America/Los_Angeles"}})", "Sat 1:30PM-07:00"},
    {R"({{now "yyyy-MM-dd'T'HH:mm'' XX" tz="UTC+05:30"}})", "2020-09-20T02:00' +0530"},
    {R"({{now "full" locale="de_DE"}}|{{now "long" locale=ja}})", "Samstag, 19. September 2020|2020年9月19日"},
    {"{{dateFormat User.UserAttributes.iso}}", "Sept 19, 2020"},
    {R"({{dateFormat User.UserAttributes.iso tz=America/Los_Angeles outputFormat="short"}})", "9/18/20"},
    {R"({{dateFormat "2020-09-19" tz=America/Los_Angeles outputFormat="short"}})", "9/19/20"},
    {R"({{dateFormat "2020-09-19" "MMMM"}} {{dateFormat "2020-05-01" "D u w W F k K"}})",
     "September 122 5 18 1 1 24 0"},
    {R"([{{dateFormat User.UserAttributes.none outputFormat="full"}}])", "[]"},
    {R"({{dateFormat "Feb 29, 2024 11:05 pm" inputFormat="MMM d, yyyy hh:mm a" outputFormat="yyyyMMddHHmm"}})",
     "202402292305"},
    {R"({{dateFormat "20240229230501" inputFormat="yyyyMMddHHmmss" outputFormat="H:m:s"}})", "23:5:1"},
    {R"({{dateFormat "1/2/99" inputFormat="short" outputFormat="yyyy"}} {{dateFormat "1/2/39" inputFormat="short" outputFormat="yyyy"}})",
     "1999 2039"},
    {R"({{dateFormat "2024-01-01 01:00 +0200" inputFormat="yyyy-MM-dd HH:mm Z" outputFormat="yyyy-MM-dd HH:mm"}})",
     "2023-12-31 23:00"},
};
INSTANTIATE_TEST_SUITE_P(Dates, Functions, ::testing::ValuesIn(kDates));

TEST(Functions, RefuseWrongDates) {
  using ::testing::StartsWith;
  EXPECT_THAT(render("{{dateFormat Location.City}}"), StartsWith("ERROR dateFormat takes a date"));
  EXPECT_THAT(render(R"({{dateFormat "13/45/2020" inputFormat="MM/dd/yyyy"}})"),
              StartsWith("ERROR not a date of the form"));
  EXPECT_THAT(render(R"({{dateFormat "02/30/2020" inputFormat="MM/dd/yyyy"}})"),
              StartsWith("ERROR not a date of the form"));
  EXPECT_THAT(render(R"({{dateFormat "2020" inputFormat="MM"}})"), StartsWith("ERROR not a date of the form"));
  EXPECT_THAT(render("{{now tz=Mars/Base}}"), StartsWith("ERROR no such time zone"));
  EXPECT_THAT(render("{{now locale=xx_YY}}"), StartsWith("ERROR no such locale"));
  EXPECT_THAT(render(R"({{now "b"}})"), StartsWith("ERROR a date pattern has a letter"));
  EXPECT_THAT(render(R"({{now "'open"}})"), StartsWith("ERROR a date pattern has an open quote"));
}

TEST(Functions, RefuseWrongArguments) {
  using ::testing::StartsWith;
  EXPECT_THAT(render("{{add Location.City 1}}"), StartsWith("ERROR a math function takes numbers"));
  EXPECT_THAT(render("{{divide 1 0}}"), StartsWith("ERROR division by zero"));
  EXPECT_THAT(render("{{abbreviate Location.City -1}}"), StartsWith("ERROR abbreviate takes a number"));
  EXPECT_THAT(render("{{substring Location.City x}}"), StartsWith("ERROR substring takes a number"));
  EXPECT_THAT(render("{{center Location.City}}"), StartsWith("ERROR center, ljust and rjust take size="));
  EXPECT_THAT(render("{{decode64 \"***\"}}"), StartsWith("ERROR decode64 takes"));
}

// Every function with arguments of every kind: a text or a refusal, and never more than the limits allow.
TEST(Functions, SurviveRandomArguments) {
  static constexpr std::string_view kArguments[] = {"Location.City",
                                                    "Attributes.favorite_colors",
                                                    "Attributes",
                                                    "User",
                                                    "Metrics.age",
                                                    "none",
                                                    "null",
                                                    "true",
                                                    "-1",
                                                    "0",
                                                    "2.5",
                                                    "1e300",
                                                    "99999999999",
                                                    "10000",
                                                    "\"\"",
                                                    "\"ä\xff\"",
                                                    "\"a long text with words\"",
                                                    "\"MM/dd/yyyy\"",
                                                    "\"yyyyMMdd'T'HHmmssSSSzZX\"",
                                                    "\"2020-09-19T01:02:03Z\"",
                                                    "\"09/19/2020\"",
                                                    "\"%%%\"",
                                                    "this",
                                                    "@index"};
  static constexpr std::string_view kNames[] = {"size",         "pad",    "tz",          "locale", "inputFormat",
                                                "outputFormat", "format", "yes",         "no",     "maybe",
                                                "prefix",       "suffix", "includeCount"};
  const std::uint64_t seed = 20'260'101;
  SCOPED_TRACE(seed);
  Random random(seed);
  const auto any = [&](const auto& texts) { return texts[random.below(std::size(texts))]; };
  std::vector<const Function*> functions;
  for (const auto group :
       {condition_functions(), text_functions(), number_functions(), encoding_functions(), date_functions()}) {
    for (const Function& function : group) functions.push_back(&function);
  }
  EXPECT_EQ(functions.size(), 44U);
  int rendered = 0;
  for (int round = 0; round < 20'000; ++round) {
    const Function& function = *functions[random.below(functions.size())];
    std::string source = "{{" + std::string(function.name);
    const std::size_t most = std::min<std::size_t>(function.arguments_max, 4);
    const std::size_t count = function.arguments_min + random.below(most - std::min(most, function.arguments_min) + 1);
    for (std::size_t i = 0; i < count; ++i) source += " " + std::string(any(kArguments));
    for (std::uint64_t i = random.below(3); i > 0; --i) source += fmt::format(" {}={}", any(kNames), any(kArguments));
    const std::string text = render(source + "}}");
    ASSERT_LE(text.size(), 2 * kTextBytesMax) << source;
    rendered += text.starts_with("ERROR") ? 0 : 1;
  }
  EXPECT_GT(rendered, 5000);
}

TEST(Functions, MakeUuids) { EXPECT_EQ(render("{{uuid}}").size(), 36u); }

TEST(Characters, GoThereAndBack) {
  for (const std::string_view text : {"", "abc", "größe", "映画", "🎬x"}) EXPECT_EQ(to_utf8(to_characters(text)), text);
  EXPECT_EQ(to_characters("🎬x").size(), 2u);
  EXPECT_EQ(to_utf8(to_characters("a\xff\xe6\x98")), "a\xef\xbf\xbd\xef\xbf\xbd");
}

}  // namespace
}  // namespace rapport::messages
