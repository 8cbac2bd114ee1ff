#pragma once

// Asks a model for the users whose newest interactions it does not know, and measures the answers.

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "learn/item_evaluation.h"
#include "learn/item_model.h"
#include "learn/item_recipe.h"
#include "learn/training_control.h"

namespace rapport::learn {

// What a model is asked with: everything the user did, or the item met last.
enum class Question { kHistory, kNewestItem };
Question question_of(std::string_view recipe_type);

struct Answers {
  ItemMetrics metrics;
  ItemMetrics popularity_metrics;
  ItemMetrics random_metrics;
  std::vector<CalibrationBin> calibration;  // of a softmax over the scores, against what was met next
  // Of the rewards of what a user met next, the share that the first 25 named; mean over users with any reward.
  double rewards = 0;
  std::map<std::uint32_t, double> weighted_gain;  // NDCG at 5, 10, 25 with the interactions' weights, scaled to mean 1
};

struct Hidden {
  const ItemSplit& split;
  std::span<const Interaction> all;       // the rows before the split
  const ItemAttributes& user_attributes;  // known of those who are asked for
  std::span<const float> rewards = {};    // of items; may be fewer than those
};

// At most 10,000 users are asked for, evenly spread, each as in no particular context.
Answers ask_held_out(const ItemModel& model, Question question, const Hidden& hidden, const TrainingControl& control);

}  // namespace rapport::learn
