#pragma once

// The one way to ask a model of actions (aws-next-best-action): how likely will this user take each action soon.

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "learn/dataset.h"
#include "learn/item_model.h"

namespace rapport::learn {

enum class ActionEvent : std::uint8_t { kTaken, kNotTaken, kViewed };

// "Taken", "Not taken", "NOT_TAKEN", "notTaken", "viewed"...: any case, with or without blanks, underscores or hyphens.
std::optional<ActionEvent> parse_action_event(std::string_view text);

// An item or an event type that a model does not know.
inline constexpr std::uint32_t kUnknownIndex = std::numeric_limits<std::uint32_t>::max();

// What a user did with an action that was offered, as known when asking.
struct PastAction {
  std::uint32_t action = 0;  // index into ActionModel::actions()
  ActionEvent event = ActionEvent::kViewed;
  std::int64_t time = 0;  // Unix seconds
};

// Something a user did with an item: what tells the user's state.
struct PastDeed {
  std::uint32_t item = kUnknownIndex;   // index into ActionModel::items()
  std::uint32_t event = kUnknownIndex;  // index into ActionModel::event_types()
  std::int64_t time = 0;                // Unix seconds
};

// A model looks at the newest rows only, at most so many of each kind.
inline constexpr std::size_t kRememberedDeeds = 500;
inline constexpr std::size_t kRememberedActions = 300;

// What a request knows. The views live as long as the call. Rows later than `now` are left out.
struct ActionQuery {
  std::span<const PastDeed> history = {};    // oldest first
  std::span<const PastAction> actions = {};  // oldest first
  std::span<const Fact> user = {};           // one for each value of a multi-valued column
  std::int64_t now = 0;                      // Unix seconds
};

// Part of a propensity. `fact` is for people: {"GENRES", "Action"}, {"Viewed", "subscribe-newsletter"}.
struct ActionReason {
  enum class Kind {
    kActivity,       // how much, how lately the user was there; fact: what was measured and its value
    kPastItem,       // fact: {"ITEM_ID", id}
    kItemAttribute,  // of the items met; fact: column and value
    kUserAttribute,  // fact: column and value
    kPastAction,     // an earlier answer to this action; fact: the answer and the action's id
  };
  Kind kind = Kind::kActivity;
  Fact fact;
  float share = 0;  // of all that moves the propensity away from the average user's; below 0 where it lowers it
};

// A trained model. Immutable: all calls are thread-safe. Needs no data set to answer.
class ActionModel {
 public:
  virtual ~ActionModel() = default;
  virtual const Vocabulary& actions() const = 0;
  virtual const Vocabulary& items() const = 0;
  virtual const Vocabulary& event_types() const = 0;  // of item interactions
  // For every action the calibrated probability that the user takes it within the model's period; 0 for actions with
  // too little data to say, above 0 for all others. REQUIRES propensities.size() == actions().size().
  virtual void score(const ActionQuery& query, std::span<float> propensities) const = 0;
  // The facts that move the action's propensity most, largest first; empty for an action that has none.
  virtual std::vector<ActionReason> explain(const ActionQuery& query, std::uint32_t action, std::size_t most) const = 0;
  // The same model that knows these items as well, behind its own in this order: interactions with them tell of the
  // user by their attributes. REQUIRES that items() lacks them and that they differ.
  virtual std::unique_ptr<ActionModel> with_new_items(std::span<const NewItem> items) const = 0;
  virtual std::string serialize() const = 0;
};

// kInvalid for a damaged file, kUnsupported for one of a newer format.
Result<std::unique_ptr<ActionModel>> load_action_model(std::string_view bytes);

}  // namespace rapport::learn
