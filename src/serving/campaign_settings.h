#pragma once

#include "base/result.h"
#include "json/json.h"
#include "training/recipes.h"

namespace rapport::serving {

// What campaigns and recommenders may be told. kInvalid names the member.

// itemExplorationConfig: explorationWeight 0..1 and explorationItemAgeCutOff >= 1 as texts, of recipes that explore.
Status check_exploration(const json::object& config, const training::Recipe& recipe);
// The whole campaignConfig.
Status check_campaign_config(const json::object& config, const training::Recipe& recipe);

}  // namespace rapport::serving
