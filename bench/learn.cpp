// Trains the segmentation recipes on movielens-1m (or on a made world of its size) and prints time, memory and metrics
// beside the baselines; and the factorisation beside a straightforward one of the same steps.
//
// usage: bench_learn [FOLDER with interactions.csv and items.csv]

#include <fmt/format.h>
#include <sys/resource.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "learn/affinity_weights.h"
#include "learn/attribute_affinity.h"
#include "learn/csv_dataset.h"
#include "learn/evaluation.h"
#include "learn/implicit_als.h"
#include "learn/item_recipe.h"
#include "learn/recipe.h"
#include "learn/taste_world.h"
#include "learn_comparison.h"

namespace {

using namespace rapport;
using namespace rapport::learn;

Dataset load(int argc, char** argv) {
  const std::filesystem::path folder = argc > 1 ? argv[1] : "../shared/data/movielens-1m";
  if (auto data = read_csv_dataset({folder / "interactions.csv", folder / "items.csv", {"GENRES"}})) {
    fmt::print("data: {}\n", folder.string());
    return std::move(*data);
  }
  fmt::print("data: a made world, because {} is absent; the published rows do not apply\n", folder.string());
  TasteWorldOptions options;
  options.users = 6040;
  options.items = 3400;
  options.interactions_mean = 165;
  return make_taste_world(options).data;
}

void print_row(std::string_view name, const SegmentMetrics& metrics) {
  fmt::print("  {:<52} {:8.3f} {:8.4f} {:9.4f}\n", name, metrics.hits_at_1_percent, metrics.recall_at_1_percent,
             metrics.coverage);
}

std::vector<float> counts_per_user(const Dataset& data, const std::vector<Interaction>& rows,
                                   const std::vector<bool>& counted) {
  std::vector<float> counts(data.users.size(), 0);
  for (const Interaction& row : rows) counts[row.user] += counted[row.item] ? 1.0F : 0.0F;
  return counts;
}

TrainedSegmentModel train(const Dataset& data, std::string recipe) {
  return train_segment_model(data, {.recipe = std::move(recipe), .hyperparameters = {}, .seed = 1}).value();
}

void print_cost(const TrainedSegmentModel& trained, SegmentQuery query) {
  const double before_load = monotonic_seconds();
  const std::string file = trained.model->serialize();
  const double written = monotonic_seconds();
  const auto loaded = load_segment_model(file).value();
  const double read = monotonic_seconds();
  const auto users = loaded->rank(query, 60).value();
  const double ranked = monotonic_seconds();
  fmt::print(
      "  trained (weights, evaluation and final model) in {:.2f} s; model of {:.1f} MB, written in {:.1f} ms, "
      "loaded in {:.1f} ms; one query in {:.1f} ms\n",
      trained.cost.seconds, static_cast<double>(file.size()) / 1e6, 1e3 * (written - before_load),
      1e3 * (read - written), 1e3 * (ranked - read));
}

void items(const Dataset& data) {
  const Split split = split_by_user(data.interactions);
  const Truth truth = truth_of_items(split.newer, data.items.size());
  const std::vector<float> activity = counts_per_user(data, split.older, std::vector<bool>(data.items.size(), true));
  const Truth met = truth_of_items(split.older, data.items.size());
  Random random(1);
  fmt::print("\nitem affinity, top 1 % of the users{:>25} {:>8} {:>9}\n", "hits", "recall", "coverage");
  print_row("random", evaluate_segments(truth, data.users.size(), [&](std::uint32_t, std::vector<float>& scores) {
              for (float& score : scores) score = static_cast<float>(random.uniform());
            }));
  print_row("most active", evaluate_segments(truth, data.users.size(),
                                             [&](std::uint32_t, std::vector<float>& scores) { scores = activity; }));
  print_row("most active who have not met the item",
            evaluate_segments(truth, data.users.size(), [&](std::uint32_t item, std::vector<float>& scores) {
              scores = activity;
              for (const std::uint32_t user : met[item]) scores[user] = -1;
            }));
  fmt::print("  {:<52} {:8.3f} {:8.4f}\n", "published: item cosine, last 10, times root of activity", 8.129, 0.180);
  const TrainedSegmentModel trained = train(data, "aws-item-affinity");
  print_row("rapport", trained.metrics);
  print_cost(trained, {.item = std::string(data.items.at(0)), .attributes = {}});
}

// The scores of users for each set of items by a model of the older rows, as train_segment_model makes it.
std::vector<std::vector<float>> attribute_scores(const Dataset& data, const std::vector<Interaction>& older,
                                                 const std::vector<std::vector<std::uint32_t>>& sets) {
  const auto learn = [&](const std::vector<Interaction>& rows) {
    return AffinityModel(
        AffinityModel::learn(Histories(rows, data.users.size(), data.items.size()), {.seed = 1}, {}).value());
  };
  const Split inner = split_by_user(older);
  AffinityModel early = learn(inner.older);
  const AffinityWeights weights = learn_affinity_weights(early, inner.newer, 1, {}).value();
  early.set_weights(weights);
  const AttributeWeights of_attributes = learn_attribute_weights(early, data.attributes, inner.newer, 1, {}).value();
  AffinityModel model = learn(older);
  model.set_weights(weights);
  AffinityScorer scorer(model);
  return expected_counts_for_attributes(scorer, of_attributes, sets, {});
}

void attributes(const Dataset& data) {
  const Split split = split_by_user(data.interactions);
  const AttributeColumn& genres = data.attributes.columns().front();
  std::vector<std::vector<std::uint32_t>> sets;
  for (const AttributeValue& genre : genres.values) sets.push_back(genre.items);
  const Truth truth = truth_of_item_sets(split.newer, sets);
  const auto past = [&](std::uint32_t query) {
    std::vector<bool> counted(data.items.size(), false);
    for (const std::uint32_t item : sets[query]) counted[item] = true;
    return counts_per_user(data, split.older, counted);
  };
  const std::vector<float> activity = counts_per_user(data, split.older, std::vector<bool>(data.items.size(), true));
  fmt::print("\nitem-attribute affinity, mean over {:2} genres{:>16} {:>8} {:>9}\n", sets.size(), "hits", "recall",
             "coverage");
  const Ranker by_activity = [&](std::uint32_t, std::vector<float>& scores) { scores = activity; };
  const Ranker by_past = [&](std::uint32_t query, std::vector<float>& scores) { scores = past(query); };
  print_row("most active", evaluate_segments(truth, data.users.size(), by_activity));
  print_row("most frequent past viewers of the genre", evaluate_segments(truth, data.users.size(), by_past));
  const TrainedSegmentModel trained = train(data, "aws-item-attribute-affinity");
  print_row("rapport", trained.metrics);
  const std::vector<std::vector<float>> scored = attribute_scores(data, split.older, sets);
  const auto ours = bench::results_by_query(
      truth, data.users.size(), [&](std::uint32_t query, std::vector<float>& scores) { scores = scored[query]; });
  bench::print_comparison("most active", ours, bench::results_by_query(truth, data.users.size(), by_activity));
  bench::print_comparison("past viewers", ours, bench::results_by_query(truth, data.users.size(), by_past));
  print_cost(trained, {.item = "", .attributes = {{genres.name, genres.values[0].value}}});
}

// One half step as the paper writes it: plain loops, one thread.
void plain_half_step(Factors& rows, const Factors& others, const AlsParameters& parameters,
                     const std::function<std::vector<std::uint32_t>(std::uint32_t)>& members_of) {
  const std::size_t n = parameters.dimension;
  std::vector<float> gram(n * n, 0);
  const auto add_outer = [n](std::vector<float>& a, std::span<const float> x, float weight) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) a[i * n + j] += weight * x[i] * x[j];
    }
  };
  for (std::uint32_t other = 0; other < others.count; ++other) {
    add_outer(gram, others.of(other), parameters.unobserved_weight);
  }
  for (std::uint32_t row = 0; row < rows.count; ++row) {
    const std::vector<std::uint32_t> members = members_of(row);
    std::vector<float> a = gram;
    std::vector<float> x(n, 0);
    for (const std::uint32_t member : members) {
      add_outer(a, others.of(member), 1);
      for (std::size_t i = 0; i < n; ++i) x[i] += others.of(member)[i];
    }
    const float ridge = parameters.regularization * (static_cast<float>(members.size()) +
                                                     parameters.unobserved_weight * static_cast<float>(others.count));
    for (std::size_t i = 0; i < n; ++i) {  // Cholesky a = l l^T, with l x' = x on the way
      a[i * n + i] += ridge;
      for (std::size_t j = 0; j <= i; ++j) {
        float sum = a[i * n + j];
        for (std::size_t k = 0; k < j; ++k) sum -= a[i * n + k] * a[j * n + k];
        a[i * n + j] = i == j ? std::sqrt(sum) : sum / a[j * n + j];
      }
      for (std::size_t k = 0; k < i; ++k) x[i] -= a[i * n + k] * x[k];
      x[i] /= a[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
      for (std::size_t k = i + 1; k < n; ++k) x[i] -= a[k * n + i] * x[k];
      x[i] /= a[i * n + i];
    }
    std::ranges::copy(x, rows.of(row).begin());
  }
}

