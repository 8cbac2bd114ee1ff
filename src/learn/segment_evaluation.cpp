#include "learn/segment_evaluation.h"

#include <algorithm>
#include <limits>

#include "learn/affinity_scores.h"
#include "learn/sampling.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kPairsMax = 64'000'000;  // of users and items
constexpr std::size_t kUsersSampled = 32'768;
constexpr std::size_t kQueriesMax = 256;        // attribute values
constexpr std::size_t kScoresMax = 16U << 20U;  // held at once

std::vector<std::uint32_t> users_for(const SegmentTest& test, std::size_t items, Random& random) {
  const std::uint32_t users = test.model.histories().user_count();
  return draw_numbers(users, users * items <= kPairsMax ? users : kUsersSampled, random);
}

// For each query the rows of its true users among those drawn.
Truth among(const Truth& truth, const std::vector<std::uint32_t>& users, std::uint32_t user_count) {
  constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> rows(user_count, kNone);
  for (std::uint32_t row = 0; row < users.size(); ++row) rows[users[row]] = row;
  Truth drawn(truth.size());
  for (std::size_t query = 0; query < truth.size(); ++query) {
    for (const std::uint32_t user : truth[query]) {
      if (rows[user] != kNone) drawn[query].push_back(rows[user]);
    }
  }
  return drawn;
}

// Some of the queries that anybody is to be found for.
std::vector<std::uint32_t> queries_for(const Truth& truth, std::size_t most, Random& random) {
  std::vector<std::uint32_t> queries;
  for (std::uint32_t query = 0; query < truth.size(); ++query) {
    if (!truth[query].empty()) queries.push_back(query);
  }
  std::vector<std::uint32_t> chosen;
  for (const std::uint32_t place : draw_numbers(static_cast<std::uint32_t>(queries.size()), most, random)) {
    chosen.push_back(queries[place]);
  }
  return chosen;
}

}  // namespace

SegmentResults evaluate_item_segments(const SegmentTest& test, const TrainingControl& control) {
  Random random(test.seed);
  const std::uint32_t user_count = test.model.histories().user_count();
  const std::uint32_t item_count = test.model.histories().item_count();
  AffinityScorer scorer(test.model, users_for(test, item_count, random));
  const auto users = static_cast<std::uint32_t>(scorer.user_count());
  const Truth truth =
      among(truth_of_items(test.newer, item_count), {scorer.users().begin(), scorer.users().end()}, user_count);
  const std::vector<std::uint32_t> items = queries_for(truth, kPairsMax / std::max(1U, users), random);
  SegmentEvaluation evaluation(users, user_count);
  SegmentBaselines baselines(SegmentKind::kItem, test.model.histories(), scorer.users(), test.seed);
  std::vector<std::vector<float>> scores(scorer.batch(), std::vector<float>(users));
  for (std::size_t first = 0; first < items.size() && !control.stop.stop_requested(); first += scorer.batch()) {
    const auto batch = std::span(items).subspan(first, std::min(scorer.batch(), items.size() - first));
    scorer.score(batch, control, [&](std::size_t k, std::size_t begin, std::span<const float> counts) {
      std::ranges::copy(counts, scores[k].begin() + static_cast<std::ptrdiff_t>(begin));
    });
    for (std::size_t k = 0; k < batch.size(); ++k) {
      evaluation.add(truth[batch[k]], scores[k]);
      baselines.add(truth[batch[k]], batch.subspan(k, 1));
    }
    if (control.progress) {
      control.progress(static_cast<double>(first + batch.size()) / static_cast<double>(items.size()), "evaluating");
    }
  }
  return {evaluation.metrics(), baselines.metrics()};
}

SegmentResults evaluate_attribute_segments(const SegmentTest& test, const AttributeWeights& weights,
                                           const ItemAttributes& attributes, const TrainingControl& control) {
  Random random(test.seed);
  const std::uint32_t user_count = test.model.histories().user_count();
  const std::vector<std::vector<std::uint32_t>> sets = attribute_sets(attributes);
  AffinityScorer scorer(test.model, users_for(test, test.model.histories().item_count(), random));
  const auto users = static_cast<std::uint32_t>(scorer.user_count());
  const Truth truth =
      among(truth_of_item_sets(test.newer, sets), {scorer.users().begin(), scorer.users().end()}, user_count);
  const std::vector<std::uint32_t> queries = queries_for(truth, kQueriesMax, random);
  SegmentEvaluation evaluation(users, user_count);
  SegmentBaselines baselines(SegmentKind::kAttribute, test.model.histories(), scorer.users(), test.seed);
  const std::size_t batch = std::max<std::size_t>(1, kScoresMax / std::max(1U, users));
  for (std::size_t first = 0; first < queries.size() && !control.stop.stop_requested(); first += batch) {
    const auto part = std::span(queries).subspan(first, std::min(batch, queries.size() - first));
    std::vector<std::vector<std::uint32_t>> asked;
    for (const std::uint32_t query : part) asked.push_back(sets[query]);
    const auto expected = expected_counts_for_attributes(scorer, weights, asked, control);
    for (std::size_t k = 0; k < part.size(); ++k) {
      evaluation.add(truth[part[k]], expected[k]);
      baselines.add(truth[part[k]], sets[part[k]]);
    }
  }
  return {evaluation.metrics(), baselines.metrics()};
}

}  // namespace rapport::learn
