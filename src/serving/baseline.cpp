#include "serving/baseline.h"

#include <algorithm>
#include <cmath>

namespace rapport::serving {

float log_sum_of(std::span<const float> scores) {
  if (scores.empty()) return 0;
  const float highest = *std::ranges::max_element(scores);
  double sum = 0;
  for (const float score : scores) sum += static_cast<double>(std::exp(score - highest));
  return highest + static_cast<float>(std::log(sum));
}

std::span<const float> Baseline::log_chances() const {
  std::call_once(once_, [this] {
    std::vector<float> scores(model_->items().size());
    model_->score({}, scores);
    const float sum = log_sum_of(scores);
    for (float& score : scores) score -= sum;
    log_chances_ = std::move(scores);
  });
  return log_chances_;
}

}  // namespace rapport::serving