void factorization(const Dataset& data) {
  const Histories histories(data.interactions, data.users.size(), data.items.size());
  AlsParameters parameters;
  parameters.epochs = 2;
  const double begun = monotonic_seconds();
  Factorization fast = factorize(histories, parameters, {}).value();
  const double middle = monotonic_seconds();
  Factorization plain = fast;
  const auto items_of = [&](std::uint32_t user) {
    return std::vector<std::uint32_t>(histories.of(user).begin(), histories.of(user).end());
  };
  const auto users_of = [&](std::uint32_t item) {
    std::vector<std::uint32_t> users;
    for (const Meeting& meeting : histories.meetings(item)) users.push_back(meeting.user);
    return users;
  };
  for (std::uint32_t epoch = 0; epoch <= parameters.epochs; ++epoch) {
    plain_half_step(plain.users, plain.items, parameters, items_of);
    if (epoch < parameters.epochs) plain_half_step(plain.items, plain.users, parameters, users_of);
  }
  const double ended = monotonic_seconds();
  fmt::print(
      "\nfactorisation, dimension {}, {} half steps: {:.2f} s; plain loops on one thread: {:.2f} s; {:.1f} times "
      "as fast\n",
      parameters.dimension, 2 * parameters.epochs + 1, middle - begun, ended - middle,
      (ended - middle) / (middle - begun));
}

