#include "filters/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "filters/map_facts.h"

namespace rapport::filters {
namespace {

using datasets::DatasetType;
using testing::ElementsAre;
using testing::HasSubstr;
using Ids = std::vector<std::string>;

MapFacts shop() {
  MapFacts facts;
  facts.columns[DatasetType::kItems] = {"ITEM_ID", "GENRES", "PRICE", "CREATION_TIMESTAMP"};
  facts.tables[DatasetType::kItems] = {
      {"alien", {{"GENRES", "horror|scifi"}, {"PRICE", "10.0"}, {"CREATION_TIMESTAMP", "100"}}},
      {"airplane", {{"GENRES", "comedy"}, {"PRICE", "5"}, {"CREATION_TIMESTAMP", "200"}}},
      {"heat", {{"GENRES", "crime"}, {"PRICE", "15"}, {"CREATION_TIMESTAMP", "300"}}},
      {"bare", {}}};
  facts.columns[DatasetType::kUsers] = {"USER_ID", "AGE", "MEMBERSHIP"};
  facts.tables[DatasetType::kUsers] = {{"ann", {{"AGE", "20"}, {"MEMBERSHIP", "gold"}}},
                                       {"bob", {{"AGE", "10"}, {"MEMBERSHIP", "silver"}}}};
  facts.past[{DatasetType::kInteractions, "ann"}] = {{{"ITEM_ID", "alien"}, {"EVENT_TYPE", "Click"}, {"RATING", "2"}},
                                                     {{"ITEM_ID", "heat"}, {"EVENT_TYPE", "stream"}, {"RATING", "5"}}};
  facts.columns[DatasetType::kActions] = {"ACTION_ID", "VALUE"};
  facts.tables[DatasetType::kActions] = {{"join", {{"VALUE", "7"}}}, {"call", {{"VALUE", "2"}}}};
  facts.past[{DatasetType::kActionInteractions, "ann"}] = {{{"ACTION_ID", "join"}, {"EVENT_TYPE", "NOT_TAKEN"}}};
  return facts;
}

Result<Ids> admitted(std::string_view expression, const Subject& subject = {.user_id = "ann"},
                     const Parameters& values = {}) {
  const MapFacts facts = shop();
  const Filter filter = TRY(Filter::parse(expression));
  const Admission admission = TRY(filter.bind(facts, subject, values));
  const DatasetType table = filter.target() == Target::kItems   ? DatasetType::kItems
                            : filter.target() == Target::kUsers ? DatasetType::kUsers
                                                                : DatasetType::kActions;
  Ids ids;
  for (const auto& [id, row] : facts.tables.at(table)) {
    if (admission.admits(id)) ids.push_back(id);
  }
  return ids;
}

TEST(Filter, TheExamplesOfTheGuide) {
  const Parameters horror = {{"GENRE", R"("horror","comedy")"}};
  EXPECT_THAT(*admitted(R"(EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click","stream"))"),
              ElementsAre("airplane", "bare"));
  EXPECT_THAT(*admitted(R"(exclude itemid where interactions.event_type in ("*"))"), ElementsAre("airplane", "bare"));
  EXPECT_THAT(*admitted("EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*)"), ElementsAre("airplane", "bare"));
  EXPECT_THAT(*admitted(R"(EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click, rating"))"),
              ElementsAre("airplane", "heat", "bare"));
  EXPECT_THAT(*admitted("INCLUDE ItemID WHERE Items.PRICE <= $PRICE", {}, {{"PRICE", "10"}}),
              ElementsAre("alien", "airplane"));
  EXPECT_THAT(*admitted("INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP < ($DATE)", {}, {{"DATE", "\"300\""}}),
              ElementsAre("alien", "airplane"));
  EXPECT_THAT(*admitted("INCLUDE ItemID WHERE Items.GENRES IN ($GENRE)", {}, horror), ElementsAre("alien", "airplane"));
  EXPECT_THAT(*admitted(R"(INCLUDE ItemID WHERE Items.GENRES IN ("$GENRE"))", {}, horror),
              ElementsAre("alien", "airplane"));
  EXPECT_THAT(*admitted(R"(INCLUDE ItemID WHERE Items.GENRES IN ($GENRE) | EXCLUDE ItemID WHERE
                           Interactions.EVENT_TYPE IN ("click","stream"))",
                        {.user_id = "ann"}, horror),
              ElementsAre("airplane"));
  EXPECT_THAT(*admitted(R"(INCLUDE ItemID WHERE Items.GENRES IN ("comedy") |
                           INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click"))"),
              ElementsAre("alien", "airplane"));
}

