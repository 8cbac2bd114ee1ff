// aws-sims.

#include <algorithm>
#include <cmath>

#include "learn/item_learners.h"
#include "learn/neighbour_model.h"
#include "learn/pair_counts.h"
#include "learn/parallel.h"
#include "learn/percentiles.h"

namespace rapport::learn {
namespace {

constexpr std::uint32_t kWindow = 500;  // places apart at which two items of a history still count
constexpr std::size_t kRowLimit = 200;

}  // namespace

Result<std::unique_ptr<ItemModel>> learn_sims(const Dataset& dataset, const ItemTraining& training,
                                              const TrainingControl& control) {
  const float discount = static_cast<float>(TRY(training.number("popularity_discount_factor", 0.5)));
  const double pairs_min = TRY(training.number("min_cointeraction_count", 3));
  const PercentileRange users {
    TRY(training.number("min_user_history_length_percentile", 0.005))
    , TRY(training.number("max_user_history_length_percentile", 0.995))
  };
  const PercentileRange items {
    TRY(training.number("min_item_interaction_count_percentile", 0.01))
    , TRY(training.number("max_item_interaction_count_percentile", 1))
  };
  const std::vector<Interaction> rows =
      within_percentiles(within_percentiles(dataset.interactions, users, CountBy::kUser), items, CountBy::kItem);
  const Histories histories(rows, dataset.users.size(), dataset.items.size());
  NeighbourParts parts{.recipe = training.recipe,
                       .items = dataset.items,
                       .popularity = count_users(dataset),
                       .rows = std::vector<std::vector<Neighbour>>(dataset.items.size()),
                       .attributes = dataset.attributes};
  const unsigned workers = worker_count(control);
  std::vector<PairCounter> counters(workers, PairCounter(histories, kWindow));
  parallel_for(workers, parts.rows.size(), control.stop, [&](std::size_t item, unsigned worker) {
    std::vector<Neighbour>& row = parts.rows[item];
    for (const PairCount& pair : counters[worker].count(static_cast<std::uint32_t>(item))) {
      if (pair.users < pairs_min) continue;
      const auto met = static_cast<float>(histories.meetings(pair.item).size());
      row.push_back({pair.item, static_cast<float>(pair.users) / std::pow(met, discount), 0});
    }
    keep_best(row, kRowLimit);
    row.shrink_to_fit();
  });
  if (control.stop.stop_requested()) return training_stopped();
  return make_neighbour_model(std::move(parts));
}

}  // namespace rapport::learn
