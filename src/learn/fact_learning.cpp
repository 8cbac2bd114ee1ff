#include "learn/fact_learning.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/random.h"
#include "learn/fact_odds_training.h"
#include "learn/network_kernels.h"
#include "learn/parallel.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kStrangersMax = 2048;  // users whom the odds are not told of
constexpr std::size_t kUsersPerStranger = 5;
constexpr std::uint32_t kFirstItems = 5;  // of a stranger, that are to be foretold
constexpr std::array<float, 6> kHalfLengths = {1, 3, 10, 30, 100, 1e6F};
constexpr std::size_t kScoresMax = 10'000'000;  // that fading is learned from

// The known rows, without those of strangers, and the strangers' first ones.
struct Acquaintance {
  std::vector<Interaction> known;
  std::vector<Interaction> first;
};

Acquaintance part_from_strangers(std::span<const Interaction> rows, std::uint32_t user_count, std::uint64_t seed) {
  Random random(seed);
  const double share = std::min(1.0 / kUsersPerStranger, static_cast<double>(kStrangersMax) / user_count);
  std::vector<bool> is_stranger(user_count, false);
  for (std::uint32_t user = 0; user < user_count; ++user) is_stranger[user] = random.uniform() < share;
  Acquaintance parted;
  for (const Interaction& row : rows) (is_stranger[row.user] ? parted.first : parted.known).push_back(row);
  std::ranges::stable_sort(parted.first, {}, &Interaction::time);
  std::vector<std::uint32_t> taken(user_count, 0);
  std::erase_if(parted.first, [&](const Interaction& row) { return ++taken[row.user] > kFirstItems; });
  return parted;
}

std::array<ToldFacts, 2> told_by(const Dataset& dataset) {
  const std::uint32_t items = dataset.items.size();
  return {ToldFacts{FactCarrier::kUser, dataset.user_attributes, items},
          ToldFacts{FactCarrier::kContext, dataset.contexts, items}};
}

FactOdds& odds_of(SequenceParts& parts, FactCarrier carrier) {
  return carrier == FactCarrier::kUser ? parts.user_odds : parts.context_odds;
}

double log_sum(std::span<const float> scores) {
  const float highest = *std::ranges::max_element(scores);
  double sum = 0;
  for (const float score : scores) sum += static_cast<double>(std::exp(score - highest));
  return std::log(sum) + static_cast<double>(highest);
}

using Gains = std::array<double, kHalfLengths.size()>;

// How the logarithm of the probability of what came next changes by each half length.
Gains gains_of(const SequenceEvidence& evidence, std::span<const std::uint32_t> history, const HeldOut& next,
               const FactOdds& odds, std::span<const Fact> facts) {
  Gains gains{};
  std::vector<float> said(evidence.item_count(), 0);
  odds.add(facts, 1, said);
  const std::vector<std::uint32_t> newest = evidence.distinct(history);
  std::vector<float> scores(evidence.item_count());
  evidence.weigh(newest, scores);
  for (const std::uint32_t item : newest) {
    if (!std::ranges::binary_search(next.items, item)) scores[item] = -std::numeric_limits<float>::infinity();
  }
  const double before = log_sum(scores);
  for (std::size_t k = 0; k < kHalfLengths.size(); ++k) {
    std::vector<float> told = scores;
    const float share = kHalfLengths[k] / (kHalfLengths[k] + static_cast<float>(newest.size()));
    kernels::add(told, said, share);
    gains[k] = static_cast<double>(share * said[next.items.front()]) - (log_sum(told) - before);
  }
  return gains;
}

// The half length that foretells best; 0 when all of them do harm.
float learn_half_length(const FactLesson& lesson, const ToldFacts& told, const SequenceParts& parts,
                        const FactOdds& odds, const TrainingControl& control) {
  const SequenceEvidence evidence(parts);
  const std::size_t count = std::min(
      lesson.next.size(), kScoresMax / std::max<std::size_t>(1, kHalfLengths.size() * evidence.item_count()) + 1);
  std::vector<std::uint32_t> carriers;
  for (std::size_t k = 0; k < count; ++k) {
    carriers.push_back(told.carrier == FactCarrier::kUser ? lesson.next[k].user : lesson.contexts_of_next[k]);
  }
  const std::vector<std::vector<Fact>> facts = facts_of(told.attributes, carriers);
  std::vector<Gains> gains(count, Gains{});
  parallel_for(worker_count(control), count, control.stop, [&](std::size_t k, unsigned) {
    if (facts[k].empty()) return;
    gains[k] = gains_of(evidence, lesson.histories.of(lesson.next[k].user), lesson.next[k], odds, facts[k]);
  });
  Gains sums{};
  Gains squares{};
  for (const Gains& one : gains) {
    for (std::size_t k = 0; k < one.size(); ++k) {
      sums[k] += one[k];
      squares[k] += one[k] * one[k];
    }
  }
  const std::size_t best = static_cast<std::size_t>(std::ranges::max_element(sums) - sums.begin());
  return sums[best] < -2 * std::sqrt(squares[best]) ? 0 : kHalfLengths[best];
}

}  // namespace

Status learn_facts(const FactLesson& lesson, const TrainingControl& control, SequenceParts& parts) {
  for (const ToldFacts& told : told_by(lesson.dataset)) {
    if (told.attributes.columns().empty()) continue;
    const Acquaintance parted = part_from_strangers(lesson.known, lesson.dataset.users.size(), lesson.seed);
    FactOdds odds = count_fact_odds(told, parted.known, control);
    TRY(weigh_fact_odds(told, parted.first, lesson.seed, control, odds));
    if (!odds.columns.empty()) odds.half_length = learn_half_length(lesson, told, parts, odds, control);
    odds_of(parts, told.carrier) = std::move(odds);
  }
  return {};
}

void count_facts(const Dataset& dataset, std::span<const Interaction> rows, const SequenceParts& weighed,
                 const TrainingControl& control, SequenceParts& parts) {
  parts.user_odds = weighed.user_odds;
  parts.context_odds = weighed.context_odds;
  for (const ToldFacts& told : told_by(dataset)) {
    FactOdds& odds = odds_of(parts, told.carrier);
    if (!odds.columns.empty()) odds = with_weights_of(count_fact_odds(told, rows, control), odds);
  }
}

}  // namespace rapport::learn
