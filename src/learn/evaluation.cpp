#include "learn/evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "base/check.h"

namespace rapport::learn {
namespace {

std::vector<Interaction> by_user_and_time(std::vector<Interaction> rows) {
  std::ranges::stable_sort(rows, [](const Interaction& a, const Interaction& b) {
    return std::pair(a.user, a.time) < std::pair(b.user, b.time);
  });
  return rows;
}

void sort_unique(std::vector<std::uint32_t>& users) {
  std::ranges::sort(users);
  const auto tail = std::ranges::unique(users);
  users.erase(tail.begin(), tail.end());
}

}  // namespace

Split split_by_user(const std::vector<Interaction>& interactions) {
  const std::vector<Interaction> rows = by_user_and_time(interactions);
  Split split;
  for (std::size_t first = 0; first < rows.size();) {
    std::size_t end = first;
    while (end < rows.size() && rows[end].user == rows[first].user) ++end;
    const std::size_t kept = std::max<std::size_t>(1, (end - first) * 4 / 5);
    const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(first);
    const auto middle = begin + static_cast<std::ptrdiff_t>(kept);
    split.older.insert(split.older.end(), begin, middle);
    split.newer.insert(split.newer.end(), middle, rows.begin() + static_cast<std::ptrdiff_t>(end));
    first = end;
  }
  return split;
}

Truth truth_of_items(const std::vector<Interaction>& newer, std::uint32_t item_count) {
  Truth truth(item_count);
  for (const Interaction& row : newer) truth[row.item].push_back(row.user);
  for (auto& users : truth) sort_unique(users);
  return truth;
}

Truth truth_of_item_sets(const std::vector<Interaction>& newer,
                         const std::vector<std::vector<std::uint32_t>>& queries) {
  std::uint32_t item_count = 0;
  for (const Interaction& row : newer) item_count = std::max(item_count, row.item + 1);
  const Truth of_items = truth_of_items(newer, item_count);
  Truth truth(queries.size());
  for (std::size_t query = 0; query < queries.size(); ++query) {
    for (const std::uint32_t item : queries[query]) {
      if (item < item_count) truth[query].insert(truth[query].end(), of_items[item].begin(), of_items[item].end());
    }
    sort_unique(truth[query]);
  }
  return truth;
}

std::vector<std::uint32_t> top_users(std::span<const float> scores, std::size_t limit) {
  std::vector<std::uint32_t> users;
  for (std::uint32_t user = 0; user < scores.size(); ++user) {
    if (scores[user] > -std::numeric_limits<float>::infinity()) users.push_back(user);
  }
  const auto middle = users.begin() + static_cast<std::ptrdiff_t>(std::min(limit, users.size()));
  std::partial_sort(users.begin(), middle, users.end(), [&](std::uint32_t a, std::uint32_t b) {
    return scores[a] > scores[b] || (scores[a] == scores[b] && a < b);
  });
  users.erase(middle, users.end());
  return users;
}

SegmentEvaluation::SegmentEvaluation(std::uint32_t user_count, std::uint32_t population)
    : list_length_(std::max(1U, user_count / 100)),
      population_share_(static_cast<double>(user_count) / static_cast<double>(std::max(1U, population))),
      named_(user_count, false) {}

void SegmentEvaluation::add(const std::vector<std::uint32_t>& truth, std::span<const float> scores) {
  CHECK(scores.size() == named_.size());
  if (!truth.empty()) add_list(truth, top_users(scores, list_length_));
}

void SegmentEvaluation::add_list(const std::vector<std::uint32_t>& truth, std::span<const std::uint32_t> list) {
  CHECK(list.size() <= list_length_);
  if (truth.empty()) return;
  std::uint32_t hits = 0;
  for (const std::uint32_t user : list) {
    named_[user] = true;
    hits += std::ranges::binary_search(truth, user);
  }
  ++queries_;
  hits_ += hits;
  recall_ += static_cast<double>(hits) / static_cast<double>(truth.size());
}

SegmentMetrics SegmentEvaluation::metrics() const {
  if (queries_ == 0) return {};
  const auto named = static_cast<double>(std::ranges::count(named_, true));
  return {.coverage = named / static_cast<double>(named_.size()),
          .hits_at_1_percent = hits_ / queries_ / population_share_,
          .recall_at_1_percent = recall_ / queries_,
          .queries = queries_};
}

SegmentMetrics evaluate_segments(const Truth& truth, std::uint32_t user_count, const Ranker& ranker) {
  SegmentEvaluation evaluation(user_count);
  std::vector<float> scores(user_count);
  for (std::uint32_t query = 0; query < truth.size(); ++query) {
    if (truth[query].empty()) continue;
    ranker(query, scores);
    evaluation.add(truth[query], scores);
  }
  return evaluation.metrics();
}

}  // namespace rapport::learn
