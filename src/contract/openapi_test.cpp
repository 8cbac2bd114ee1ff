#include "contract/openapi.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "contract/tables.h"

namespace rapport::contract {
namespace {

void collect_references(const json::value& at, std::set<std::string>& found) {
  if (at.is_array()) {
    for (const json::value& item : at.get_array()) collect_references(item, found);
  } else if (at.is_object()) {
    for (const auto& entry : at.get_object()) {
      if (entry.key() == "$ref") {
        found.insert(std::string(json::view(entry.value().as_string())));
      } else {
        collect_references(entry.value(), found);
      }
    }
  }
}

TEST(OpenApi, HoldsEveryOperationOnce) {
  const json::object document = describe_services().as_object();
  EXPECT_EQ(document.at("openapi"), "3.1.0");
  std::set<std::string> found;
  for (const auto& path : document.at("paths").as_object()) {
    for (const auto& method : path.value().as_object())
      EXPECT_TRUE(found.insert(json::string_or(method.value().as_object(), "operationId")).second);
  }
  std::set<std::string> expected;
  for (const Service* service : services()) {
    for (const Operation& operation : service->operations)
      expected.insert(fmt::format("{}.{}", service->name, operation.name));
  }
  EXPECT_EQ(found, expected);
}

TEST(OpenApi, ResolvesEveryReference) {
  const json::value document = describe_services();
  const json::object& schemas = document.at("components").at("schemas").as_object();
  std::set<std::string> references;
  collect_references(document, references);
  constexpr std::string_view kPrefix = "#/components/schemas/";
  for (const std::string& reference : references) {
    ASSERT_TRUE(reference.starts_with(kPrefix)) << reference;
    EXPECT_TRUE(schemas.contains(reference.substr(kPrefix.size()))) << reference;
  }
  EXPECT_GT(references.size(), 500U);
}

TEST(OpenApi, ShowsParametersBodiesAndErrors) {
  const json::value document = describe_services();
  const json::value& update = document.at("paths").at("/v1/apps/{application-id}/campaigns/{campaign-id}").at("put");
  EXPECT_EQ(update.at("parameters").as_array().size(), 2U);
  EXPECT_EQ(update.at("requestBody").at("content").at("application/json").at("schema").at("$ref"),
            "#/components/schemas/pinpoint.WriteCampaignRequest");
  EXPECT_EQ(update.at("responses").at("404").at("description"), "NotFoundException");
  const json::value& schedule = document.at("components").at("schemas").at("pinpoint.Schedule");
  EXPECT_EQ(schedule.at("required"), (json::array{"StartTime"}));
  EXPECT_TRUE(document.at("paths").as_object().contains("/#AmazonPersonalize.CreateSchema"));
  EXPECT_EQ(document.at("components").at("schemas").at("personalize.Name").at("maxLength"), 63.0);
}

TEST(OpenApi, NamesOnlySecuritySchemesThatItDescribes) {
  const json::value document = describe_services();
  const json::object& schemes = document.at("components").at("securitySchemes").as_object();
  const json::array& ways = document.at("security").as_array();
  ASSERT_EQ(ways.size(), 2U);
  for (const json::value& way : ways) {
    for (const auto& [name, scopes] : way.as_object()) EXPECT_TRUE(schemes.contains(name)) << name;
  }
}

}  // namespace
}  // namespace rapport::contract
