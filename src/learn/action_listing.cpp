#include "learn/action_listing.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "base/random.h"

namespace rapport::learn {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr double kValueInfluence = 0.1;   // how much of the propensity a VALUE of 10 adds for the order
constexpr double kExploredHalfLife = 30;  // days of age that halve an action's chance to be explored

double order_key(const ActionCandidate& candidate) {
  const double value = std::clamp(candidate.value, 1.0, 10.0);
  return static_cast<double>(candidate.propensity) * (1 + kValueInfluence * (value - 1) / 9);
}

bool stands_before(const ActionCandidate& a, const ActionCandidate& b) {
  const auto key = [](const ActionCandidate& one) {
    return std::tuple(-order_key(one), -one.value, -one.created, one.action);
  };
  return key(a) < key(b);
}

// Weighted sampling without replacement (Efraimidis and Spirakis 2006): the largest of random keys uniform^(1/weight).
void shuffle_newest_first(std::vector<ActionCandidate>& candidates, Random& random) {
  std::int64_t newest = 0;
  for (const ActionCandidate& one : candidates) newest = std::max(newest, one.created);
  std::vector<std::pair<double, ActionCandidate>> keyed;
  for (const ActionCandidate& one : candidates) {
    const double age_days = static_cast<double>(newest - one.created) / static_cast<double>(kSecondsPerDay);
    const double weight = std::exp2(-std::min(age_days / kExploredHalfLife, 10.0));
    keyed.emplace_back(std::log1p(-random.uniform()) / weight, one);
  }
  std::ranges::stable_sort(keyed, [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t k = 0; k < keyed.size(); ++k) candidates[k] = keyed[k].second;
}

}  // namespace

bool is_open(const ActionTerms& terms, std::optional<std::int64_t> last_interaction_of_user, std::int64_t now) {
  if (terms.expires && *terms.expires <= now) return false;
  if (terms.repeat_days <= 0 || !last_interaction_of_user) return true;
  return now - *last_interaction_of_user >= terms.repeat_days * kSecondsPerDay;
}

std::vector<std::uint32_t> considered_actions(std::span<const ActionTerms> all, std::size_t most) {
  std::vector<std::uint32_t> indices(all.size());
  std::iota(indices.begin(), indices.end(), 0U);
  if (indices.size() <= most) return indices;
  const auto current = [&](std::uint32_t index) { return std::max(all[index].created, all[index].last_used); };
  std::ranges::stable_sort(indices, [&](std::uint32_t a, std::uint32_t b) { return current(a) > current(b); });
  indices.resize(most);
  std::ranges::sort(indices);
  return indices;
}

std::vector<ListedAction> list_actions(std::span<const ActionCandidate> candidates, const ActionListing& listing) {
  std::vector<ActionCandidate> known;
  std::vector<ActionCandidate> unknown;
  for (const ActionCandidate& one : candidates) (one.propensity > 0 ? known : unknown).push_back(one);
  std::ranges::sort(known, stands_before);

  Random random(listing.seed);
  std::ranges::sort(unknown, stands_before);  // so that the callers' order does not matter
  shuffle_newest_first(unknown, random);
  const double wanted = std::clamp(listing.exploration, 0.0, 1.0) * static_cast<double>(listing.length);
  std::size_t explored = std::min(unknown.size(), static_cast<std::size_t>(wanted + random.uniform()));
  const std::size_t exploited = std::min(known.size(), listing.length - std::min(listing.length, explored));
  explored = std::min(unknown.size(), listing.length - exploited);

  std::vector<ListedAction> list;
  for (std::size_t k = 0; k < exploited; ++k) list.push_back({known[k].action, known[k].propensity});
  for (std::size_t k = 0; k < explored; ++k) list.push_back({unknown[k].action, 0});
  return list;
}

}  // namespace rapport::learn
