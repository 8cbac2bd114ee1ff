// The recipes on real data, when it is there.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "learn/csv_dataset.h"
#include "learn/recipe.h"

namespace rapport::learn {
namespace {

std::filesystem::path movielens() {
  const char* set = std::getenv("RAPPORT_SHARED_DATA");
  for (const std::filesystem::path& base :
       {std::filesystem::path(set != nullptr ? set : ""), std::filesystem::path(RAPPORT_SOURCE_DIR) / "../shared/data",
        std::filesystem::path(RAPPORT_SOURCE_DIR) / "../../shared/data"}) {
    if (!base.empty() && std::filesystem::exists(base / "movielens-1m/interactions.csv")) return base / "movielens-1m";
  }
  return {};
}

class MovieLensTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path folder = movielens();
    if (folder.empty()) GTEST_SKIP() << "movielens-1m is neither in ../shared/data nor in $RAPPORT_SHARED_DATA";
    data_ = read_csv_dataset({folder / "interactions.csv", folder / "items.csv", {"GENRES"}}).value();
  }
  TrainedSegmentModel train(std::string recipe) const {
    return train_segment_model(data_, {.recipe = std::move(recipe), .hyperparameters = {}, .seed = 1}).value();
  }
  Dataset data_;
};

TEST_F(MovieLensTest, ItemAffinityBeatsEveryBaseline) {
  const SegmentMetrics metrics = train("aws-item-affinity").metrics;
  EXPECT_GT(metrics.hits_at_1_percent, 9.5);
  EXPECT_GT(metrics.recall_at_1_percent, 0.21);
}

TEST_F(MovieLensTest, GenreAffinityBeatsActivityAndPastViewing) {
  const SegmentMetrics metrics = train("aws-item-attribute-affinity").metrics;
  const Split split = split_by_user(data_.interactions);
  std::vector<std::vector<std::uint32_t>> genres;
  for (const AttributeValue& genre : data_.attributes.columns()[0].values) genres.push_back(genre.items);
  const Truth truth = truth_of_item_sets(split.newer, genres);
  const auto baseline = [&](const std::vector<bool>* only) {
    std::vector<float> seen(data_.users.size(), 0);
    for (const Interaction& row : split.older) seen[row.user] += only == nullptr || (*only)[row.item] ? 1.0F : 0.0F;
    return seen;
  };
  const SegmentMetrics active = evaluate_segments(
      truth, data_.users.size(), [&](std::uint32_t, std::vector<float>& scores) { scores = baseline(nullptr); });
  const SegmentMetrics past = evaluate_segments(truth, data_.users.size(), [&](std::uint32_t query, auto& scores) {
    std::vector<bool> of_genre(data_.items.size(), false);
    for (const std::uint32_t item : genres[query]) of_genre[item] = true;
    scores = baseline(&of_genre);
  });
  EXPECT_GT(metrics.hits_at_1_percent, active.hits_at_1_percent);
  EXPECT_GT(metrics.recall_at_1_percent, active.recall_at_1_percent);
  EXPECT_GT(metrics.hits_at_1_percent, past.hits_at_1_percent);
  EXPECT_GT(metrics.recall_at_1_percent, past.recall_at_1_percent);
}

}  // namespace
}  // namespace rapport::learn
