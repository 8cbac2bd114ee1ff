#pragma once

// A conditional logit (McFadden 1974): in each choice set, alternative a is chosen with a probability proportional to
// exp(weights . features(a)).

#include <algorithm>
#include <array>
#include <cstddef>
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

// The weight of kind k of evidence is base[k] + context * by_context[k].
template <std::size_t kKinds>
struct EvidenceWeights {
  std::array<float, kKinds> base{};
  std::array<float, kKinds> by_context{};
};

// The same for weights of kinds of evidence, with `usual` as the prior. Sets without a choice do not count.
template <std::size_t kKinds>
Result<EvidenceWeights<kKinds>> fit_evidence_weights(std::vector<ChoiceSet> sets, const EvidenceWeights<kKinds>& usual,
                                                     double penalty, const TrainingControl& control) {
  std::erase_if(sets, [](const ChoiceSet& set) { return set.chosen.empty(); });
  std::vector<double> prior(usual.base.begin(), usual.base.end());
  prior.insert(prior.end(), usual.by_context.begin(), usual.by_context.end());
  const ConditionalLogit fitted = TRY(fit_conditional_logit(sets, prior, penalty, control));
  EvidenceWeights<kKinds> weights;
  const auto middle = fitted.weights.begin() + kKinds;
  const auto narrow = [](double weight) { return static_cast<float>(weight); };
  std::transform(fitted.weights.begin(), middle, weights.base.begin(), narrow);
  std::transform(middle, fitted.weights.end(), weights.by_context.begin(), narrow);
  return weights;
}

// Whether people come back to items (groceries) or want each one once (films).
enum class Repeats { kNever, kWanted };
// What `repeated` of `all` later interactions, being with items met before, say.
Repeats repeats_by(std::size_t repeated, std::size_t all);

}  // namespace rapport::learn
