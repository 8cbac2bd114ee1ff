#pragma once

// What is asked of a deployment, and what it answers.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "filters/filter.h"
#include "learn/action_model.h"
#include "learn/item_model.h"
#include "serving/user_state.h"

namespace rapport::serving {

struct FilterUse {
  std::string arn = {};  // empty: no filter
  filters::Parameters values = {};
};

struct Promotion {
  std::string name = {};
  int percent = 100;
  FilterUse filter = {};
};

struct ItemRequest {
  std::string user_id = {};
  std::string item_id = {};                  // related items: of which
  std::vector<std::string> input_list = {};  // to be ranked
  std::int64_t results = 0;                  // 0: as many as the API gives by default
  Context context = {};
  FilterUse filter = {};
  std::optional<Promotion> promotion = {};
  std::vector<std::string> metadata_columns = {};
};

struct RecommendedItem {
  std::string id;
  std::optional<double> score = {};
  std::string promotion = {};
  std::string reason = {};
  std::vector<std::pair<std::string, std::string>> metadata = {};
};

struct ItemAnswer {
  std::vector<RecommendedItem> items = {};
  std::string recommendation_id = {};
};

struct ActionRequest {
  std::string user_id = {};
  std::int64_t results = 0;
  FilterUse filter = {};
};

struct RecommendedAction {
  std::string id;
  double score = 0;
};

struct ActionAnswer {
  std::vector<RecommendedAction> actions = {};
  std::string recommendation_id = {};
};

}  // namespace rapport::serving
