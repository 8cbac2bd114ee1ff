#include "messages/functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messages/characters.h"
#include "messages/template.h"

namespace rapport::messages {
namespace {

constexpr std::string_view kEndpoint = R"({
    "Attributes":{"favorite_colors":["blue","red","green"],"IsUserSubscribed":["true"],"no":["false"],"html":["<h1>Art</h1>"]},
    "Location":{"City":"Los Angeles","Country":"US"},"Metrics":{"age":22.0},
    "User":{"UserAttributes":{"LastName":["Alejandro"],"UserAge":["22"],"FavoriteColors":["red"],
      "Favorite.Colors":["red"],"zip":["05"],"umlaut":["ärger größe"]}}})";

std::string render(std::string_view source) {
  const json::object data = json::parse(kEndpoint).value().as_object();
  const auto compiled = Template::compile(source, Escaping::kNone);
  if (!compiled) return "ERROR " + compiled.error().message;
  const auto text = compiled->render({.endpoint = data});
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
};
INSTANTIATE_TEST_SUITE_P(Numbers, Functions, ::testing::ValuesIn(kNumbers));

constexpr Example kEncodings[] = {
    {R"({{encode64 "Hello World"}} {{decode64 "SGVsbG8gV29ybGQ="}})", "SGVsbG8gV29ybGQ= Hello World"},
    {R"({{md5 "Hello World"}})", "b10a8db164e0754105b7a99be72e3fe5"},
    {R"({{sha256 "Hello World"}})", "a591a6d40bf420404a011733cfb7b190d62c65bf0bcda32b57b277d9ad9f146e"},
};
INSTANTIATE_TEST_SUITE_P(Encodings, Functions, ::testing::ValuesIn(kEncodings));

TEST(Functions, RefuseWrongArguments) {
  using ::testing::StartsWith;
  EXPECT_THAT(render("{{add Location.City 1}}"), StartsWith("ERROR a math function takes numbers"));
  EXPECT_THAT(render("{{divide 1 0}}"), StartsWith("ERROR division by zero"));
  EXPECT_THAT(render("{{abbreviate Location.City -1}}"), StartsWith("ERROR abbreviate takes a number"));
  EXPECT_THAT(render("{{substring Location.City x}}"), StartsWith("ERROR substring takes a number"));
  EXPECT_THAT(render("{{center Location.City}}"), StartsWith("ERROR center takes size="));
  EXPECT_THAT(render("{{decode64 \"***\"}}"), StartsWith("ERROR decode64 takes"));
}

TEST(Functions, MakeUuids) { EXPECT_EQ(render("{{uuid}}").size(), 36u); }

TEST(Characters, GoThereAndBack) {
  for (const std::string_view text : {"", "abc", "größe", "映画", "🎬x"}) EXPECT_EQ(to_utf8(to_characters(text)), text);
  EXPECT_EQ(to_characters("🎬x").size(), 2u);
  EXPECT_EQ(to_utf8(to_characters("a\xff\xe6\x98")), "a\xef\xbf\xbd\xef\xbf\xbd");
}

}  // namespace
}  // namespace rapport::messages
