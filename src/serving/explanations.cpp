#include "serving/explanations.h"

#include <fmt/format.h>

#include <algorithm>

#include "serving/item_question.h"

namespace rapport::serving {
namespace {

std::unexpected<Error> unknown(const Deployment& deployment, const std::string& id) {
  return fail(ErrorKind::kNotFound, fmt::format("The model of {} does not know {}", deployment.arn, id));
}

std::size_t rank_of(std::span<const float> scores, std::uint32_t one) {
  return 1 + static_cast<std::size_t>(
                 std::count_if(scores.begin(), scores.end(), [&](float score) { return score > scores[one]; }));
}

std::string_view name_of(learn::Reason::Kind kind) {
  switch (kind) {
    case learn::Reason::Kind::kPastItem: return "PAST_ITEM";
    case learn::Reason::Kind::kUserAttribute: return "USER_ATTRIBUTE";
    case learn::Reason::Kind::kItemAttribute: return "ITEM_ATTRIBUTE";
    case learn::Reason::Kind::kContext: return "CONTEXT";
    case learn::Reason::Kind::kPopularity: break;
  }
  return "POPULARITY";
}

std::string_view name_of(learn::ActionReason::Kind kind) {
  switch (kind) {
    case learn::ActionReason::Kind::kPastItem: return "PAST_ITEM";
    case learn::ActionReason::Kind::kItemAttribute: return "ITEM_ATTRIBUTE";
    case learn::ActionReason::Kind::kUserAttribute: return "USER_ATTRIBUTE";
    case learn::ActionReason::Kind::kPastAction: return "PAST_ACTION";
    case learn::ActionReason::Kind::kActivity: break;
  }
  return "ACTIVITY";
}

Result<Explanation> explain_item(feature_store::FeatureStore& features, const Deployment& deployment,
                                 const ExplanationRequest& request, Timestamp now) {
  ItemQuestion question(deployment, request.request, TRY(features.view(deployment.group_arn)), now);
  const auto item = question.model().items().find(request.object_id);
  if (!item) return unknown(deployment, request.object_id);
  const std::span<const float> scores = question.scores();
  Explanation explanation{.score = softmax_of(scores, std::span(&*item, 1)).front(), .rank = rank_of(scores, *item)};
  for (const learn::Reason& reason : question.model().explain(question.query(), *item, request.reasons_max)) {
    ExplanationReason& told =
        explanation.reasons.emplace_back(ExplanationReason{.kind = std::string(name_of(reason.kind))});
    if (reason.kind == learn::Reason::Kind::kPastItem) told.item_id = question.model().items().at(reason.item);
    told.column = reason.fact.column;
    told.value = reason.fact.value;
    told.share = static_cast<double>(reason.share);
  }
  return explanation;
}

Result<Explanation> explain_action(feature_store::FeatureStore& features, const Deployment& deployment,
                                   const ExplanationRequest& request, Timestamp now) {
  const learn::ActionModel& model = *deployment.actions;
  const auto action = model.actions().find(request.object_id);
  if (!action) return unknown(deployment, request.object_id);
  const auto view = TRY(features.view(deployment.group_arn));
  const std::string& user = request.request.user_id;
  const auto deeds = deeds_of(*view, user, model);
  const auto past = actions_of(*view, user, model);
  const auto facts = facts_of(*view, user);
  const learn::ActionQuery query{
      .history = deeds, .actions = past, .user = facts, .now = now.micros / kMicrosPerSecond};
  std::vector<float> propensities(model.actions().size());
  model.score(query, propensities);
  Explanation explanation{.score = static_cast<double>(propensities[*action]), .rank = rank_of(propensities, *action)};
  for (const learn::ActionReason& reason : model.explain(query, *action, request.reasons_max)) {
    explanation.reasons.push_back({.kind = std::string(name_of(reason.kind)),
                                   .column = reason.fact.column,
                                   .value = reason.fact.value,
                                   .share = static_cast<double>(reason.share)});
  }
  return explanation;
}

}  // namespace

Result<Explanation> explain(feature_store::FeatureStore& features, const Deployment& deployment,
                            const ExplanationRequest& request, Timestamp now) {
  return deployment.actions == nullptr ? explain_item(features, deployment, request, now)
                                       : explain_action(features, deployment, request, now);
}

}  // namespace rapport::serving
