#include "learn/sequence_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"
#include "learn/network_training.h"

namespace rapport::learn {
namespace {

TokenBatch some_batch(std::uint32_t items, std::uint64_t seed) {
  Random random(seed);
  TokenBatch batch;
  for (const std::size_t length : {5, 1, 9}) {
    batch.begins.push_back(batch.items.size());
    for (std::size_t k = 0; k < length; ++k) {
      batch.items.push_back(static_cast<std::uint32_t>(random.below(items)));
      batch.targets.push_back(static_cast<std::uint32_t>(random.below(items)));
    }
  }
  return batch;
}

// The slope of the loss along a direction, by the gradient and by differences.
struct Slopes {
  double gradient;
  double differences;
};

Slopes slopes(SequenceNetwork network, std::vector<float> SequenceNetwork::* part,
              std::vector<float> NetworkGradient::* gradient_part, std::uint64_t seed) {
  const TokenBatch batch = some_batch(network.shape.items, 3);
  const Dropout dropout{0.25F, 7};
  NetworkGradient gradient;
  network_loss(network, batch, dropout, gradient);
  Random random(seed);
  std::vector<float> direction((network.*part).size());
  for (float& value : direction) value = static_cast<float>(random.normal());
  Slopes slopes{0, 0};
  for (std::size_t k = 0; k < direction.size(); ++k) slopes.gradient += (gradient.*gradient_part)[k] * direction[k];
  constexpr float kStep = 2e-3F;
  const auto moved = [&](float by) {
    SequenceNetwork other = network;
    for (std::size_t k = 0; k < direction.size(); ++k) (other.*part)[k] += by * direction[k];
    NetworkGradient unused;
    return network_loss(other, batch, dropout, unused);
  };
  slopes.differences = (moved(kStep) - moved(-kStep)) / (2 * kStep);
  return slopes;
}

TEST(SequenceNetworkTest, GradientsAreThoseOfDifferences) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SequenceNetwork network = SequenceNetwork::random({.items = 11, .dimension = 8, .blocks = 2}, seed);
    for (float& value : network.vectors) value *= 10;  // so that the input norm is not steep
    for (const auto& [own, gradient] : {std::pair(&SequenceNetwork::vectors, &NetworkGradient::vectors),
                                        std::pair(&SequenceNetwork::biases, &NetworkGradient::biases),
                                        std::pair(&SequenceNetwork::dense, &NetworkGradient::dense)}) {
      const Slopes found = slopes(network, own, gradient, seed);
      EXPECT_NEAR(found.gradient, found.differences, 0.01 * std::abs(found.differences) + 0.05) << seed;
    }
  }
}

TEST(SequenceNetworkTest, HistoriesOfABatchDoNotTouchEachOther) {
  const SequenceNetwork network = SequenceNetwork::random({.items = 11, .dimension = 8, .blocks = 2}, 1);
  TokenBatch batch = some_batch(11, 4);
  NetworkPass together;
  const auto all = together.forward(network, batch);
  NetworkPass alone;
  const std::vector<std::uint32_t> last(batch.items.begin() + static_cast<long>(batch.begins.back()),
                                        batch.items.end());
  const auto one = alone.forward(network, {last, {}, {0}});
  for (std::size_t k = 0; k < one.size(); ++k) EXPECT_NEAR(one[k], all[batch.begins.back() * 8 + k], 1e-5);
}

Histories counting(std::uint32_t users, std::uint32_t items) {
  std::vector<Interaction> rows;
  for (std::uint32_t user = 0; user < users; ++user) {
    for (std::uint32_t k = 0; k < 10; ++k) rows.push_back({user, (user * 3 + k * (1 + user % 2)) % items, k});
  }
  return {rows, users, items};
}

// The share of histories whose last item has the highest logit after the others.
double foretold(const SequenceNetwork& network, const Histories& histories) {
  NetworkPass pass;
  double right = 0;
  for (std::uint32_t user = 0; user < histories.user_count(); ++user) {
    const auto history = histories.of(user);
    const std::size_t d = network.shape.dimension;
    const auto read = pass.forward(network, {{history.begin(), history.end() - 1}, {}, {0}});
    const auto last = read.last(d);
    std::uint32_t best = 0;
    double highest = -1e9;
    for (std::uint32_t item = 0; item < network.shape.items; ++item) {
      double logit = network.biases[item];
      for (std::size_t k = 0; k < d; ++k) logit += last[k] * network.vectors[item * d + k];
      if (logit > highest) best = item;
      highest = std::max(highest, logit);
    }
    right += best == history.back();
  }
  return right / histories.user_count();
}

TEST(SequenceNetworkTest, LearnsAnOrderThatNeedsMoreThanTheLastItem) {
  const Histories histories = counting(200, 31);  // steps of one or of two: only two items tell which
  NetworkTraining training{
      .dimension = 16, .places = 60000, .epochs_max = 1000, .batch = 256, .rate = 1e-2F, .dropout = 0};
  const TrainedNetwork all = train_network(histories, training, {}).value();
  EXPECT_GT(foretold(all.network, histories), 0.95);
  EXPECT_LT(all.curve.back().loss, all.curve.front().loss);
  training.candidates_max = 25;  // some of the items only
  training.batch = 16;
  training.places = 20000;
  EXPECT_GT(foretold(train_network(histories, training, {}).value().network, histories), 0.9);
}

TEST(SequenceNetworkTest, IsTheSameForAnyNumberOfThreads) {
  const Histories histories = counting(50, 31);
  const NetworkTraining training{.dimension = 8, .places = 1000, .batch = 64};
  const auto one = train_network(histories, training, {.threads = 1}).value().network;
  const auto three = train_network(histories, training, {.threads = 3}).value().network;
  EXPECT_EQ(one.vectors, three.vectors);
  EXPECT_EQ(one.biases, three.biases);
  EXPECT_EQ(one.dense, three.dense);
}

TEST(SequenceNetworkTest, KeepsToItsTimeAndStops) {
  const Histories histories = counting(50, 31);
  const NetworkTraining training{
      .dimension = 8, .places = 1'000'000'000, .epochs_max = 1'000'000, .seconds_max = 0.01, .batch = 64};
  EXPECT_LT(train_network(histories, training, {}).value().curve.size(), 1000u);
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(train_network(histories, training, {.stop = source.get_token()}).error().kind, ErrorKind::kConflict);
}

}  // namespace
}  // namespace rapport::learn
