#pragma once

// What a model of affinity expects of many users and items at once.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "learn/affinity_model.h"
#include "learn/training_control.h"

namespace rapport::learn {

// Scores items for the same users, several items in one pass over the users. Not thread-safe (it uses threads itself);
// REQUIRES that the model outlives it.
class AffinityScorer {
 public:
  static constexpr std::size_t kItemsMax = 16;

  // For all users.
  explicit AffinityScorer(const AffinityModel& model);
  // For some: `users` ascending, each once.
  AffinityScorer(const AffinityModel& model, std::vector<std::uint32_t> users);

  const AffinityModel& model() const { return model_; }
  std::size_t user_count() const { return users_.size(); }
  std::span<const std::uint32_t> users() const { return users_; }
  // How many items go well into one call, at most kItemsMax.
  std::size_t batch() const { return batch_; }

  // Numbers of items[k] for the users from the `first` on, in the order of users(): the expected number of interactions
  // while everybody interacts a quarter as often as in the past; 0 for those who met an item that is wanted once only.
  using Take = std::function<void(std::size_t k, std::size_t first, std::span<const float> counts)>;
  // Calls `take` for every item and every block of users, for different blocks from several threads. The numbers are
  // the same whatever the number of threads; unfinished when stopped. REQUIRES at most batch() items.
  void score(std::span<const std::uint32_t> items, const TrainingControl& control, const Take& take);

 private:
  struct Block;
  void fill_columns(std::span<const std::uint32_t> items, const TrainingControl& control);
  void score_block(const Block& block, std::span<const std::uint32_t> items, std::span<float> counts) const;
  void weigh_meetings(const Block& block, std::span<const std::uint32_t> items, std::span<float> counts) const;

  const AffinityModel& model_;
  std::vector<std::uint32_t> users_;
  std::vector<Quad> fading_;
  std::size_t batch_;
  std::vector<Quad> columns_;  // for each history item the numbers of every item of the batch
};

// For each set of items the sums of the expected counts of its items: one number per user of the scorer. Every item is
// read once; of a large set (of more than 64 to 4,096 items, the fewer the more users there are) the most met ones stand
// for all.
std::vector<std::vector<float>> expected_counts_of_sets(AffinityScorer& scorer,
                                                        std::span<const std::vector<std::uint32_t>> sets,
                                                        const TrainingControl& control);

}  // namespace rapport::learn