TEST(Filter, AsksForTheCurrentUser) {
  const std::string_view adults = R"(EXCLUDE ItemID WHERE Items.GENRES IN ("horror") IF CurrentUser.AGE < 18)";
  EXPECT_THAT(*admitted(adults, {.user_id = "ann"}), ElementsAre("alien", "airplane", "heat", "bare"));
  EXPECT_THAT(*admitted(adults, {.user_id = "bob"}), ElementsAre("airplane", "heat", "bare"));
  EXPECT_THAT(*admitted(adults, {.user_id = "stranger"}), ElementsAre("alien", "airplane", "heat", "bare"));
  const std::string_view gold = R"(INCLUDE ItemID WHERE Items.PRICE > CurrentUser.AGE)";
  EXPECT_THAT(*admitted(gold, {.user_id = "bob"}), ElementsAre("heat"));
}

TEST(Filter, AsksForTheCurrentItem) {
  const Subject alien = {.user_id = {}, .item_id = "alien"};
  EXPECT_THAT(*admitted("INCLUDE ItemID WHERE Items.PRICE > CurrentItem.PRICE", alien), ElementsAre("heat"));
  EXPECT_THAT(*admitted("EXCLUDE ItemID WHERE Items.GENRES = CurrentItem.GENRES", alien),
              ElementsAre("airplane", "heat", "bare"));
}

TEST(Filter, ConditionsOnInteractionsHoldForOneRow) {
  EXPECT_THAT(*admitted(R"(INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click") AND Interactions.RATING > 4)"),
              ElementsAre());
  EXPECT_THAT(*admitted(R"(INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("stream") AND Interactions.RATING > 4)"),
              ElementsAre("heat"));
}

TEST(Filter, AndBindsTighterThanOr) {
  EXPECT_THAT(*admitted(R"(INCLUDE ItemID WHERE Items.GENRES IN ("crime") OR Items.PRICE < 11 AND Items.PRICE > 6)"),
              ElementsAre("alien", "heat"));
}

TEST(Filter, WhatHasNoValueDiffersFromEveryValue) {
  EXPECT_THAT(*admitted(R"(INCLUDE ItemID WHERE Items.GENRES NOT IN ("comedy"))"),
              ElementsAre("alien", "heat", "bare"));
  EXPECT_THAT(*admitted("INCLUDE ItemID WHERE Items.PRICE != 5"), ElementsAre("alien", "heat", "bare"));
  EXPECT_THAT(*admitted("INCLUDE ItemID WHERE Items.PRICE < 1000"), ElementsAre("alien", "airplane", "heat"));
}

TEST(Filter, ChoosesUsersAndActions) {
  EXPECT_THAT(*admitted(R"(INCLUDE UserID WHERE Users.MEMBERSHIP IN ($M))", {}, {{"M", "\"gold\""}}),
              ElementsAre("ann"));
  EXPECT_THAT(*admitted("EXCLUDE UserID WHERE Users.AGE < 18"), ElementsAre("ann"));
  EXPECT_THAT(*admitted(R"(EXCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("click"))"), ElementsAre("bob"));
  EXPECT_THAT(*admitted("INCLUDE ActionID WHERE Actions.VALUE > ($VALUE)", {}, {{"VALUE", "5"}}), ElementsAre("join"));
  EXPECT_THAT(*admitted("INCLUDE ActionID WHERE Action.VALUE = 2"), ElementsAre("call"));
  EXPECT_THAT(*admitted(R"(EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("NOT_TAKEN"))"),
              ElementsAre("call"));
}

TEST(Filter, MissingValuesDisableAnExcludeAndRefuseAnInclude) {
  EXPECT_THAT(*admitted("EXCLUDE ItemID WHERE Items.GENRES IN ($GENRE)"),
              ElementsAre("alien", "airplane", "heat", "bare"));
  const auto refused = admitted("INCLUDE ItemID WHERE Items.GENRES IN ($GENRE)");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "filterValues");
  EXPECT_THAT(refused.error().message, HasSubstr("$GENRE"));
  EXPECT_EQ(admitted("EXCLUDE ItemID WHERE Items.PRICE < 3", {}, {{"P", "1"}}).error().message,
            "The filter has no parameter $P");
  EXPECT_THAT(admitted("INCLUDE ItemID WHERE Items.PRICE < $P", {}, {{"P", "x,"}}).error().message,
              HasSubstr("needs a text in quotes"));
}

