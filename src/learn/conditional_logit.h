#pragma once

// A conditional logit (McFadden 1974): in each choice set, alternative a is chosen with a probability proportional to
// exp(weights . features(a)).

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "learn/training_control.h"

namespace rapport::learn {

struct ChoiceSet {
  std::vector<float> features;        // alternatives x the number of weights' features, one alternative after the other
  std::vector<std::uint32_t> chosen;  // the alternatives that were chosen
  float weight = 1;                   // what the set counts beside others
  float context = 0;                  // the weight of feature k is weights[k] + context * weights[features + k]
};

struct ConditionalLogit {
  std::vector<double> weights;  // 2 x features: the base weights, then those of the context
  double log_likelihood = 0;    // penalty included
};

// The maximum of the log-likelihood less penalty / 2 * |weights - prior|^2, by Newton's method. REQUIRES prior.size()
// to be twice the number of features, penalty > 0. The same whatever the number of threads. kConflict when stopped.
Result<ConditionalLogit> fit_conditional_logit(const std::vector<ChoiceSet>& sets, const std::vector<double>& prior,
                                               double penalty, const TrainingControl& control);

}  // namespace rapport::learn