// Of each recipe of items: the final model alone, and with measuring.
void item_recipes_cost(Dataset& data) {
  fmt::print("\n{:<54} {:>10} {:>14} {:>10} {:>10}\n", "recipes of items", "trained", "and measured", "model",
             "loaded");
  for (const char* recipe :
       {"aws-user-personalization-v2", "aws-user-personalization", "aws-personalized-ranking-v2",
        "aws-personalized-ranking", "aws-similar-items", "aws-sims", "aws-popularity-count", "aws-trending-now"}) {
    const double begun = monotonic_seconds();
    const auto alone = train_items(data, {.recipe = recipe, .evaluate = Evaluate::kNo}).value();
    const double trained = monotonic_seconds();
    const auto measured = evaluate_items(data, {.recipe = recipe}).value();
    const double ended = monotonic_seconds();
    const std::string file = alone.model->serialize();
    const double before = monotonic_seconds();
    const auto loaded = load_item_model(file).value();
    fmt::print("  {:<52} {:8.2f} s {:12.2f} s {:7.1f} MB {:7.1f} ms\n", recipe, trained - begun, ended - begun,
               static_cast<double>(file.size()) / 1e6, 1e3 * (monotonic_seconds() - before));
  }
}

}  // namespace

int main(int argc, char** argv) {
  Dataset data = load(argc, argv);
  fmt::print("{} users, {} items, {} interactions\n", data.users.size(), data.items.size(), data.interactions.size());
  items(data);
  attributes(data);
  item_recipes_cost(data);
  factorization(data);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("peak memory of the process: {} MB\n", usage.ru_maxrss / 1024);
}
