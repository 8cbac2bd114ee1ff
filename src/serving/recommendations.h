#pragma once

// serving: models at work: campaigns and recommenders, what they recommend to whom and why, and the events and rows
// that come back.

#include "base/clock.h"
#include "base/result.h"
#include "filters/filters.h"
#include "serving/deployments.h"
#include "serving/requests.h"
#include "serving/served_lists.h"

namespace rapport::serving {

// Answers requests. Errors are the API's: kInvalid names the member. Thread-safe.
class Recommendations {
 public:
  struct Collaborators {
    feature_store::FeatureStore& features;
    filters::Filters& filters;
    ServedLists* served = nullptr;  // without it answers have no recommendation id, and nobody has seen them
    const Clock& clock;
  };
  explicit Recommendations(const Collaborators& with) : with_(with) {}

  // Items for a user, or items that go with an item.
  Result<ItemAnswer> recommend(const Deployment& deployment, const ItemRequest& request);
  // The items of the input list, the most relevant first; those that the model does not know last, without a score.
  Result<ItemAnswer> rank(const Deployment& deployment, const ItemRequest& request);
  Result<ActionAnswer> recommend_actions(const Deployment& deployment, const ActionRequest& request);

 private:
  const Collaborators with_;
};

}  // namespace rapport::serving
