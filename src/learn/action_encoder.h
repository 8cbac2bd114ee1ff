#pragma once

// What is known of a user and an action as the features of a linear model, all between 0 and 1 but for the factors of
// taste: 1, the state (action_state.h), the user's attributes, the attributes of the items met, a factorised taste, and
// the user's answers to this action.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "learn/action_dataset.h"
#include "learn/action_state.h"
#include "learn/implicit_als.h"
#include "learn/model_file.h"
#include "learn/ramps.h"

namespace rapport::learn {

// A column of the users that is used: a number, or the most frequent of its values.
struct UserColumn {
  std::string name;
  bool is_number = false;
  Ramps ramps = {};        // of a number
  Vocabulary values = {};  // else
};

// The attribute values of items that are used, and which items have them.
struct ItemTraits {
  std::vector<Fact> traits;
  std::vector<std::uint64_t> begins = {0};  // of each item in of_items, and the end
  std::vector<std::uint32_t> of_items;      // indices into traits
};

struct EncoderParts {
  std::vector<std::uint32_t> own_events;
  std::vector<Ramps> state;    // one per measure of the state
  std::vector<Ramps> answers;  // kAnswerMeasures, of the answers to the action itself
  std::vector<UserColumn> columns;
  ItemTraits items;
  Factors taste;  // of items; may have dimension 0
};

// Immutable: thread-safe.
class ActionEncoder {
 public:
  explicit ActionEncoder(EncoderParts parts);

  const StateMeasures& measures() const { return measures_; }
  std::uint32_t feature_count() const { return answers_begin_.back(); }
  // The features that are the same for all actions come first.
  std::uint32_t common_count() const { return answers_begin_.front(); }
  void encode_common(const ActionQuery& query, FeatureRow& row) const;
  void encode_answers(const ActionQuery& query, std::uint32_t action, FeatureRow& row) const;

  // Calls visit(kind, fact, contribution) for every fact that the query has, where a fact's contribution is the sum of
  // weight * (value - mean) over its features. REQUIRES weights and means of feature_count().
  using Visit = std::function<void(ActionReason::Kind kind, Fact fact, double contribution)>;
  struct Linear {
    std::span<const float> weights;
    std::span<const float> means;
  };
  void explain(const ActionQuery& query, const Linear& linear, const Vocabulary& items, const Vocabulary& event_types,
               const Visit& visit) const;
  void explain_answers(const ActionQuery& query, std::uint32_t action, const Linear& linear, std::string_view action_id,
                       const Visit& visit) const;

  // Knows these items as well, behind the others, by the attributes it uses; their taste is that of the items with the
  // same attributes.
  ActionEncoder with_new_items(std::span<const NewItem> items) const;

  void write(ModelFileWriter& writer) const;
  static Result<ActionEncoder> read(const ModelFileReader& reader, std::uint32_t item_count,
                                    std::uint32_t event_type_count);

 private:
  struct Met {
    std::uint32_t item;
    float weight;
  };
  std::vector<Met> newest_items(const ActionQuery& query) const;
  std::vector<float> tastes_of_traits() const;  // the mean of their items, by trait
  void encode_user(const ActionQuery& query, FeatureRow& row) const;
  void encode_taste(const ActionQuery& query, FeatureRow& row) const;
  std::uint32_t traits_begin() const { return columns_begin_.back(); }
  std::uint32_t taste_begin() const { return traits_begin() + static_cast<std::uint32_t>(parts_.items.traits.size()); }

  EncoderParts parts_;
  StateMeasures measures_;
  std::vector<std::uint32_t> state_begin_;    // of each measure's features, and the end
  std::vector<std::uint32_t> columns_begin_;  // of each column's, and the end
  std::vector<std::uint32_t> answers_begin_;  // of each answer's, and the end
};

struct OfferMoment {
  std::uint32_t user = 0;
  std::uint32_t action = 0;
  std::int64_t time = 0;
};

// The encoder for a data set: knots from the states at these moments, the most frequent values of attributes. `taste`
// may be empty. The same for the same input.
ActionEncoder fit_encoder(const ActionDataset& dataset, const ActionTimelines& timelines,
                          std::span<const OfferMoment> moments, Factors taste);

}  // namespace rapport::learn
