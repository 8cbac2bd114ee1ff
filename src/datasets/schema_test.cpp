#include "datasets/schema.h"

#include <gmock/gmock.h>

namespace rapport::datasets {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kItems = R"({"type":"record","name":"items","namespace":"com.amazonaws.personalize.schema",
  "fields":[{"name":"ITEM_ID","type":"string"},{"name":"GENRES","type":["null","string"],"categorical":true},
            {"name":"YEAR","type":["int"]},{"name":"PLOT","type":"string","textual":true}]})";

Schema with_fields(const std::string& fields) {
  return parse_schema(R"({"type":"record","name":"Interactions","fields":[)" + fields + "]}").value();
}

const std::string kThree =
    R"({"name":"USER_ID","type":"string"},{"name":"ITEM_ID","type":"string"},{"name":"TIMESTAMP","type":"long"})";

TEST(Schema, ReadsTypesUnionsAndMarks) {
  const Schema schema = parse_schema(kItems).value();
  ASSERT_EQ(schema.fields.size(), 4U);
  EXPECT_EQ(schema.name, "items");
  const Field* genres = schema.find("genres");
  ASSERT_NE(genres, nullptr);
  EXPECT_TRUE(genres->categorical);
  EXPECT_TRUE(genres->nullable);
  EXPECT_EQ(schema.find("YEAR")->type, ValueType::kInt);
  EXPECT_FALSE(schema.find("YEAR")->nullable);
  EXPECT_TRUE(schema.find("PLOT")->textual);
  EXPECT_EQ(schema.find("NONE"), nullptr);
}

TEST(Schema, RefusesWhatIsNoFlatRecord) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"{", "not JSON"},
      {R"({"type":"array","name":"x"})", "record"},
      {R"({"type":"record","fields":[{"name":"A","type":"string"}]})", "no name"},
      {R"({"type":"record","name":"x","fields":[]})", "no fields"},
      {R"({"type":"record","name":"x","fields":[{"name":"A"}]})", "has no type"},
      {R"({"type":"record","name":"x","fields":[{"name":"A B","type":"string"}]})", "field's name"},
      {R"({"type":"record","name":"x","fields":[{"name":"A","type":"bytes"}]})", "bytes"},
      {R"({"type":"record","name":"x","fields":[{"name":"A","type":["null"]}]})", "one type besides null"},
      {R"({"type":"record","name":"x","fields":[{"name":"A","type":["int","long"]}]})", "one type besides null"},
      {R"({"type":"record","name":"x","fields":[{"name":"A","type":"long"},{"name":"a","type":"long"}]})", "twice"},
      {R"({"type":"record","name":"x","fields":[{"name":"A","type":"long","categorical":true}]})", "only string"},
  };
  for (const auto& [text, what] : cases) {
    const auto parsed = parse_schema(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(parsed.error().field, "schema");
    EXPECT_THAT(parsed.error().message, HasSubstr(what));
  }
}

TEST(Schema, ChecksTheColumnsOfActions) {
  const auto problem = [](const std::string& fields, DatasetType type, Domain domain = Domain::kNone) {
    const Status fits = check_schema(with_fields(fields), type, domain);
    return fits ? "" : fits.error().message;
  };
  const std::string id = R"({"name":"ACTION_ID","type":"string"})";
  const std::string value = R"(,{"name":"VALUE","type":["null","long"]})";
  EXPECT_EQ(problem(id + value, DatasetType::kActions), "");
  EXPECT_THAT(problem(id, DatasetType::kActions), HasSubstr("at least one metadata field"));
  EXPECT_THAT(problem(id + R"(,{"name":"VALUE","type":"float"})", DatasetType::kActions), HasSubstr("VALUE"));
  EXPECT_THAT(problem(id + R"(,{"name":"EXPIRATION_TIMESTAMP","type":"string"})", DatasetType::kActions),
              HasSubstr("EXPIRATION_TIMESTAMP must be of type long"));
  EXPECT_THAT(problem(id + value, DatasetType::kActions, Domain::kEcommerce), HasSubstr("without a domain"));

  const std::string answer = R"({"name":"USER_ID","type":"string"},{"name":"ACTION_ID","type":"string"},
      {"name":"TIMESTAMP","type":"long"})";
  const std::string event = R"(,{"name":"EVENT_TYPE","type":"string"})";
  EXPECT_EQ(problem(answer + event, DatasetType::kActionInteractions), "");
  EXPECT_THAT(problem(answer, DatasetType::kActionInteractions), HasSubstr("needs the field EVENT_TYPE"));
  EXPECT_THAT(problem(answer + event, DatasetType::kActionInteractions, Domain::kVideoOnDemand),
              HasSubstr("without a domain"));
}

TEST(Schema, ChecksTheColumnsOfEachType) {
  EXPECT_TRUE(check_schema(with_fields(kThree), DatasetType::kInteractions, Domain::kNone));
  EXPECT_TRUE(check_schema(parse_schema(kItems).value(), DatasetType::kItems, Domain::kNone));
  const auto problem = [](const Schema& schema, DatasetType type, Domain domain) {
    const Status fits = check_schema(schema, type, domain);
    return fits ? "" : fits.error().message;
  };
  EXPECT_THAT(problem(with_fields(R"({"name":"USER_ID","type":"string"})"), DatasetType::kInteractions, Domain::kNone),
              HasSubstr("needs the field ITEM_ID"));
  EXPECT_THAT(problem(with_fields(kThree + R"(,{"name":"EVENT_TYPE","type":"string","categorical":true})"),
                      DatasetType::kInteractions, Domain::kNone),
              HasSubstr("must not be categorical"));
  EXPECT_THAT(problem(with_fields(kThree + R"(,{"name":"EVENT_VALUE","type":"string"})"), DatasetType::kInteractions,
                      Domain::kNone),
              HasSubstr("EVENT_VALUE must be of type float"));
  EXPECT_THAT(problem(with_fields(kThree), DatasetType::kInteractions, Domain::kVideoOnDemand),
              HasSubstr("domain needs the field EVENT_TYPE"));
  EXPECT_THAT(problem(parse_schema(kItems).value(), DatasetType::kItems, Domain::kEcommerce), HasSubstr("PRICE"));
  EXPECT_THAT(problem(with_fields(R"({"name":"USER_ID","type":"string"})"), DatasetType::kUsers, Domain::kNone),
              HasSubstr("at least one metadata field"));
  std::string many = kThree;
  for (int i = 0; i < 6; ++i) many += R"(,{"name":"M)" + std::to_string(i) + R"(","type":"string"})";
  EXPECT_THAT(problem(with_fields(many), DatasetType::kInteractions, Domain::kNone), HasSubstr("5 metadata fields"));
}

TEST(DatasetTypeNames, AreReadInAnySpelling) {
  EXPECT_EQ(dataset_type_from("Interactions"), DatasetType::kInteractions);
  EXPECT_EQ(dataset_type_from("Action_Interactions"), DatasetType::kActionInteractions);
  EXPECT_EQ(dataset_type_from("ACTIONINTERACTIONS"), DatasetType::kActionInteractions);
  EXPECT_EQ(dataset_type_from("Things"), std::nullopt);
}

}  // namespace
}  // namespace rapport::datasets
