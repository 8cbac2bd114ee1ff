#include "learn/grouped_logit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "base/random.h"

namespace rapport::learn {
namespace {

double sigmoid(double logit) { return 1 / (1 + std::exp(-logit)); }

// Two tasks with the true logits -1 + 2 x and -1 - 2 x, and a third that has few examples and is like the first.
LogitExamples made_examples(std::size_t many, std::size_t few) {
  Random random(7);
  LogitExamples examples;
  examples.feature_count = 2;
  const auto add = [&](std::uint32_t task, double slope) {
    const double x = random.uniform();
    examples.add({{0, 1}, {1, static_cast<float>(x)}}, task, random.uniform() < sigmoid(-1 + slope * x));
  };
  for (std::size_t k = 0; k < many; ++k) {
    add(0, 2);
    add(1, -2);
  }
  for (std::size_t k = 0; k < few; ++k) add(2, 2);
  return examples;
}

std::vector<std::uint32_t> all_of(const LogitExamples& examples) {
  std::vector<std::uint32_t> all(examples.size());
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

TEST(GroupedLogit, FindsTheWeightsOfEachTask) {
  const LogitExamples examples = made_examples(20'000, 10);
  const TaskGroups groups{4, {{0, 1}, {0, 2}, {0, 3}}, {1, 1, 1, 1}};
  const auto weights = fit_grouped_logit(examples, all_of(examples), groups, {}).value();
  EXPECT_NEAR(weights[0], -1, 0.1);
  EXPECT_NEAR(weights[1], 2, 0.15);
  EXPECT_NEAR(weights[2], -1, 0.1);
  EXPECT_NEAR(weights[3], -2, 0.2);
}

TEST(GroupedLogit, ATaskWithFewExamplesIsLikeItsGroup) {
  const LogitExamples examples = made_examples(5'000, 4);
  const TaskGroups with_kind{5, {{0, 3}, {1}, {0, 4}}, {1, 1, 1, 30, 30}};
  const auto weights = fit_grouped_logit(examples, all_of(examples), with_kind, {}).value();
  EXPECT_NEAR(weights[5], weights[1], 0.3) << "tasks 0 and 2 are of one group";
  EXPECT_LT(weights[3], -1);
}

TEST(GroupedLogit, IsTheSameWhateverTheThreadsAndCountsOnlyTheChosen) {
  const LogitExamples examples = made_examples(6'000, 10);
  const TaskGroups groups{1, {{0}, {0}, {0}}, {1}};
  const auto one = fit_grouped_logit(examples, all_of(examples), groups, {.threads = 1}).value();
  const auto three = fit_grouped_logit(examples, all_of(examples), groups, {.threads = 3}).value();
  EXPECT_EQ(one, three);
  std::vector<std::uint32_t> first;
  for (std::uint32_t k = 0; k < examples.size(); ++k) {
    if (examples.tasks[k] == 0) first.push_back(k);
  }
  const auto alone = fit_grouped_logit(examples, first, groups, {}).value();
  EXPECT_NEAR(alone[1], 2, 0.3);
  EXPECT_NEAR(one[1], 0.5, 0.3) << "of both tasks together: shares of .27 at 0 and .39 at 1";
}

TEST(GroupedLogit, StopsWhenAsked) {
  const LogitExamples examples = made_examples(100, 1);
  std::stop_source stop;
  stop.request_stop();
  const auto fitted =
      fit_grouped_logit(examples, all_of(examples), {1, {{0}, {0}, {0}}, {1}}, {.stop = stop.get_token()});
  EXPECT_EQ(fitted.error().kind, ErrorKind::kConflict);
}

TEST(GroupedLogit, HasNothingToSayWithoutExamples) {
  LogitExamples none;
  none.feature_count = 2;
  EXPECT_EQ(fit_grouped_logit(none, {}, {1, {{0}}, {1}}, {}).value(), (std::vector<float>{0, 0}));
}

}  // namespace
}  // namespace rapport::learn
