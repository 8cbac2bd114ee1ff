#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "serving/recommendations.h"

namespace rapport::serving {

// Which item or action is to be explained, to whom.
struct ExplanationRequest {
  ItemRequest request = {};  // user, context and, for related items, the item; the rest does not matter
  std::string object_id = {};
  std::size_t reasons_max = 10;
};

struct ExplanationReason {
  std::string kind;  // PAST_ITEM, PAST_ACTION, USER_ATTRIBUTE, ITEM_ATTRIBUTE, POPULARITY, ACTIVITY
  std::string item_id = {};
  std::string column = {};
  std::string value = {};
  double share = 0;  // of what sets the score apart from an average one
};

struct Explanation {
  double score = 0;                             // an item's: its softmax over the catalogue; an action's propensity
  std::size_t rank = 1;                         // among all the model knows, without filters, from 1
  std::vector<ExplanationReason> reasons = {};  // the largest first
};

// Why the model thinks so of the item or action. kNotFound when it does not know it.
Result<Explanation> explain(feature_store::FeatureStore& features, const Deployment& deployment,
                            const ExplanationRequest& request, Timestamp now);

}  // namespace rapport::serving
