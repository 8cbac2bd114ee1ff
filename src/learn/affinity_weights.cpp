#include "learn/affinity_weights.h"

#include <algorithm>
#include <utility>

#include "learn/conditional_logit.h"
#include "learn/evaluation.h"
#include "learn/parallel.h"
#include "learn/sampling.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kItemsMax = 256;
constexpr std::uint32_t kUsersMax = 8192;
constexpr double kPenalty = 10;  // as ten choices of weight for the usual weights

Repeats repeats_in(const AffinityModel& model, const std::vector<Interaction>& newer) {
  std::size_t repeated = 0;
  for (const Interaction& row : newer) {
    const auto history = model.histories().of(row.user);
    repeated += std::ranges::find(history, row.item) != history.end();
  }
  return repeats_by(repeated, newer.size());
}

// The users (of `users`) who may want the item, with their evidence, and which of them (`truth`, ascending) did.
ChoiceSet choice_set(const AffinityModel& model, AffinityReader& reader, std::uint32_t item, Repeats repeats,
                     const std::vector<std::uint32_t>& users, const std::vector<std::uint32_t>& truth) {
  ChoiceSet set;
  set.context = model.popularity(item);
  reader.open(item);
  std::uint32_t alternative = 0;
  for (const std::uint32_t user : users) {
    if ((repeats == Repeats::kNever && reader.met(user)) || model.histories().activity(user) == 0) continue;
    const Evidence evidence = reader.evidence(user);
    set.features.insert(set.features.end(), evidence.begin(), evidence.end());
    if (std::ranges::binary_search(truth, user)) set.chosen.push_back(alternative);
    ++alternative;
  }
  return set;
}

}  // namespace

AffinityWeights usual_affinity_weights() {
  AffinityWeights weights;
  weights.base[kActivity] = 1;
  weights.base[kSimilarRecent] = 0.5F;
  weights.base[kSimilarLong] = 0.5F;
  weights.base[kFollows] = 0.25F;
  weights.base[kTaste] = 0.25F;
  weights.base[kRecentTaste] = 0.25F;
  weights.base[kMetRecently] = 1;
  return weights;
}

Result<AffinityWeights> learn_affinity_weights(const AffinityModel& model, const std::vector<Interaction>& newer,
                                               std::uint64_t seed, const TrainingControl& control) {
  Random random(seed);
  const Repeats repeats = repeats_in(model, newer);
  const std::vector<std::uint32_t> users = draw_numbers(model.histories().user_count(), kUsersMax, random);
  const Truth truth = truth_of_items(newer, model.histories().item_count());
  std::vector<std::uint32_t> wanted;
  for (std::uint32_t item = 0; item < truth.size(); ++item) {
    if (!truth[item].empty()) wanted.push_back(item);
  }
  const std::vector<std::uint32_t> chosen = draw_numbers(static_cast<std::uint32_t>(wanted.size()), kItemsMax, random);

  const unsigned workers = worker_count(control);
  std::vector<AffinityReader> readers;
  for (unsigned worker = 0; worker < workers; ++worker) readers.emplace_back(model);
  std::vector<ChoiceSet> sets(chosen.size());
  parallel_for(workers, sets.size(), control.stop, [&](std::size_t index, unsigned worker) {
    const std::uint32_t item = wanted[chosen[index]];
    sets[index] = choice_set(model, readers[worker], item, repeats, users, truth[item]);
  });

  const auto fitted =
      TRY(fit_evidence_weights<kEvidenceKinds>(std::move(sets), usual_affinity_weights(), kPenalty, control));
  return AffinityWeights{fitted, repeats};
}

}  // namespace rapport::learn
