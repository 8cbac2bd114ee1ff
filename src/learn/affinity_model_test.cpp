#include "learn/affinity_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "learn/affinity_weights.h"
#include "learn/evaluation.h"
#include "learn/taste_world.h"

namespace rapport::learn {
namespace {

TasteWorld small_world() {
  TasteWorldOptions options;
  options.users = 400;
  options.items = 150;
  options.interactions_mean = 30;
  return make_taste_world(options);
}

AffinityModel learned(const TasteWorld& world, const std::vector<Interaction>& rows, unsigned threads = 2) {
  AlsParameters parameters;
  parameters.dimension = 8;
  AffinityModel model(AffinityModel::learn(Histories(rows, world.data.users.size(), world.data.items.size()),
                                           parameters, {.threads = threads, .stop = {}, .progress = {}})
                          .value());
  model.set_weights(usual_affinity_weights());
  return model;
}

TEST(AffinityModel, EvidenceIsAShareOfWhatTheUserShowsForAllItems) {
  const TasteWorld world = small_world();
  const AffinityModel model = learned(world, world.data.interactions);
  AffinityReader reader(model);
  std::vector<Evidence> sums(3, Evidence{});
  for (std::uint32_t item = 0; item < 150; ++item) {
    reader.open(item);
    for (std::uint32_t user = 0; user < sums.size(); ++user) {
      const Evidence evidence = reader.evidence(user);
      for (std::size_t k = 0; k < kRelativeEvidenceKinds; ++k) {
        sums[user][k] += std::exp(evidence[kRelativeEvidenceFirst + k]);
      }
    }
  }
  for (const Evidence& sum : sums) {
    for (std::size_t k = 0; k < kRelativeEvidenceKinds; ++k) EXPECT_NEAR(sum[k], 1, 0.01) << k;
  }
}

TEST(AffinityModel, ExpectsNothingOfThoseWhoHaveSeenTheFilm) {
  const TasteWorld world = small_world();
  const AffinityModel model = learned(world, world.data.interactions);
  AffinityReader reader(model);
  std::vector<float> counts(400);
  for (const std::uint32_t item : {3U, 4U}) {  // the second opening must forget the first
    reader.open(item);
    reader.expected_counts(counts);
    std::vector<bool> met(400, false);
    for (const Meeting& meeting : model.histories().meetings(item)) met[meeting.user] = true;
    for (std::uint32_t user = 0; user < 400; ++user) {
      EXPECT_EQ(reader.met(user), met[user]);
      EXPECT_EQ(counts[user] == 0, met[user]) << user;
    }
    const double expected = 0.25 * (static_cast<double>(model.histories().meetings(item).size()) + 0.1);
    EXPECT_NEAR(std::accumulate(counts.begin(), counts.end(), 0.0), expected, 1e-3);
  }
}

TEST(AffinityModel, LearnsThatPeopleComeBackToGroceries) {
  TasteWorld world = small_world();
  for (std::size_t k = 1; k < world.data.interactions.size(); k += 2) {  // every second purchase repeats the one before
    if (world.data.interactions[k].user == world.data.interactions[k - 1].user) {
      world.data.interactions[k].item = world.data.interactions[k - 1].item;
    }
  }
  std::vector<Interaction> twice = world.data.interactions;  // and everything is bought once more
  for (Interaction row : world.data.interactions) twice.push_back({row.user, row.item, row.time + 100'000'000});
  const Split split = split_by_user(twice);
  const AffinityModel model = learned(world, split.older);
  const auto weights = learn_affinity_weights(model, split.newer, 1, {});
  ASSERT_TRUE(weights);
  EXPECT_EQ(weights->repeats, Repeats::kWanted);
  EXPECT_GT(weights->base[kMet] + weights->base[kMetRecently], 1);
}

TEST(ExpectedCountsOfSets, SumsTheItemsWhateverTheThreads) {
  const TasteWorld world = small_world();
  const AffinityModel model = learned(world, world.data.interactions, 1);
  const AffinityModel other = learned(world, world.data.interactions, 3);
  const std::vector<std::vector<std::uint32_t>> sets = {{1, 5, 77}, {}, {5}};
  const auto sums = expected_counts_of_sets(model, sets, {.threads = 1, .stop = {}, .progress = {}});
  EXPECT_EQ(sums, expected_counts_of_sets(other, sets, {.threads = 3, .stop = {}, .progress = {}}));
  std::vector<float> expected(400, 0);
  std::vector<float> one(400);
  AffinityReader reader(model);
  for (const std::uint32_t item : sets[0]) {
    reader.open(item);
    reader.expected_counts(one);
    for (std::size_t user = 0; user < 400; ++user) expected[user] += one[user];
    if (item == 5) {
      EXPECT_EQ(sums[2], one);
    }
  }
  EXPECT_EQ(sums[0], expected);
  EXPECT_EQ(sums[1], std::vector<float>(400, 0));
}

TEST(AffinityWeights, AreTheSameForAnyNumberOfThreads) {
  const TasteWorld world = small_world();
  const Split split = split_by_user(world.data.interactions);
  const AffinityModel model = learned(world, split.older);
  const auto one = learn_affinity_weights(model, split.newer, 1, {.threads = 1, .stop = {}, .progress = {}});
  const auto three = learn_affinity_weights(model, split.newer, 1, {.threads = 3, .stop = {}, .progress = {}});
  EXPECT_EQ(one->base, three->base);
  EXPECT_EQ(one->by_popularity, three->by_popularity);
  EXPECT_EQ(one->repeats, Repeats::kNever);
}

}  // namespace
}  // namespace rapport::learn
