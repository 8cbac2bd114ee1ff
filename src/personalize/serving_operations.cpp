// Campaigns, recommenders and event trackers.

#include "personalize/documents.h"
#include "personalize/operations.h"
#include "serving/serving.h"

namespace rapport::personalize {
namespace {

using datasets::Resource;
using datasets::ResourceKind;
using datasets::Scope;
using serving::Serving;

constexpr KindNames kCampaigns{ResourceKind::kCampaign,
                               "DescribeCampaign",
                               "ListCampaigns",
                               "campaignArn",
                               "campaign",
                               "campaigns",
                               "solutionArn"};
constexpr KindNames kRecommenders{ResourceKind::kRecommender, "DescribeRecommender", "ListRecommenders",
                                  "recommenderArn",           "recommender",         "recommenders",
                                  "datasetGroupArn"};
constexpr KindNames kTrackers{ResourceKind::kEventTracker,
                              "DescribeEventTracker",
                              "ListEventTrackers",
                              "eventTrackerArn",
                              "eventTracker",
                              "eventTrackers",
                              "datasetGroupArn"};

Result<json::object> create_campaign(Serving& serving, const json::object& input) {
  const Resource campaign =
      TRY(serving.campaigns().create({.name = json::string_or(input, "name"),
                                      .version_arn = json::string_or(input, "solutionVersionArn"),
                                      .details = members_of(input, {"minProvisionedTPS", "campaignConfig"}),
                                      .tags = tags_of(input)}));
  return json::object{{"campaignArn", campaign.arn}};
}

Result<json::object> update_campaign(Serving& serving, const json::object& input) {
  const std::string arn = json::string_or(input, "campaignArn");
  TRY(serving.campaigns().update(arn,
                                 members_of(input, {"solutionVersionArn", "minProvisionedTPS", "campaignConfig"})));
  return json::object{{"campaignArn", arn}};
}

Result<json::object> create_tracker(Serving& serving, const json::object& input) {
  const Resource tracker = TRY(serving.event_trackers().create({.name = json::string_or(input, "name"),
                                                                .group_arn = json::string_or(input, "datasetGroupArn"),
                                                                .tags = tags_of(input)}));
  return json::object{{"eventTrackerArn", tracker.arn}, {"trackingId", json::string_or(tracker.details, "trackingId")}};
}

Result<json::object> create_recommender(Serving& serving, const json::object& input) {
  const Resource recommender =
      TRY(serving.recommenders().create({.name = json::string_or(input, "name"),
                                         .group_arn = json::string_or(input, "datasetGroupArn"),
                                         .recipe_arn = json::string_or(input, "recipeArn"),
                                         .details = members_of(input, {"recommenderConfig"}),
                                         .tags = tags_of(input)}));
  return json::object{{"recommenderArn", recommender.arn}};
}

// The operations that take a recommender and answer with its ARN.
using ChangeRecommender = Status (*)(serving::Recommenders& recommenders, const std::string& arn,
                                     const json::object& input);
void implement_change(contract::Contract& contract, std::string_view name, Serving& serving, ChangeRecommender change) {
  implement(contract, name, [&serving, change](const json::object& input, const Scope&) -> Result<json::object> {
    const std::string arn = json::string_or(input, "recommenderArn");
    TRY(change(serving.recommenders(), arn, input));
    return json::object{{"recommenderArn", arn}};
  });
}

void register_recommenders(contract::Contract& contract, Serving& serving) {
  implement(contract, "CreateRecommender",
            [&serving](const json::object& input, const Scope&) { return create_recommender(serving, input); });
  implement_change(contract, "UpdateRecommender", serving,
                   [](serving::Recommenders& recommenders, const std::string& arn, const json::object& input) {
                     const json::object* config = json::find_object(input, "recommenderConfig");
                     return recommenders.update(arn, config == nullptr ? json::object{} : *config);
                   });
  implement_change(contract, "StartRecommender", serving,
                   [](serving::Recommenders& recommenders, const std::string& arn, const json::object&) {
                     return recommenders.start(arn);
                   });
  implement_change(contract, "StopRecommender", serving,
                   [](serving::Recommenders& recommenders, const std::string& arn, const json::object&) {
                     return recommenders.stop(arn);
                   });
  implement(contract, "DeleteRecommender", [&serving](const json::object& input, const Scope&) -> Result<json::object> {
    TRY(serving.recommenders().remove(json::string_or(input, "recommenderArn")));
    return json::object{};
  });
}

}  // namespace

void register_serving_operations(contract::Contract& contract, datasets::Catalog& catalog, Serving& serving) {
  implement_reading(contract, catalog, kCampaigns);
  implement_reading(contract, catalog, kTrackers);
  implement_reading(contract, catalog, kRecommenders);
  register_recommenders(contract, serving);
  implement(contract, "CreateCampaign",
            [&serving](const json::object& input, const Scope&) { return create_campaign(serving, input); });
  implement(contract, "UpdateCampaign",
            [&serving](const json::object& input, const Scope&) { return update_campaign(serving, input); });
  implement(contract, "DeleteCampaign", [&serving](const json::object& input, const Scope&) -> Result<json::object> {
    TRY(serving.campaigns().remove(json::string_or(input, "campaignArn")));
    return json::object{};
  });
  implement(contract, "CreateEventTracker",
            [&serving](const json::object& input, const Scope&) { return create_tracker(serving, input); });
  implement(contract, "DeleteEventTracker",
            [&serving](const json::object& input, const Scope&) -> Result<json::object> {
              TRY(serving.event_trackers().remove(json::string_or(input, "eventTrackerArn")));
              return json::object{};
            });
}

}  // namespace rapport::personalize
