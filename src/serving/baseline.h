#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "learn/item_model.h"

namespace rapport::serving {

// What a softmax over the scores takes off each of them to make it the logarithm of a chance.
float log_sum_of(std::span<const float> scores);

// How likely each item is next for somebody of whom nothing is known: by popularity alone. Computed when first asked
// for. Thread-safe.
class Baseline {
 public:
  explicit Baseline(std::shared_ptr<const learn::ItemModel> model) : model_(std::move(model)) {}

  std::span<const float> log_chances() const;

 private:
  const std::shared_ptr<const learn::ItemModel> model_;
  mutable std::once_flag once_;
  mutable std::vector<float> log_chances_;
};

}  // namespace rapport::serving
