#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "datasets/datasets.h"
#include "learn/dataset.h"
#include "learn/objective.h"
#include "learn/training_control.h"
#include "training/tuning_plan.h"

namespace rapport::training {

// Which interactions count.
struct InteractionFilter {
  std::string event_type = {};                      // in any case; empty: all
  std::optional<double> event_value_at_least = {};  // rows without a value do not count then
};

// What an interaction of a type counts beside others; those of a smaller value, or of none, do not count.
struct EventWeight {
  std::string event_type;  // in any case
  std::optional<double> event_value_at_least = {};
  float weight = 1;
};

// What is wanted besides relevance: items with much in a numeric column.
struct Objective {
  std::string item_column = {};  // empty: nothing
  learn::ObjectiveSensitivity sensitivity = learn::ObjectiveSensitivity::kOff;
};

// The fewest data a training accepts, after filtering.
struct TrainingMinimum {
  std::uint64_t interactions = 1;
  std::uint64_t users_with_two = 25;
  std::uint32_t action_rows = 50;  // taken, and not taken or viewed, for an action to have a propensity
};

// What a recipe trains on.
struct TrainingRequest {
  std::string recipe;  // its name
  datasets::Datasets& datasets;
  std::string dataset_group_arn;
  InteractionFilter filter = {};
  std::vector<EventWeight> event_weights = {};          // only these, when there are any
  std::vector<std::string> item_columns_excluded = {};  // in any case
  std::vector<std::string> item_columns_included = {};  // only these, when there are any
  std::vector<std::string> user_columns_excluded = {};
  std::vector<std::string> user_columns_included = {};
  std::vector<std::string> context_columns_excluded = {};  // of interactions
  std::vector<std::string> context_columns_included = {};
  std::map<std::string, std::string> hyperparameters = {};
  std::uint64_t seed = 1;
  TrainingMinimum minimum = {};
  std::optional<TuningPlan> tuning = {};
  Objective objective = {};
  learn::TrainingControl control = {};
};

// Whether a row of interactions counts.
bool passes(const InteractionFilter& filter, std::string_view event_type, std::string_view event_value);
// Whether a column is to be seen, by the names of those included (none: all) and excluded.
bool is_used(std::string_view column, const std::vector<std::string>& included,
             const std::vector<std::string>& excluded);
// Adds the values of a cell ("a|b") as those of item, user or action number `thing`.
void add_cell(const datasets::Field& field, std::string_view cell, std::uint32_t thing, learn::ItemAttributes& into);
// kInvalid, in the documented words, when there are fewer interactions than the minimum.
Status require_minimum(const TrainingRequest& request, const learn::Dataset& dataset);

// The columns of items that a segment query can name: categorical texts, numbers and booleans, but no timestamps.
bool is_attribute(const datasets::Field& field);
// Numbers have one spelling in models and queries: 7, 7.0 and 7.00 are "7". Other texts are returned as they are.
std::string canonical_value(std::string_view text, datasets::ValueType type);

// kInvalid unless the items' schema can have the objective: its column must be a number and never null.
Status check_objective(const Objective& objective, const datasets::Schema& items);

// Everything the group holds that a recipe learns from: interactions with their contexts, and of items and users the
// attributes, texts and rewards. kInvalid when there are fewer interactions than the minimum; when none are required
// (minimum.interactions is 0), a group without interactions will do.
Result<learn::Dataset> load_training_data(const TrainingRequest& request);

}  // namespace rapport::training