TEST(Filter, NamesItsParametersAndFieldsOnce) {
  const Filter filter = *Filter::parse(R"(INCLUDE ItemID WHERE Items.GENRES IN ($A, $B) OR Items.genres = $A
                                          | EXCLUDE ItemID WHERE Items.PRICE < $C IF CurrentUser.AGE > 1)");
  EXPECT_THAT(filter.parameters(), ElementsAre("A", "B", "C"));
  EXPECT_THAT(filter.fields(), ElementsAre(Field{DatasetType::kItems, "GENRES"}, Field{DatasetType::kItems, "PRICE"},
                                           Field{DatasetType::kUsers, "AGE"}));
}

TEST(Filter, SaysWhatIsWrongAndWhere) {
  const std::vector<std::pair<std::string_view, std::string_view>> bad = {
      {"", "INCLUDE or EXCLUDE at position 1"},
      {"INCLUDE Items WHERE", "ItemID, UserID or ActionID at position 9"},
      {"INCLUDE ItemID Items.A = 1", "WHERE at position 16"},
      {"INCLUDE ItemID WHERE Users.AGE = 1", "a data set that suits the target"},
      {"INCLUDE ItemID WHERE Items.A IN 1", "'(' at position 33"},
      {"INCLUDE ItemID WHERE Items.A IN (1", "',' or ')'"},
      {"INCLUDE ItemID WHERE Items.A IN (\"x)", "a closing quote"},
      {"INCLUDE ItemID WHERE Items.A IN (*)", "* stands for event types only"},
      {"INCLUDE ItemID WHERE Items.A ~ 1", "IN, NOT IN, ="},
      {"INCLUDE ItemID WHERE Items.A = 1 OR Interactions.B = 2", "one data set only"},
      {"INCLUDE ItemID WHERE Items.A = 1 IF Items.B = 2", "CurrentUser"},
      {"INCLUDE ItemID WHERE Items.A = 1 | EXCLUDE UserID WHERE Users.A = 1", "the same target"},
      {"INCLUDE UserID WHERE Users.A = 1 IF CurrentUser.B = 2", "no IF for UserID"},
      {"INCLUDE ItemID WHERE Items.A = 1 2", "AND, OR, IF, | or the end"},
      {"INCLUDE ItemID WHERE Items.A = $", "the name of a parameter"}};
  for (const auto& [expression, message] : bad) {
    const auto filter = Filter::parse(expression);
    ASSERT_FALSE(filter) << expression;
    EXPECT_EQ(filter.error().field, "filterExpression");
    EXPECT_THAT(filter.error().message, HasSubstr(message));
    EXPECT_THAT(filter.error().message, HasSubstr("Could not create filter. Invalid Expression"));
  }
}

TEST(Filter, ReadsAtMostTenFields) {
  std::string expression = "INCLUDE ItemID WHERE Items.F0 = 1";
  for (int i = 1; i < 10; ++i) expression += " AND Items.F" + std::to_string(i) + " = 1";
  EXPECT_TRUE(Filter::parse(expression));
  EXPECT_THAT(Filter::parse(expression + " AND Items.MORE = 1").error().message, HasSubstr("at most 10"));
}

TEST(Filter, HoldsColumnsToTheSchemas) {
  const datasets::Schema items = *datasets::parse_schema(R"({"type":"record","name":"Items","fields":[
    {"name":"ITEM_ID","type":"string"}, {"name":"GENRES","type":"string","categorical":true},
    {"name":"PRICE","type":["null","float"]}, {"name":"ABOUT","type":"string","textual":true},
    {"name":"IS_NEW","type":"boolean"}]})");
  const Schemas schemas = {{DatasetType::kItems, &items}};
  const auto message = [&](std::string_view condition) {
    const Status status = Filter::parse("INCLUDE ItemID WHERE " + std::string(condition))->check(schemas);
    return status ? "" : status.error().message;
  };
  EXPECT_EQ(message(R"(Items.genres IN ("a") AND Items.PRICE < 3 AND Items.PRICE IN (1, 2))"), "");
  EXPECT_EQ(message("Items.PRICE > CurrentItem.PRICE"), "");
  EXPECT_THAT(message("Items.NOPE = 1"), HasSubstr("ITEMS has no column NOPE"));
  EXPECT_THAT(message("Items.PRICE > CurrentItem.NOPE"), HasSubstr("ITEMS has no column NOPE"));
  EXPECT_THAT(message("Items.GENRES > 1"), HasSubstr("compare numbers"));
  EXPECT_THAT(message("Items.PRICE > \"x\""), HasSubstr("not with the text"));
  EXPECT_THAT(message("Items.ABOUT = \"x\""), HasSubstr("textual"));
  EXPECT_THAT(message("Items.IS_NEW = \"x\""), HasSubstr("boolean"));
  EXPECT_THAT(message("Items.PRICE > 1 IF CurrentUser.AGE > 1"), HasSubstr("no dataset USERS"));
}

}  // namespace
}  // namespace rapport::filters
