// aws-popularity-count and aws-trending-now.

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "learn/histories.h"
#include "learn/item_learners.h"
#include "learn/list_model.h"

namespace rapport::learn {
namespace {

constexpr std::string_view kFrequency = "trend_discovery_frequency";
constexpr std::int64_t kDefaultWindow = 3 * 3600;
constexpr float kTieBreak = 0.5F;  // below the smallest difference of two counts

constexpr std::size_t kTrendingItems = 25;

Result<std::int64_t> window_of(const ItemTraining& training) {
  const auto given = training.hyperparameters.find(std::string(kFrequency));
  if (given == training.hyperparameters.end()) return kDefaultWindow;
  const auto seconds = trend_window_seconds(given->second);
  if (seconds) return *seconds;
  return fail(ErrorKind::kInvalid,
              "trend_discovery_frequency must be 30 minutes, 1 hour, 3 hours or 1 day, not: " + given->second,
              std::string(kFrequency));
}

std::int64_t newest_time(const Dataset& dataset) {
  std::int64_t newest = std::numeric_limits<std::int64_t>::min();
  for (const Interaction& row : dataset.interactions) newest = std::max(newest, row.time);
  return newest;
}

// How many more interactions each item had in the window that ends at `newest` than in the one before.
struct Growth {
  std::vector<float> last;
  std::vector<float> difference;
};

Growth growth_of(const Dataset& dataset, std::int64_t newest, std::int64_t window) {
  Growth growth{std::vector<float>(dataset.items.size(), 0), std::vector<float>(dataset.items.size(), 0)};
  for (const Interaction& row : dataset.interactions) {
    const std::int64_t age = newest - row.time;
    if (age >= 0 && age < window) growth.last[row.item] += 1;
    if (age >= 0 && age < window) growth.difference[row.item] += 1;
    if (age >= window && age < 2 * window) growth.difference[row.item] -= 1;
  }
  return growth;
}

}  // namespace

std::vector<std::uint32_t> count_users(const Dataset& dataset) {
  const Histories histories(dataset.interactions, dataset.users.size(), dataset.items.size());
  std::vector<std::uint32_t> counts;
  counts.reserve(dataset.items.size());
  for (std::uint32_t item = 0; item < dataset.items.size(); ++item) {
    counts.push_back(static_cast<std::uint32_t>(histories.meetings(item).size()));
  }
  return counts;
}

std::unexpected<Error> training_stopped() { return fail(ErrorKind::kConflict, "The training was stopped"); }

std::optional<std::int64_t> trend_window_seconds(std::string_view frequency) {
  constexpr std::pair<std::string_view, std::int64_t> kWindows[] = {
      {"30 minutes", 1800}, {"1 hour", 3600}, {"3 hours", 3 * 3600}, {"1 day", 86'400}};
  for (const auto& [name, seconds] : kWindows) {
    if (equals_ignore_case(name, trim(frequency))) return seconds;
  }
  return std::nullopt;
}

Result<std::unique_ptr<ItemModel>> learn_popularity_count(const Dataset& dataset, const ItemTraining& training,
                                                          const TrainingControl&) {
  ListParts parts{.recipe = training.recipe, .items = dataset.items, .popularity = count_users(dataset), .scores = {}};
  parts.scores.assign(parts.popularity.begin(), parts.popularity.end());
  return make_list_model(std::move(parts));
}

// Items that grow equally stand in the order of their interactions in the last window, then of their users.
Result<std::unique_ptr<ItemModel>> learn_trending_now(const Dataset& dataset, const ItemTraining& training,
                                                      const TrainingControl&) {
  const std::int64_t window = TRY(window_of(training));
  const Growth growth = growth_of(dataset, newest_time(dataset), window);
  ListParts parts{.recipe = training.recipe, .items = dataset.items, .popularity = count_users(dataset), .scores = {}};
  const float rows = static_cast<float>(dataset.interactions.size()) + 1;
  const float users = static_cast<float>(dataset.users.size()) + 1;
  for (std::uint32_t item = 0; item < dataset.items.size(); ++item) {
    const float popular = static_cast<float>(parts.popularity[item]) / users;
    parts.scores.push_back(growth.difference[item] + kTieBreak * (growth.last[item] + popular) / rows);
  }
  return make_list_model(std::move(parts));
}

Result<double> trend_prediction_accuracy(const Dataset& dataset, const ItemTraining& training,
                                         const TrainingControl& control) {
  const std::int64_t window = TRY(window_of(training));
  const std::int64_t newest = newest_time(dataset);
  Dataset before = dataset;
  std::erase_if(before.interactions, [&](const Interaction& row) { return newest - row.time < window; });
  if (before.interactions.empty()) return 0;
  const auto model = TRY(learn_trending_now(before, training, control));
  std::vector<float> scores(dataset.items.size());
  model->score({}, scores);
  const std::vector<float> growth = growth_of(dataset, newest, window).difference;
  const auto total = [&](const std::vector<std::uint32_t>& items) {
    double sum = 0;
    for (const std::uint32_t item : items) sum += static_cast<double>(growth[item]);
    return sum;
  };
  const double most = total(top_items(growth, kTrendingItems, {}));
  return most > 0 ? std::clamp(total(top_items(scores, kTrendingItems, {})) / most, 0.0, 1.0) : 0;
}

}  // namespace rapport::learn
