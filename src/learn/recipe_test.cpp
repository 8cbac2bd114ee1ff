#include "learn/recipe.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "learn/taste_world.h"

namespace rapport::learn {
namespace {

const TasteWorld& world() {
  static const TasteWorld made = [] {
    TasteWorldOptions options;
    options.users = 3000;
    options.items = 400;
    options.interactions_mean = 40;
    options.favourite_share = 0.7;
    return make_taste_world(options);
  }();
  return made;
}

SegmentTraining training(std::string recipe) {
  return {.recipe = std::move(recipe), .hyperparameters = {{"hidden_dimension", "32"}}, .seed = 1};
}

double favourite_share(const std::vector<std::uint32_t>& users, std::uint32_t genre) {
  const auto fans = std::ranges::count_if(users, [&](std::uint32_t user) { return world().favourite[user] == genre; });
  return static_cast<double>(fans) / static_cast<double>(users.size());
}

TEST(SegmentTraining, FindsThoseWhoseHiddenTasteItIs) {
  const auto trained = train_segment_model(world().data, training("aws-item-attribute-affinity"));
  ASSERT_TRUE(trained) << trained.error().message;
  const SegmentQuery horror = {.item = "", .attributes = {{"GENRES", "Horror"}}};
  const auto ranked = trained->model->rank(horror, 300);
  ASSERT_TRUE(ranked);
  std::vector<std::uint32_t> users;
  for (const ScoredUser& user : *ranked) users.push_back(user.user);
  ASSERT_EQ(users.size(), 300u);
  EXPECT_GT(favourite_share(users, 3), 0.5);  // a sixth of the population; the others are the most active
  EXPECT_EQ(trained->metrics.queries, 6u);
  EXPECT_GT(trained->metrics.hits_at_1_percent, 29);  // of 30
  EXPECT_GT(trained->cost.memory_bytes_peak, 100'000u);
}

TEST(SegmentTraining, BeatsActivityOnItems) {
  const auto trained = train_segment_model(world().data, training("aws-item-affinity"));
  ASSERT_TRUE(trained);
  const Split split = split_by_user(world().data.interactions);
  std::vector<std::vector<bool>> met(400, std::vector<bool>(3000, false));
  std::vector<float> activity(3000, 0);
  for (const Interaction& row : split.older) {
    met[row.item][row.user] = true;
    ++activity[row.user];
  }
  const SegmentMetrics active =
      evaluate_segments(truth_of_items(split.newer, 400), 3000, [&](std::uint32_t item, std::vector<float>& scores) {
        for (std::uint32_t user = 0; user < 3000; ++user) {
          scores[user] = met[item][user] ? -1 : activity[user];
        }
      });
  EXPECT_DOUBLE_EQ(trained->baselines.at("mostActiveUnmet").hits_at_1_percent, active.hits_at_1_percent);
  EXPECT_DOUBLE_EQ(trained->baselines.at("mostActiveUnmet").recall_at_1_percent, active.recall_at_1_percent);
  EXPECT_EQ(trained->baselines.at("random").queries, trained->metrics.queries);
  EXPECT_GT(trained->metrics.hits_at_1_percent, 1.1 * active.hits_at_1_percent);
  EXPECT_GT(trained->metrics.recall_at_1_percent, 1.1 * active.recall_at_1_percent);
}

TEST(SegmentTraining, IsTheSameForAnyNumberOfThreads) {
  TasteWorldOptions options;
  options.users = 300;
  options.items = 120;
  options.interactions_mean = 20;
  const TasteWorld small = make_taste_world(options);
  const auto file = [&](unsigned threads, std::uint64_t seed) {
    SegmentTraining request = training("aws-item-affinity");
    request.seed = seed;
    return train_segment_model(small.data, request, {.threads = threads, .stop = {}, .progress = {}})
        ->model->serialize();
  };
  const std::string one = file(1, 1);
  EXPECT_EQ(one, file(3, 1));
  EXPECT_NE(one, file(1, 2));
}

TEST(SegmentTraining, ReportsProgressThatNeverFalls) {
  double last = 0;
  bool finished = false;
  const auto trained = train_segment_model(world().data, training("aws-item-affinity"),
                                           {.threads = 0, .stop = {}, .progress = [&](double share, std::string_view) {
                                              EXPECT_GE(share, last - 1e-9);
                                              last = share;
                                              finished = share > 0.999;
                                            }});
  ASSERT_TRUE(trained);
  EXPECT_TRUE(finished);
}

TEST(SegmentTraining, StopsAtAnyMoment) {
  for (const double moment : {0.0, 0.35, 0.6, 0.85}) {
    std::stop_source stop;
    const TrainingControl control{
        .threads = 2, .stop = stop.get_token(), .progress = [&](double share, std::string_view) {
          if (share >= moment) stop.request_stop();
        }};
    const auto trained = train_segment_model(world().data, training("aws-item-attribute-affinity"), control);
    ASSERT_FALSE(trained) << moment;
    EXPECT_EQ(trained.error().kind, ErrorKind::kConflict);
  }
}

TEST(SegmentTraining, RefusesWhatCannotBeTrained) {
  EXPECT_EQ(train_segment_model(world().data, training("aws-sims")).error().kind, ErrorKind::kNotFound);
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"hidden_dimension", "31"}, {"hidden_dimension ", "64"}, {"depth", "3"}}) {
    SegmentTraining request = training("aws-item-affinity");
    request.hyperparameters = {{name, value}};
    const auto trained = train_segment_model(world().data, request);
    ASSERT_FALSE(trained) << name;
    EXPECT_EQ(trained.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(trained.error().field, name);
  }
  Dataset few;
  for (std::uint32_t user = 0; user < 30; ++user) {
    few.users.add(std::to_string(user));
    few.interactions.push_back({user, few.items.add("i"), 1});
    if (user < 24) few.interactions.push_back({user, few.items.add("j"), 2});
  }
  EXPECT_EQ(train_segment_model(few, training("aws-item-affinity")).error().message,
            "Dataset has fewer than 25 users with at least 2 interactions each");
  few.interactions.push_back({24, 1, 2});
  EXPECT_TRUE(train_segment_model(few, training("aws-item-affinity")));
  EXPECT_EQ(train_segment_model(few, training("aws-item-attribute-affinity")).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace rapport::learn
