#include <gtest/gtest.h>

#include "pinpoint/fixture_test.h"

namespace rapport::pinpoint {
namespace {

constexpr std::string_view kOutput = "RecommenderConfigurationResponse";
constexpr std::string_view kList = "ListRecommenderConfigurationsResponse";
const std::string kPlain =
    R"({"Name":"films","RecommendationProviderUri":"arn:aws:personalize:us-east-1:123456789012:campaign/films",)"
    R"("RecommendationProviderRoleArn":"arn:aws:iam::123456789012:role/r","RecommendationsDisplayName":"Films"})";

class RecommendersTest : public ServiceTest {
 protected:
  json::object create() {
    return body({"CreateRecommenderConfiguration", "POST", "/v1/recommenders", kOutput, kPlain}, 201);
  }
};

TEST_F(RecommendersTest, AreCreatedReadUpdatedAndDeleted) {
  const auto made = create();
  const std::string target = "/v1/recommenders/" + std::string(made.at("Id").as_string());
  EXPECT_EQ(made.at("Name"), "films");
  EXPECT_EQ(made.at("RecommendationsPerMessage"), 5);
  EXPECT_EQ(made.at("CreationDate"), made.at("LastModifiedDate"));
  EXPECT_EQ(body({"GetRecommenderConfiguration", "GET", target, kOutput}), made);
  std::string changed = kPlain;
  changed.insert(1, R"("RecommendationsPerMessage":2,)");
  EXPECT_EQ(body({"UpdateRecommenderConfiguration", "PUT", target, kOutput, changed}).at("RecommendationsPerMessage"),
            2);
  create();
  const auto first = body({"GetRecommenderConfigurations", "GET", "/v1/recommenders?page-size=1", kList});
  EXPECT_EQ(first.at("Item").as_array().size(), 1u);
  EXPECT_TRUE(first.contains("NextToken"));
  EXPECT_EQ(body({"DeleteRecommenderConfiguration", "DELETE", target, kOutput}).at("Id"), made.at("Id"));
  EXPECT_EQ(send({"GetRecommenderConfiguration", "GET", target, ""}).status, 404);
  EXPECT_EQ(send({"UpdateRecommenderConfiguration", "PUT", target, "", kPlain}).status, 404);
  EXPECT_EQ(send({"DeleteRecommenderConfiguration", "DELETE", target, ""}).status, 404);
}

TEST_F(RecommendersTest, AreRefused) {
  EXPECT_EQ(send({"CreateRecommenderConfiguration", "POST", "/v1/recommenders", "", "{}"}).status, 400);
  EXPECT_EQ(send({"GetRecommenderConfigurations", "GET", "/v1/recommenders?page-size=x", ""}).status, 400);
  std::string with_attributes = kPlain;
  with_attributes.insert(1, R"("Attributes":{"a":"b"},)");
  const auto refused = send({"CreateRecommenderConfiguration", "POST", "/v1/recommenders", "", with_attributes});
  EXPECT_EQ(refused.status, 400);
  EXPECT_TRUE(refused.body.contains("Attributes need a RecommendationTransformerUri")) << refused.body;
}

}  // namespace
}  // namespace rapport::pinpoint
