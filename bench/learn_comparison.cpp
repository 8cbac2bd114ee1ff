#include "learn_comparison.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/random.h"

namespace rapport::bench {
namespace {

constexpr std::size_t kResamples = 10'000;

struct Difference {
  double mean = 0;
  double low = 0;  // of the 95 % interval
  double high = 0;
};

Difference difference_of(const std::vector<double>& differences) {
  Random random(1);
  const auto mean_of = [&](const auto& draw) {
    double sum = 0;
    for (std::size_t k = 0; k < differences.size(); ++k) sum += differences[draw(k)];
    return sum / static_cast<double>(differences.size());
  };
  std::vector<double> means;
  for (std::size_t k = 0; k < kResamples; ++k) {
    means.push_back(mean_of([&](std::size_t) { return random.below(differences.size()); }));
  }
  std::ranges::sort(means);
  return {mean_of([](std::size_t k) { return k; }), means[kResamples / 40], means[kResamples - 1 - kResamples / 40]};
}

double misses_of(const std::vector<QueryResult>& results) {
  double sum = 0;
  for (const QueryResult& one : results) sum += one.possible - one.hits;
  return sum / static_cast<double>(results.size());
}

}  // namespace

std::vector<QueryResult> results_by_query(const learn::Truth& truth, std::uint32_t user_count,
                                          const learn::Ranker& ranker) {
  std::vector<QueryResult> results;
  std::vector<float> scores(user_count);
  for (std::uint32_t query = 0; query < truth.size(); ++query) {
    if (truth[query].empty()) continue;
    ranker(query, scores);
    learn::SegmentEvaluation evaluation(user_count);
    evaluation.add(truth[query], scores);
    const learn::SegmentMetrics metrics = evaluation.metrics();
    const auto possible = std::min<std::size_t>(truth[query].size(), std::max(1U, user_count / 100));
    results.push_back({metrics.hits_at_1_percent, metrics.recall_at_1_percent, static_cast<double>(possible)});
  }
  return results;
}

void print_comparison(std::string_view other_name, const std::vector<QueryResult>& ours,
                      const std::vector<QueryResult>& other) {
  std::vector<double> hits;
  std::vector<double> recall;
  for (std::size_t k = 0; k < ours.size(); ++k) {
    hits.push_back(ours[k].hits - other[k].hits);
    recall.push_back(ours[k].recall - other[k].recall);
  }
  const auto won = std::ranges::count_if(hits, [](double one) { return one > 0; });
  const auto lost = std::ranges::count_if(hits, [](double one) { return one < 0; });
  const Difference by_hits = difference_of(hits);
  const Difference by_recall = difference_of(recall);
  fmt::print(
      "  beside {}: {} queries won, {} tied, {} lost; misses {:.2f} instead of {:.2f}\n"
      "    hits {:+.3f} (95 %: {:+.3f} to {:+.3f}), recall {:+.5f} (95 %: {:+.5f} to {:+.5f})\n",
      other_name, won, std::ssize(hits) - won - lost, lost, misses_of(ours), misses_of(other), by_hits.mean,
      by_hits.low, by_hits.high, by_recall.mean, by_recall.low, by_recall.high);
}

}  // namespace rapport::bench
