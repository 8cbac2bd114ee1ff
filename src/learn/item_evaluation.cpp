#include "learn/item_evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.h"
#include "base/random.h"

namespace rapport::learn {
namespace {

constexpr std::uint32_t kListLength = 25;
constexpr std::uint32_t kLengths[] = {5, 10, kListLength};

// Each user's rows as indices, by time; rows with the same time in their given order.
std::vector<std::vector<std::uint64_t>> rows_by_user(const std::vector<Interaction>& interactions,
                                                     std::uint32_t user_count) {
  std::vector<std::vector<std::uint64_t>> rows(user_count);
  for (std::uint64_t row = 0; row < interactions.size(); ++row) {
    CHECK(interactions[row].user < user_count);
    rows[interactions[row].user].push_back(row);
  }
  for (auto& own : rows) {
    std::ranges::stable_sort(own, {}, [&](std::uint64_t row) { return interactions[row].time; });
  }
  return rows;
}

// taken(user, rows of the user): how many of the newest are held out.
template <class Taken>
ItemSplit split(const std::vector<Interaction>& interactions, std::uint32_t user_count, const Taken& taken) {
  ItemSplit split;
  const auto rows = rows_by_user(interactions, user_count);
  std::vector<bool> hidden(interactions.size(), false);
  for (std::uint32_t user = 0; user < user_count; ++user) {
    const std::size_t count = taken(user, rows[user].size());
    if (count == 0) continue;
    HeldOut held_out{user, {}};
    for (const std::uint64_t row : std::span(rows[user]).last(count)) {
      hidden[row] = true;
      held_out.items.push_back(interactions[row].item);
    }
    std::ranges::sort(held_out.items);
    held_out.items.erase(std::ranges::unique(held_out.items).begin(), held_out.items.end());
    split.held_out.push_back(std::move(held_out));
  }
  for (std::uint64_t row = 0; row < interactions.size(); ++row) {
    if (!hidden[row]) split.known.push_back(interactions[row]);
  }
  return split;
}

double gain(std::size_t position) { return 1 / std::log2(static_cast<double>(position) + 2); }  // 0 is the first

}  // namespace

ItemSplit split_tenth_of_users(const std::vector<Interaction>& interactions, std::uint32_t user_count,
                               std::uint64_t seed) {
  Random random(seed);
  return split(interactions, user_count, [&](std::uint32_t, std::size_t rows) -> std::size_t {
    const bool drawn = random.below(10) == 0;
    return drawn && rows >= 2 ? std::max<std::size_t>(1, rows / 10) : 0;
  });
}

ItemSplit leave_last_out_of(const std::vector<Interaction>& interactions, const std::vector<bool>& wanted) {
  return split(interactions, static_cast<std::uint32_t>(wanted.size()),
               [&](std::uint32_t user, std::size_t rows) -> std::size_t { return wanted[user] && rows > 0 ? 1 : 0; });
}

std::map<std::string, double> ItemMetrics::by_key() const {
  std::map<std::string, double> keys{{"coverage", coverage},
                                     {"mean_reciprocal_rank_at_25", mean_reciprocal_rank_at_25}};
  for (const auto& [length, value] : normalized_discounted_cumulative_gain) {
    keys["normalized_discounted_cumulative_gain_at_" + std::to_string(length)] = value;
  }
  for (const auto& [length, value] : precision) keys["precision_at_" + std::to_string(length)] = value;
  return keys;
}

ItemEvaluation::ItemEvaluation(std::uint32_t item_count) : named_(item_count, false) {
  for (const std::uint32_t length : kLengths) {
    sums_.normalized_discounted_cumulative_gain[length] = 0;
    sums_.precision[length] = 0;
  }
}

void ItemEvaluation::add(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> ranked) {
  CHECK(!truth.empty());
  ++sums_.users;
  ranked = ranked.first(std::min<std::size_t>(ranked.size(), kListLength));
  bool found = false;
  for (std::size_t position = 0; position < ranked.size(); ++position) {
    named_[ranked[position]] = true;
    if (!std::ranges::binary_search(truth, ranked[position])) continue;
    if (!found) sums_.mean_reciprocal_rank_at_25 += 1.0 / static_cast<double>(position + 1);
    found = true;
    for (const std::uint32_t length : kLengths) {
      if (position >= length) continue;
      double ideal = 0;
      for (std::size_t k = 0; k < std::min<std::size_t>(length, truth.size()); ++k) ideal += gain(k);
      sums_.normalized_discounted_cumulative_gain[length] += gain(position) / ideal;
      sums_.precision[length] += 1.0 / length;
    }
  }
}

ItemMetrics ItemEvaluation::metrics() const {
  ItemMetrics metrics = sums_;
  const double users = std::max(1u, sums_.users);
  metrics.mean_reciprocal_rank_at_25 /= users;
  for (auto& [length, value] : metrics.normalized_discounted_cumulative_gain) value /= users;
  for (auto& [length, value] : metrics.precision) value /= users;
  const auto named = static_cast<double>(std::ranges::count(named_, true));
  metrics.coverage = named_.empty() ? 0 : named / static_cast<double>(named_.size());
  return metrics;
}

void HitMetrics::add(std::size_t rank) {
  const double before = users;
  ++users;
  hit_rate_at_10 = (hit_rate_at_10 * before + (rank < 10 ? 1 : 0)) / users;
  ndcg_at_10 = (ndcg_at_10 * before + (rank < 10 ? gain(rank) : 0)) / users;
}

std::size_t rank_among(std::span<const float> scores, std::uint32_t item, std::span<const std::uint32_t> others) {
  const auto before = [&](std::uint32_t other) {
    return other != item && (scores[other] > scores[item] || (scores[other] == scores[item] && other < item));
  };
  return static_cast<std::size_t>(std::ranges::count_if(others, before));
}

std::size_t rank_among_all(std::span<const float> scores, std::uint32_t item, std::span<const std::uint32_t> excluded) {
  std::size_t before = 0;
  for (std::size_t other = 0; other < item; ++other) before += scores[other] >= scores[item];
  for (std::size_t other = item + 1; other < scores.size(); ++other) before += scores[other] > scores[item];
  std::vector<std::uint32_t> left_out(excluded.begin(), excluded.end());
  std::ranges::sort(left_out);
  left_out.erase(std::ranges::unique(left_out).begin(), left_out.end());
  return before - rank_among(scores, item, left_out);
}

std::vector<std::uint32_t> top_items(std::span<const float> scores, std::size_t limit,
                                     std::span<const std::uint32_t> excluded) {
  std::vector<bool> left_out(scores.size(), false);
  for (const std::uint32_t item : excluded) left_out[item] = true;
  std::vector<std::uint32_t> items;
  for (std::uint32_t item = 0; item < scores.size(); ++item) {
    if (!left_out[item] && scores[item] != -std::numeric_limits<float>::infinity()) items.push_back(item);
  }
  const auto better = [&](std::uint32_t a, std::uint32_t b) {
    return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
  };
  const std::size_t count = std::min(limit, items.size());
  std::ranges::partial_sort(items, items.begin() + static_cast<std::ptrdiff_t>(count), better);
  items.resize(count);
  return items;
}

}  // namespace rapport::learn
