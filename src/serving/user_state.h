#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "feature_store/view.h"
#include "learn/action_model.h"
#include "learn/item_model.h"
#include "serving/deployment.h"

namespace rapport::serving {

using Context = std::map<std::string, std::string>;

// The user's attributes, and the context of a request, as models read them.
std::vector<learn::Fact> facts_of(const feature_store::View& view, std::string_view user_id);
std::vector<learn::Fact> facts_of(const feature_store::View& view, const Context& context);

// The user's interactions that the model knows, oldest first, by the model's numbers.
std::vector<learn::PastEvent> history_of(const feature_store::View& view, std::string_view user_id,
                                         const Deployment& deployment, const ItemNumbers::Numbers& numbers);

// The same for a model of actions.
std::vector<learn::PastDeed> deeds_of(const feature_store::View& view, std::string_view user_id,
                                      const learn::ActionModel& model);
std::vector<learn::PastAction> actions_of(const feature_store::View& view, std::string_view user_id,
                                          const learn::ActionModel& model);

}  // namespace rapport::serving
