// aws-semantic-similarity.

#include <Eigen/Dense>
#include <algorithm>

#include "learn/item_learners.h"
#include "learn/neighbour_model.h"
#include "learn/parallel.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kRowLimit = 100;
constexpr Eigen::Index kBlock = 32;

// What an item is called says more of it than the same number of words of its description.
std::vector<std::string> texts_of(const Dataset& dataset) {
  std::vector<std::string> texts(dataset.items.size());
  for (std::size_t item = 0; item < dataset.texts.size(); ++item) {
    const ItemText& text = dataset.texts[item];
    texts[item] = text.name + " " + text.name + " " + text.description;
  }
  return texts;
}

std::vector<std::vector<Neighbour>> nearest_of_all(const Factors& points, const TrainingControl& control) {
  std::vector<std::vector<Neighbour>> rows(points.count);
  const Eigen::Map<const Eigen::MatrixXf> all(points.values.data(), points.dimension, points.count);
  const std::size_t blocks = (points.count + kBlock - 1) / kBlock;
  parallel_for(worker_count(control), blocks, control.stop, [&](std::size_t block, unsigned) {
    const Eigen::Index first = static_cast<Eigen::Index>(block) * kBlock;
    const Eigen::Index count = std::min<Eigen::Index>(kBlock, points.count - first);
    const Eigen::MatrixXf cosines = all.transpose() * all.middleCols(first, count);
    for (Eigen::Index k = 0; k < count; ++k) {
      std::vector<Neighbour>& row = rows[static_cast<std::size_t>(first + k)];
      for (std::uint32_t item = 0; item < points.count; ++item) {
        if (item != first + k && cosines(item, k) > 0) row.push_back({item, cosines(item, k), 1});
      }
      keep_best(row, kRowLimit);
      row.shrink_to_fit();
    }
  });
  return rows;
}

}  // namespace

Result<std::unique_ptr<ItemModel>> learn_semantic_similarity(const Dataset& dataset, const ItemTraining& training,
                                                             const TrainingControl& control) {
  const bool any = std::ranges::any_of(
      dataset.texts, [](const ItemText& text) { return !text.name.empty() || !text.description.empty(); });
  if (!any) {
    return fail(ErrorKind::kInvalid,
                "The recipe needs an Items dataset with a textual column and an itemName column that hold text");
  }
  TextSpace space = TRY(TextSpace::build(texts_of(dataset), {.seed = training.seed}, control));
  NeighbourParts parts{.recipe = training.recipe,
                       .items = dataset.items,
                       .popularity = count_users(dataset),
                       .rows = nearest_of_all(space.points(), control),
                       .attributes = dataset.attributes};
  parts.text = std::move(space);
  if (control.stop.stop_requested()) return training_stopped();
  return make_neighbour_model(std::move(parts));
}

}  // namespace rapport::learn
