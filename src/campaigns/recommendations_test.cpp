#include "messages/recommendations.h"

#include <gtest/gtest.h>

#include "campaigns/fixture_test.h"

namespace rapport::campaigns {
namespace {

TEST_F(CampaignsTest, RecommendedItemsStandInMessages) {
  const auto user = [](std::string_view id) { return json::object{{"User", json::object{{"UserId", id}}}}; };
  add("1", "ana@example.com", user("ana"));
  add("3", "nobody@example.com");  // of no user: the recommender does not know it
  const std::string recommender =
      recommenders_
          .create({{"RecommendationProviderUri", "arn:aws:personalize:us-east-1:000000000000:campaign/films"},
                   {"RecommendationProviderRoleArn", "arn:aws:iam::000000000000:role/r"},
                   {"RecommendationProviderIdType", "PINPOINT_USER_ID"},
                   {"RecommendationsDisplayName", "Films"}})
          ->id;
  const messages::TemplateKey key{.name = "films", .type = messages::TemplateType::kEmail};
  ASSERT_TRUE(templates_.create(
      key, {{"Subject", "See {{RecommendationItems.[0]}}"}, {"TextPart", "t"}, {"RecommenderId", recommender}}, {}));
  json::object write = request();
  write.erase("MessageConfiguration");
  write["TemplateConfiguration"] = json::object{{"EmailTemplate", json::object{{"Name", "films"}}}};
  const Activity first = finished(campaigns_.create(app_, write, {})->id);
  EXPECT_EQ(provider_.subjects(), std::set<std::string>{"See film of ana"});
  EXPECT_EQ(first.count("FILTERED_OUT_BY_RECOMMENDER"), 1);
  EXPECT_EQ(first.count("DELIVERED"), 1);

  // Who the recommender fails for gets no message with a hole in it, and the others theirs.
  add("2", "bob@example.com", user("broken"));
  const Activity second = finished(campaigns_.create(app_, write, {})->id);
  EXPECT_EQ(second.count("RECOMMENDATION_FAILURE"), 1);
  EXPECT_EQ(second.count("FILTERED_OUT_BY_RECOMMENDER"), 1);
  EXPECT_EQ(second.count("DELIVERED"), 1);
  EXPECT_EQ(provider_.messages(), 2U);

  // A recommender that has gone is found before anything is promised.
  ASSERT_TRUE(recommenders_.remove(recommender));
  EXPECT_EQ(campaigns_.create(app_, write, {}).error().field, "TemplateConfiguration.EmailTemplate.RecommenderId");
  json::object test = request();
  test["AdditionalTreatments"] = {
      {{"SizePercent", 50}, {"TemplateConfiguration", json::object{{"EmailTemplate", {{"Name", "films"}}}}}}};
  EXPECT_EQ(campaigns_.create(app_, test, {}).error().field,
            "AdditionalTreatments[0].TemplateConfiguration.EmailTemplate.RecommenderId");
}

}  // namespace
}  // namespace rapport::campaigns
