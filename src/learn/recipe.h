#pragma once

// The one way to train and ask a segmentation model: recipes by name, each with `train`, giving a model with `rank`.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "learn/dataset.h"
#include "learn/evaluation.h"
#include "learn/segment_baselines.h"
#include "learn/training_control.h"

namespace rapport::learn {

struct AttributeCondition {
  std::string column;  // without the data set's name: "genres"
  std::string value;
};

// Whom to look for: users for one item (aws-item-affinity), or for items that meet every condition
// (aws-item-attribute-affinity).
struct SegmentQuery {
  std::string item;
  std::vector<AttributeCondition> attributes;
};

struct ScoredUser {
  std::uint32_t user = 0;  // index into SegmentModel::users()
  float score = 0;  // the probability of at least one interaction while the user makes a quarter of the past number
};

// A trained model. Immutable: all calls are thread-safe. Needs no data set to answer.
class SegmentModel {
 public:
  virtual ~SegmentModel() = default;
  virtual std::string_view recipe() const = 0;
  virtual const Vocabulary& users() const = 0;
  // The users by falling affinity, at most `limit`. kInvalid when the query is of the other recipe's form or empty,
  // kNotFound when the item, the column or the value was not in the training data.
  virtual Result<std::vector<ScoredUser>> rank(const SegmentQuery& query, std::size_t limit) const = 0;
  // The whole model as the bytes of one versioned, portable file (learn/model_file.h).
  virtual std::string serialize() const = 0;
};

// The bytes of a model file of any recipe. kInvalid for a damaged file, kUnsupported for one of a newer format.
Result<std::unique_ptr<SegmentModel>> load_segment_model(std::string_view bytes);

struct SegmentTraining {
  std::string recipe;                                       // "aws-item-affinity" or "aws-item-attribute-affinity"
  std::map<std::string, std::string> hyperparameters = {};  // hidden_dimension: 32..256, default 64
  std::uint64_t seed = 1;
};

struct TrainedSegmentModel {
  std::unique_ptr<SegmentModel> model;  // learned from all interactions
  SegmentMetrics metrics;               // of a model learned from the older 80 %, on the newer 20 %
  BaselineMetrics baselines;            // of simple lists, on the same
  TrainingCost cost;                    // of everything, evaluation included
};

// kNotFound for an unknown recipe, kInvalid for a bad hyperparameter (field names it) or too little data, kConflict
// when stopped.
Result<TrainedSegmentModel> train_segment_model(const Dataset& dataset, const SegmentTraining& training,
                                                const TrainingControl& control = {});

}  // namespace rapport::learn
