#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "json/json.h"
#include "training/training_data.h"

namespace rapport::training {

// What a training gives, whatever the recipe: the model's file, and its metrics under the API's names.
struct TrainedModel {
  std::string file;
  std::vector<std::pair<std::string, double>> metrics;
  double seconds = 0;
  json::object report = {};                       // training/report.h
  std::map<std::string, std::string> tuned = {};  // the hyperparameters that tuning chose
  std::string recipe = {};                        // the one that was chosen, when the choice was automatic
};

// Trains on everything in the request's datasets. kInvalid for too little data or bad hyperparameters, kConflict when
// stopped.
using TrainFunction = Result<TrainedModel> (*)(const TrainingRequest& request);

// A recipe of the API. `train` is null for those that are known but not built.
struct Recipe {
  std::string_view name;                    // aws-item-affinity
  std::string_view type;                    // USER_SEGMENTATION
  std::string_view domain;                  // ECOMMERCE, VIDEO_ON_DEMAND or empty
  std::string_view feature_transformation;  // its name
  TrainFunction train = nullptr;

  std::string arn() const;
  std::string algorithm_arn() const;
  std::string feature_transformation_arn() const;
};

// The arn of the recipe of this name.
std::string recipe_arn(std::string_view name);

std::span<const Recipe> recipes();
const Recipe* find_recipe(std::string_view arn);  // nullptr when there is none
// Chooses a recipe of type USER_PERSONALIZATION by how good it is, and trains it.
Result<TrainedModel> train_automatically(const TrainingRequest& request);
// The recipe, if it can be trained; kNotFound when it does not exist, kInvalid naming those built when it is not.
Result<const Recipe*> buildable_recipe(std::string_view arn);

}  // namespace rapport::training
