#include "learn/sequence_weights.h"

#include <algorithm>
#include <utility>

#include "base/random.h"
#include "learn/conditional_logit.h"
#include "learn/parallel.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kAlternatives = 1000;
constexpr double kPenalty = 2;  // as two choices of weight for the usual weights

bool contains(std::span<const std::uint32_t> items, std::uint32_t item) {
  return std::ranges::find(items, item) != items.end();
}

Repeats repeats_in(const WeighedFuture& future) {
  std::size_t items = 0;
  std::size_t repeated = 0;
  for (const HeldOut& held_out : future.next) {
    for (const std::uint32_t item : held_out.items) {
      ++items;
      repeated += contains(future.histories.of(held_out.user), item);
    }
  }
  return repeats_by(repeated, items);
}

// The items to choose among: those chosen first, then others; all when there are few.
std::vector<std::uint32_t> alternatives(std::span<const std::uint32_t> chosen, std::span<const std::uint32_t> barred,
                                        std::uint32_t item_count, Random& random) {
  std::vector<bool> taken(item_count, false);
  for (const std::uint32_t item : barred) taken[item] = true;
  for (const std::uint32_t item : chosen) taken[item] = true;
  std::vector<std::uint32_t> items(chosen.begin(), chosen.end());
  const std::size_t free = static_cast<std::size_t>(std::ranges::count(taken, false));
  if (free <= kAlternatives) {
    for (std::uint32_t item = 0; item < item_count; ++item) {
      if (!taken[item]) items.push_back(item);
    }
    return items;
  }
  while (items.size() < chosen.size() + kAlternatives) {
    const auto item = static_cast<std::uint32_t>(random.below(item_count));
    if (taken[item]) continue;
    taken[item] = true;
    items.push_back(item);
  }
  return items;
}

ChoiceSet choice_set(const SequenceEvidence& evidence, const WeighedFuture& future, const HeldOut& held_out,
                     Repeats repeats) {
  const auto history = future.histories.of(held_out.user);
  std::vector<std::uint32_t> chosen;
  for (const std::uint32_t item : held_out.items) {
    if (repeats == Repeats::kWanted || !contains(history, item)) chosen.push_back(item);
  }
  ChoiceSet set;
  if (chosen.empty() || history.empty()) return set;
  Random random(future.seed * 0x9E3779B97F4A7C15U + held_out.user);
  const std::span<const std::uint32_t> barred = repeats == Repeats::kNever ? history : std::span<const std::uint32_t>{};
  const std::size_t count = evidence.item_count();
  const std::vector<std::uint32_t> items = alternatives(chosen, barred, static_cast<std::uint32_t>(count), random);
  const std::vector<std::uint32_t> newest = evidence.distinct(history);
  const std::vector<float> kinds = evidence.read(newest);
  set.context = SequenceEvidence::length_of(newest);
  for (std::uint32_t k = 0; k < chosen.size(); ++k) set.chosen.push_back(k);
  for (const std::uint32_t item : items) {
    for (std::size_t kind = 0; kind < kSequenceEvidenceKinds; ++kind)
      set.features.push_back(kinds[kind * count + item]);
  }
  return set;
}

}  // namespace

SequenceWeights usual_sequence_weights() {
  SequenceWeights weights;
  weights.base[kPopular] = 0.7F;
  weights.base[kComesNext] = 1.2F;
  weights.base[kComesBefore] = 0.3F;
  weights.base[kComesLater] = 0.2F;
  weights.base[kLinear] = 0.4F;
  weights.base[kLinearRecent] = 0.4F;
  weights.base[kTasteOfAll] = 1;
  weights.base[kTasteNow] = 1;
  weights.base[kNetwork] = 0.2F;
  return weights;
}

Result<SequenceWeights> learn_sequence_weights(const WeighedFuture& future, const TrainingControl& control) {
  const SequenceEvidence evidence(future.parts);
  const Repeats repeats = repeats_in(future);
  std::vector<ChoiceSet> sets(future.next.size());
  parallel_for(worker_count(control), sets.size(), control.stop, [&](std::size_t index, unsigned) {
    sets[index] = choice_set(evidence, future, future.next[index], repeats);
    if (!future.counts.empty()) sets[index].weight = future.counts[index];
  });
  return fit_evidence_weights(std::move(sets), usual_sequence_weights(), kPenalty, control);
}

}  // namespace rapport::learn
