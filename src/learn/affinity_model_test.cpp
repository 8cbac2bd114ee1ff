#include "learn/affinity_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "learn/affinity_scores.h"
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

// The counts of one item, written out from the evidence.
std::vector<float> naive_counts(const AffinityModel& model, std::uint32_t item) {
  AffinityReader reader(model);
  reader.open(item);
  const AffinityWeights& weights = model.parts().weights;
  std::vector<float> counts;
  for (std::uint32_t user = 0; user < model.histories().user_count(); ++user) {
    const Evidence evidence = reader.evidence(user);
    float logit = 0;
    for (std::size_t k = 0; k < kEvidenceKinds; ++k) {
      logit += (weights.base[k] + model.popularity(item) * weights.by_context[k]) * evidence[k];
    }
    counts.push_back(reader.met(user) && weights.repeats == Repeats::kNever ? 0 : std::exp(logit));
  }
  const double expected = 0.25 * (static_cast<double>(model.histories().meetings(item).size()) + 0.1);
  const double sum = std::accumulate(counts.begin(), counts.end(), 0.0);
  for (float& count : counts) count *= static_cast<float>(expected / sum);
  return counts;
}

std::vector<std::vector<float>> counts_of(AffinityScorer& scorer, const std::vector<std::uint32_t>& items) {
  std::vector<std::vector<float>> all(items.size(), std::vector<float>(scorer.user_count()));
  scorer.score(items, {}, [&](std::size_t k, std::size_t first, std::span<const float> counts) {
    std::ranges::copy(counts, all[k].begin() + static_cast<std::ptrdiff_t>(first));
  });
  return all;
}

TEST(AffinityScorer, ExpectsWhatTheEvidenceSays) {
  const TasteWorld world = small_world();
  AffinityModel model = learned(world, world.data.interactions);
  AffinityWeights weights = usual_affinity_weights();
  for (std::size_t k = 0; k < kEvidenceKinds; ++k) weights.by_context[k] = 0.05F * static_cast<float>(k);
  for (const Repeats repeats : {Repeats::kNever, Repeats::kWanted}) {
    weights.repeats = repeats;
    model.set_weights(weights);
    AffinityScorer scorer(model);
    for (const std::vector<std::uint32_t>& items : {std::vector<std::uint32_t>{3, 4, 149, 70, 5}, {4}}) {
      const auto counts = counts_of(scorer, items);
      for (std::size_t k = 0; k < items.size(); ++k) {
        const std::vector<float> naive = naive_counts(model, items[k]);
        for (std::uint32_t user = 0; user < 400; ++user) {
          EXPECT_NEAR(counts[k][user], naive[user], 1e-3F * naive[user] + 1e-7F) << items[k] << " " << user;
        }
      }
    }
  }
}

TEST(AffinityScorer, ExpectsNothingOfThoseWhoHaveSeenTheFilm) {
  const TasteWorld world = small_world();
  const AffinityModel model = learned(world, world.data.interactions);
  AffinityScorer scorer(model);
  std::vector<bool> met(400, false);
  for (const Meeting& meeting : model.histories().meetings(3)) met[meeting.user] = true;
  const auto counts = counts_of(scorer, {3});
  for (std::uint32_t user = 0; user < 400; ++user) EXPECT_EQ(counts[0][user] == 0, met[user]) << user;
}

TEST(AffinityScorer, ScoresSomeUsersAsAmongAll) {
  const TasteWorld world = small_world();
  const AffinityModel model = learned(world, world.data.interactions);
  AffinityScorer all(model);
  AffinityScorer some(model, {2, 3, 77, 300, 399});
  const auto of_all = counts_of(all, {5, 9});
  const auto of_some = counts_of(some, {5, 9});
  for (std::size_t k = 0; k < 2; ++k) {
    // The sum over all is told from the sum over some: one factor for all of them.
    float factor = 0;
    for (std::size_t row = 0; row < some.user_count(); ++row) {
      const float whole = of_all[k][some.users()[row]];
      if (whole == 0) {
        EXPECT_EQ(of_some[k][row], 0);
      } else if (factor == 0) {
        factor = of_some[k][row] / whole;
      } else {
        EXPECT_NEAR(of_some[k][row] / whole, factor, 1e-3F * factor);
      }
    }
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
  AffinityScorer scorer(model);
  AffinityScorer other_scorer(other);
  const std::vector<std::vector<std::uint32_t>> sets = {{1, 5, 77}, {}, {5}};
  const auto sums = expected_counts_of_sets(scorer, sets, {.threads = 1, .stop = {}, .progress = {}});
  EXPECT_EQ(sums, expected_counts_of_sets(other_scorer, sets, {.threads = 3, .stop = {}, .progress = {}}));
  const auto each = counts_of(scorer, {1, 5, 77});
  for (std::size_t user = 0; user < 400; ++user) {
    EXPECT_EQ(sums[0][user], each[0][user] + each[1][user] + each[2][user]);
    EXPECT_EQ(sums[2][user], each[1][user]);
  }
  EXPECT_EQ(sums[1], std::vector<float>(400, 0));
}

TEST(AffinityWeights, AreTheSameForAnyNumberOfThreads) {
  const TasteWorld world = small_world();
  const Split split = split_by_user(world.data.interactions);
  const AffinityModel model = learned(world, split.older);
  const auto one = learn_affinity_weights(model, split.newer, 1, {.threads = 1, .stop = {}, .progress = {}});
  const auto three = learn_affinity_weights(model, split.newer, 1, {.threads = 3, .stop = {}, .progress = {}});
  EXPECT_EQ(one->base, three->base);
  EXPECT_EQ(one->by_context, three->by_context);
  EXPECT_EQ(one->repeats, Repeats::kNever);
}

}  // namespace
}  // namespace rapport::learn
