#include "demo/baselines.h"

#include <vector>

#include "learn/csv_dataset.h"

namespace rapport::demo {
namespace {

std::vector<float> counts_per_user(const learn::Dataset& data, const std::vector<learn::Interaction>& rows,
                                   const std::vector<bool>& counted) {
  std::vector<float> counts(data.users.size(), 0);
  for (const learn::Interaction& row : rows) counts[row.user] += counted[row.item] ? 1.0F : 0.0F;
  return counts;
}

}  // namespace

Result<Baselines> evaluate_baselines(const DemoData& data) {
  const learn::Dataset dataset =
      TRY(learn::read_csv_dataset({data.interactions.path, data.items.path, {data.attribute}}));
  const learn::Split split = learn::split_by_user(dataset.interactions);
  std::vector<std::vector<std::uint32_t>> queries;
  for (const learn::AttributeColumn& column : dataset.attributes.columns()) {
    for (const learn::AttributeValue& value : column.values) queries.push_back(value.items);
  }
  const learn::Truth truth = learn::truth_of_item_sets(split.newer, queries);
  const std::vector<float> activity =
      counts_per_user(dataset, split.older, std::vector<bool>(dataset.items.size(), true));
  Baselines baselines;
  baselines.most_active = learn::evaluate_segments(
      truth, dataset.users.size(), [&](std::uint32_t, std::vector<float>& scores) { scores = activity; });
  baselines.most_frequent_viewers =
      learn::evaluate_segments(truth, dataset.users.size(), [&](std::uint32_t query, std::vector<float>& scores) {
        std::vector<bool> counted(dataset.items.size(), false);
        for (const std::uint32_t item : queries[query]) counted[item] = true;
        scores = counts_per_user(dataset, split.older, counted);
      });
  return baselines;
}

}  // namespace rapport::demo
