#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "learn/action_model.h"
#include "learn/item_model.h"
#include "serving/baseline.h"
#include "serving/item_numbers.h"
#include "serving/ranking_influence.h"
#include "training/recipes.h"
#include "training/training_data.h"

namespace rapport::serving {

// How often places of a list go to items that came lately and are little known.
struct Exploration {
  double weight = 0;  // 0..1
  double age_days_max = 30;
};

// A model at work, as requests use it: of a campaign, or of a recommender.
struct Deployment {
  std::string arn = {};  // of the campaign or recommender
  std::string group_arn = {};
  std::string version_arn = {};  // empty for recommenders
  const training::Recipe* recipe = nullptr;
  std::shared_ptr<const learn::ItemModel> trained = {};            // as trained; null for a model of actions
  std::shared_ptr<const learn::ItemModel> items = {};              // the same with the items that came since
  std::shared_ptr<const learn::ActionModel> trained_actions = {};  // as trained; null for a model of items
  std::shared_ptr<const learn::ActionModel> actions = {};          // the same with the items that came since
  std::shared_ptr<ItemNumbers> numbers = {};                       // of `items`
  std::shared_ptr<const Baseline> baseline = {};                   // of `items`
  Exploration exploration = {};
  RankingInfluence influence = {};
  bool shows_metadata = false;
  training::InteractionFilter filter = {};  // the model knows only such interactions
};

}  // namespace rapport::serving
