#include "serving/put_values.h"

#include <gmock/gmock.h>

namespace rapport::serving {
namespace {

using datasets::DatasetType;
using datasets::PutRow;
using datasets::Schema;
using datasets::ValueType;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Timestamp kNow{1'700'000'000 * kMicrosPerSecond};

Schema items() {
  return {.name = "Items",
          .fields = {{.name = "ITEM_ID"},
                     {.name = "GENRES", .categorical = true},
                     {.name = "NUMBER_OF_RATINGS", .type = ValueType::kLong, .nullable = true},
                     {.name = "PRICE", .type = ValueType::kFloat},
                     {.name = "ADULT", .type = ValueType::kBoolean, .nullable = true},
                     {.name = "CREATION_TIMESTAMP", .type = ValueType::kLong}}};
}

Schema interactions() {
  return {.name = "Interactions",
          .fields = {{.name = "USER_ID"},
                     {.name = "ITEM_ID"},
                     {.name = "TIMESTAMP", .type = ValueType::kLong},
                     {.name = "EVENT_TYPE"},
                     {.name = "DEVICE", .nullable = true}}};
}

TEST(PutValues, ReadsPropertiesInCamelCase) {
  const auto row = entity_row(items(), DatasetType::kItems,
                              {.id = "7", .properties = R"({"genres": ["War", "Drama"], "numberOfRatings": 12,
                                                           "price": 9.5, "adult": true})"},
                              kNow);
  ASSERT_TRUE(row) << row.error().message;
  EXPECT_EQ(row->cell("ITEM_ID"), "7");
  EXPECT_EQ(row->cell("GENRES"), "War|Drama");
  EXPECT_EQ(row->cell("NUMBER_OF_RATINGS"), "12");
  EXPECT_EQ(row->cell("PRICE"), "9.5");
  EXPECT_EQ(row->cell("ADULT"), "true");
  EXPECT_EQ(row->cell("CREATION_TIMESTAMP"), "1700000000");
}

TEST(PutValues, RefusesWhatTheSchemaCannotHold) {
  const auto refused = [](std::string properties) {
    const auto row = entity_row(items(), DatasetType::kItems, {.id = "7", .properties = std::move(properties)}, kNow);
    EXPECT_FALSE(row);
    EXPECT_EQ(row.error().field, "properties");
    return row ? "" : row.error().message;
  };
  EXPECT_THAT(refused(R"({"price": "much"})"), HasSubstr("PRICE is not a number: much"));
  EXPECT_THAT(refused(R"({"price": 1, "colour": "red"})"), HasSubstr("no column for the key colour"));
  EXPECT_THAT(refused(R"({"genres": "War"})"), HasSubstr("PRICE is empty"));
  EXPECT_THAT(refused("{"), HasSubstr("not right"));
  EXPECT_THAT(refused("[]"), HasSubstr("JSON object"));
  EXPECT_THAT(refused(R"({"price": {}})"), HasSubstr("an object"));
}

TEST(PutValues, MakesARowOfAnEvent) {
  const auto row = event_row(interactions(), DatasetType::kInteractions,
                             {.user_id = "u",
                              .session_id = "s",
                              .object_id = "7",
                              .event_type = "watch",
                              .event_value = "4.5",
                              .sent = kNow,
                              .event_id = "e1",
                              .recommendation_id = "RID-1",
                              .impression = {"7", "8"},
                              .attribution_source = "me",
                              .properties = R"({"device": "tv", "notAColumn": 1})"});
  ASSERT_TRUE(row) << row.error().message;
  EXPECT_EQ(row->event_id, "e1");
  EXPECT_EQ(row->cell("TIMESTAMP"), "1700000000");
  EXPECT_EQ(row->cell("IMPRESSION"), "7|8");
  EXPECT_EQ(row->cell("DEVICE"), "tv");
  EXPECT_EQ(row->cell("SESSION_ID"), "s");
  EXPECT_EQ(row->cell("EVENT_ATTRIBUTION_SOURCE"), "me");
}

TEST(PutValues, RefusesPropertiesThatAreMembersOfAnEvent) {
  for (const std::string_view key :
       {"userId", "SESSIONID", "eventtype", "timestamp", "recommendationId", "impression"}) {
    NewEvent event{.user_id = "u", .session_id = "s", .object_id = "7", .event_type = "watch", .sent = kNow};
    event.properties = "{\"" + std::string(key) + "\": \"x\"}";
    EXPECT_THAT(event_row(interactions(), DatasetType::kInteractions, event).error().message, HasSubstr(key));
  }
}

}  // namespace
}  // namespace rapport::serving
