// The runtime API: what to show to whom.

#include <fmt/format.h>

#include "personalize/operations.h"
#include "serving/explanations.h"
#include "serving/serving.h"

namespace rapport::personalize {
namespace {

using serving::Serving;

constexpr std::string_view kService = "personalize-runtime";

std::map<std::string, std::string, std::less<>> texts_of(const json::object& input, std::string_view member) {
  std::map<std::string, std::string, std::less<>> texts;
  if (const json::object* map = json::find_object(input, member)) {
    for (const auto& [key, value] : *map) texts.emplace(key, json::view(value.as_string()));
  }
  return texts;
}

serving::FilterUse filter_of(const json::object& input) {
  return {.arn = json::string_or(input, "filterArn"), .values = texts_of(input, "filterValues")};
}

std::vector<std::string> list_of(const json::array* values) {
  std::vector<std::string> list;
  if (values == nullptr) return list;
  for (const json::value& value : *values) list.emplace_back(json::view(value.as_string()));
  return list;
}

Result<std::vector<std::string>> metadata_columns_of(const json::object& input) {
  const json::object* columns = json::find_object(input, "metadataColumns");
  if (columns == nullptr) return std::vector<std::string>{};
  for (const auto& [dataset, names] : *columns) {
    const auto type = datasets::dataset_type_from(std::string_view(dataset));
    if (type == datasets::DatasetType::kItems) return list_of(names.if_array());
  }
  return fail(ErrorKind::kInvalid, "Metadata can be asked for of ITEMS only", "metadataColumns");
}

Result<serving::ItemRequest> item_request_of(const json::object& input) {
  serving::ItemRequest request {
    .user_id = json::string_or(input, "userId"), .item_id = json::string_or(input, "itemId"),
    .input_list = list_of(json::find_array(input, "inputList")),
    .results = json::find_integer(input, "numResults").value_or(0), .filter = filter_of(input),
    .metadata_columns = TRY(metadata_columns_of(input))
  };
  for (auto& [key, value] : texts_of(input, "context")) request.context.emplace(key, value);
  const json::array* promotions = json::find_array(input, "promotions");
  if (promotions != nullptr && !promotions->empty()) {
    const json::object& promotion = promotions->front().as_object();
    request.promotion = {
        .name = json::string_or(promotion, "name"),
        .percent = static_cast<int>(json::find_integer(promotion, "percentPromotedItems").value_or(100)),
        .filter = filter_of(promotion)};
  }
  return request;
}

json::object document_of(const serving::RecommendedItem& item) {
  json::object document{{"itemId", item.id}};
  if (item.score) document["score"] = *item.score;
  if (!item.promotion.empty()) document["promotionName"] = item.promotion;
  if (!item.reason.empty()) document["reason"] = {item.reason};
  if (item.metadata.empty()) return document;
  json::object& metadata = document["metadata"].emplace_object();
  for (const auto& [column, text] : item.metadata) metadata[column] = text;
  return document;
}

json::object document_of(const serving::ItemAnswer& answer, std::string_view member) {
  json::array items;
  for (const serving::RecommendedItem& item : answer.items) items.push_back(document_of(item));
  return {{member, std::move(items)}, {"recommendationId", answer.recommendation_id}};
}

// The campaign or recommender that the members of these names give.
Result<std::shared_ptr<const serving::Deployment>> deployment_of(Serving& serving, const json::object& input,
                                                                 std::string_view campaign_member,
                                                                 std::string_view recommender_member) {
  const std::string campaign = json::string_or(input, campaign_member);
  const std::string recommender = json::string_or(input, recommender_member);
  if (campaign.empty() == recommender.empty()) {
    return fail(ErrorKind::kInvalid, fmt::format("Give either {} or {}", campaign_member, recommender_member),
                std::string(campaign_member));
  }
  return campaign.empty() ? serving.deployments().of_recommender(recommender)
                          : serving.deployments().of_campaign(campaign);
}

Result<json::object> get_recommendations(Serving& serving, const json::object& input) {
  const auto deployment = TRY(deployment_of(serving, input, "campaignArn", "recommenderArn"));
  return document_of(TRY(serving.recommendations().recommend(*deployment, TRY(item_request_of(input)))), "itemList");
}

Result<json::object> get_ranking(Serving& serving, const json::object& input) {
  const auto deployment = TRY(serving.deployments().of_campaign(json::string_or(input, "campaignArn")));
  return document_of(TRY(serving.recommendations().rank(*deployment, TRY(item_request_of(input)))),
                     "personalizedRanking");
}

Result<json::object> get_actions(Serving& serving, const json::object& input) {
  const std::string campaign = json::string_or(input, "campaignArn");
  if (campaign.empty()) return fail(ErrorKind::kInvalid, "Give campaignArn", "campaignArn");
  const auto deployment = TRY(serving.deployments().of_campaign(campaign));
  const serving::ActionAnswer answer = TRY(serving.recommendations().recommend_actions(
      *deployment, {.user_id = json::string_or(input, "userId"),
                    .results = json::find_integer(input, "numResults").value_or(0),
                    .filter = filter_of(input)}));
  json::array actions;
  for (const serving::RecommendedAction& action : answer.actions) {
    actions.push_back({{"actionId", action.id}, {"score", action.score}});
  }
  return json::object{{"actionList", std::move(actions)}, {"recommendationId", answer.recommendation_id}};
}

Result<json::object> explain(Serving& serving, const json::object& input) {
  const auto deployment = TRY(deployment_of(serving, input, "CampaignArn", "RecommenderArn"));
  const std::string_view member = deployment->actions == nullptr ? "ItemId" : "ActionId";
  serving::ExplanationRequest request{
      .request = {.user_id = json::string_or(input, "UserId"), .item_id = json::string_or(input, "RelatedItemId")},
      .object_id = json::string_or(input, member)};
  if (request.object_id.empty()) {
    return fail(ErrorKind::kInvalid, fmt::format("Say what to explain: give {}", member), std::string(member));
  }
  for (auto& [key, value] : texts_of(input, "Context")) request.request.context.emplace(key, value);
  request.reasons_max = static_cast<std::size_t>(json::find_integer(input, "MaxReasons").value_or(10));
  const serving::Explanation explanation = TRY(serving.explain(*deployment, request));
  json::array reasons;
  for (const serving::ExplanationReason& reason : explanation.reasons) {
    json::object document{{"Kind", reason.kind}, {"Share", reason.share}};
    if (!reason.item_id.empty()) document["ItemId"] = reason.item_id;
    if (!reason.column.empty()) document["Column"] = reason.column;
    if (!reason.value.empty()) document["Value"] = reason.value;
    reasons.push_back(std::move(document));
  }
  return json::object{{"Score", explanation.score}, {"Rank", static_cast<std::int64_t>(explanation.rank)}, {"Reasons", std::move(reasons)}};
}

}  // namespace

void register_runtime_operations(contract::Contract& contract, Serving& serving) {
  contract.implement(kService, "GetRecommendations",
                     [&serving](const contract::Call& call) { return get_recommendations(serving, call.input); });
  contract.implement(kService, "GetPersonalizedRanking",
                     [&serving](const contract::Call& call) { return get_ranking(serving, call.input); });
  contract.implement(kService, "GetActionRecommendations",
                     [&serving](const contract::Call& call) { return get_actions(serving, call.input); });
  contract.implement("rapport", "ExplainRecommendation",
                     [&serving](const contract::Call& call) { return explain(serving, call.input); });
}

}  // namespace rapport::personalize
