#include "learn/segment_baselines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "base/random.h"

namespace rapport::learn {
namespace {

constexpr std::uint32_t kUsers = 200;  // so that a list names two

// User u met item 0 when u is even, item 1 when u < 4, and others as often as u says.
Histories some_histories() {
  std::vector<Interaction> rows;
  for (std::uint32_t user = 0; user < kUsers; ++user) {
    if (user % 2 == 0) rows.push_back({user, 0, 1});
    if (user < 4) rows.push_back({user, 1, 2});
    for (std::uint32_t k = 0; k < user; ++k) rows.push_back({user, 2, 3 + k});
  }
  return Histories(rows, kUsers, 3);
}

std::vector<std::uint32_t> everybody() {
  std::vector<std::uint32_t> users(kUsers);
  std::iota(users.begin(), users.end(), 0U);
  return users;
}

TEST(SegmentBaselines, NameTheMostActiveAndThoseWhoHaveNotMetTheItem) {
  const Histories histories = some_histories();
  SegmentBaselines baselines(SegmentKind::kItem, histories, everybody(), 1);
  const std::uint32_t item = 0;  // the most active are 198 and 199; the most active who have not met it 199 and 197
  baselines.add({198, 199}, std::span(&item, 1));
  baselines.add({}, std::span(&item, 1));  // nobody to find: does not count
  const BaselineMetrics metrics = baselines.metrics();
  EXPECT_THAT(metrics, testing::UnorderedElementsAre(testing::Key("mostActive"), testing::Key("mostActiveUnmet"),
                                                     testing::Key("random")));
  EXPECT_DOUBLE_EQ(metrics.at("mostActive").recall_at_1_percent, 1);
  EXPECT_DOUBLE_EQ(metrics.at("mostActive").hits_at_1_percent, 2);
  EXPECT_DOUBLE_EQ(metrics.at("mostActive").coverage, 2.0 / kUsers);
  EXPECT_DOUBLE_EQ(metrics.at("mostActiveUnmet").recall_at_1_percent, 0.5);
  EXPECT_EQ(metrics.at("mostActiveUnmet").queries, 1U);
}

TEST(SegmentBaselines, NameThoseWhoMetMostOfAnAttributesItems) {
  const Histories histories = some_histories();
  SegmentBaselines baselines(SegmentKind::kAttribute, histories, everybody(), 1);
  const std::vector<std::uint32_t> items = {0, 1};  // users 0 and 2 met both
  baselines.add({0, 2}, items);
  EXPECT_DOUBLE_EQ(baselines.metrics().at("mostFrequent").recall_at_1_percent, 1);
  EXPECT_DOUBLE_EQ(baselines.metrics().at("mostActive").recall_at_1_percent, 0);
  EXPECT_FALSE(baselines.metrics().contains("mostActiveUnmet"));
}

TEST(SegmentBaselines, FindAPercentByChance) {
  const Histories histories = some_histories();
  SegmentBaselines baselines(SegmentKind::kItem, histories, everybody(), 1);
  const std::uint32_t item = 1;
  std::vector<std::uint32_t> truth = {5, 50, 150};
  for (int query = 0; query < 4000; ++query) baselines.add(truth, std::span(&item, 1));
  const SegmentMetrics random = baselines.metrics().at("random");
  EXPECT_NEAR(random.recall_at_1_percent, 0.01, 0.003);
  EXPECT_NEAR(random.hits_at_1_percent, 0.03, 0.009);
  EXPECT_EQ(random.coverage, 1);
}

TEST(SegmentBaselines, AreOfASampleOfTheUsers) {
  const Histories histories = some_histories();
  std::vector<std::uint32_t> half;
  for (std::uint32_t user = 0; user < kUsers; user += 2) half.push_back(user);
  SegmentBaselines baselines(SegmentKind::kItem, histories, half, 1);
  const std::uint32_t item = 1;
  baselines.add({99}, std::span(&item, 1));  // user 198, the most active of them
  EXPECT_DOUBLE_EQ(baselines.metrics().at("mostActive").recall_at_1_percent, 1);
  EXPECT_DOUBLE_EQ(baselines.metrics().at("mostActive").hits_at_1_percent, 2) << "of all users";
}

}  // namespace
}  // namespace rapport::learn
