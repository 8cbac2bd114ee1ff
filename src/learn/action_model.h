#pragma once

// The one way to ask a model of actions (aws-next-best-action): how likely will this user take each action soon.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "learn/dataset.h"
#include "learn/item_model.h"

namespace rapport::learn {

enum class ActionEvent : std::uint8_t { kTaken, kNotTaken, kViewed };

// What a user did with an action that was offered, as known when asking.
struct PastAction {
  std::uint32_t action = 0;  // index into ActionModel::actions()
  ActionEvent event = ActionEvent::kViewed;
  std::int64_t time = 0;  // Unix seconds
};

// What a request knows. The views live as long as the call.
struct ActionQuery {
  std::span<const PastEvent> history = {};  // interactions with items (indices into ActionModel::items()), oldest first
  std::span<const PastAction> actions = {};  // oldest first
  std::span<const Fact> user = {};
  std::int64_t now = 0;  // Unix seconds
};

// A trained model. Immutable: all calls are thread-safe. Needs no data set to answer.
class ActionModel {
 public:
  virtual ~ActionModel() = default;
  virtual const Vocabulary& actions() const = 0;
  virtual const Vocabulary& items() const = 0;
  // For every action the calibrated probability that the user takes it within the model's period; 0 for actions with
  // too little data to say. REQUIRES propensities.size() == actions().size().
  virtual void score(const ActionQuery& query, std::span<float> propensities) const = 0;
  // The facts that move the action's propensity most, largest first.
  virtual std::vector<Reason> explain(const ActionQuery& query, std::uint32_t action, std::size_t most) const = 0;
  virtual std::string serialize() const = 0;
};

// kInvalid for a damaged file, kUnsupported for one of a newer format.
Result<std::unique_ptr<ActionModel>> load_action_model(std::string_view bytes);

}  // namespace rapport::learn
