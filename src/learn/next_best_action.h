#pragma once

// The model of aws-next-best-action: for each action a logistic regression over what is known of the user.

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "learn/action_encoder.h"
#include "learn/action_model.h"

namespace rapport::learn {

inline constexpr std::string_view kNextBestAction = "aws-next-best-action";

struct NextBestActionParts {
  Vocabulary actions;
  Vocabulary items;
  Vocabulary event_types;
  ActionEncoder encoder;
  std::vector<float> weights;       // actions x encoder.feature_count(); give calibrated logits
  std::vector<float> means;         // of the features over all examples
  std::vector<std::uint8_t> known;  // of each action: 1 when it has enough data to say
};

class NextBestActionModel final : public ActionModel {
 public:
  explicit NextBestActionModel(NextBestActionParts parts);
  const Vocabulary& actions() const override { return parts_.actions; }
  const Vocabulary& items() const override { return parts_.items; }
  const Vocabulary& event_types() const override { return parts_.event_types; }
  void score(const ActionQuery& query, std::span<float> propensities) const override;
  std::vector<ActionReason> explain(const ActionQuery& query, std::uint32_t action, std::size_t most) const override;
  std::unique_ptr<ActionModel> with_new_items(std::span<const NewItem> items) const override;
  std::string serialize() const override;

 private:
  std::span<const float> weights_of(std::uint32_t action) const;

  NextBestActionParts parts_;
};

}  // namespace rapport::learn
