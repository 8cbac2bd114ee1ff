#include "learn_protocols.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "base/random.h"
#include "learn/item_recipe.h"
#include "learn/taste_world.h"
#include "testing/temporary_directory.h"

namespace rapport::bench {
namespace {

using testing::Contains;
using testing::Each;
using testing::Not;
using testing::SizeIs;

constexpr std::uint32_t kUsers = 300;
constexpr std::uint32_t kItems = 150;

// Miniatures of the published files, of a made world.
class LearnProtocolsTest : public testing::Test {
 protected:
  LearnProtocolsTest() {
    const learn::TasteWorld world = learn::make_taste_world(
        {.users = kUsers, .items = kItems, .interactions_mean = 20, .changing_share = 0, .seed = 11});
    histories_.resize(kUsers);
    for (const learn::Interaction& row : world.data.interactions) histories_[row.user].push_back(row.item);
  }

  void write_pairs() {
    std::ofstream out(directory_.file("pairs.txt"));
    for (std::uint32_t user = 0; user < kUsers; ++user) {
      for (const std::uint32_t item : histories_[user]) out << user + 1 << ' ' << item + 1 << '\n';
    }
  }
  void write_lists() {
    std::ofstream out(directory_.file("lists.txt"));
    for (std::uint32_t user = 0; user < kUsers; ++user) {
      out << user + 1;
      for (const std::uint32_t item : histories_[user]) out << ' ' << item + 1;
      out << '\n';
    }
  }
  void write_sampled(std::uint32_t users_asked) {
    std::ofstream ratings(directory_.file("ml-1m.train.rating"));
    std::ofstream negatives(directory_.file("ml-1m.test.negative"));
    Random random(5);
    for (std::uint32_t user = 0; user < kUsers; ++user) {
      const std::vector<std::uint32_t>& history = histories_[user];
      for (std::size_t k = 0; k + 1 < history.size(); ++k) {
        ratings << user << '\t' << history[k] << "\t5\t" << 978'300'000 + k << '\n';
      }
      if (user >= users_asked) continue;
      negatives << '(' << user << ',' << history.back() << ')';
      for (int count = 0; count < 99;) {
        const auto item = static_cast<std::uint32_t>(random.below(kItems));
        if (std::ranges::find(history, item) != history.end()) continue;
        negatives << '\t' << item;
        ++count;
      }
      negatives << '\n';
    }
  }

  // Learns as the benchmark does: what it reaches must be above what popularity alone does.
  static void expect_learns(ItemProtocol& protocol) {
    const auto hits = [&](const char* recipe) {
      const auto trained =
          learn::train_items(protocol.known, {.recipe = recipe, .evaluate = learn::Evaluate::kNo}).value();
      const learn::HitMetrics metrics = measure(protocol, *trained.model);
      EXPECT_EQ(metrics.users, protocol.truth.size());
      EXPECT_GT(metrics.ndcg_at_10, 0);
      EXPECT_LE(metrics.ndcg_at_10, metrics.hit_rate_at_10);
      return metrics.hit_rate_at_10;
    };
    EXPECT_GT(hits("aws-user-personalization-v2"), 1.1 * hits("aws-popularity-count"));
  }

  test::TemporaryDirectory directory_;
  std::vector<std::vector<std::uint32_t>> histories_;
};

TEST_F(LearnProtocolsTest, RanksTheLastOfEachPairAmongAll) {
  write_pairs();
  auto protocol = read_pairs(directory_.file("pairs.txt"));
  ASSERT_TRUE(protocol);
  ASSERT_THAT(protocol->truth, SizeIs(kUsers));
  for (std::uint32_t user = 0; user < kUsers; ++user) {
    EXPECT_EQ(protocol->truth[user], histories_[user].back() + 1);
    EXPECT_THAT(protocol->history[user], Not(Contains(protocol->truth[user])));
    EXPECT_EQ(protocol->history[user].size(), histories_[user].size() - 1);
  }
  EXPECT_TRUE(protocol->others.empty());
  expect_learns(*protocol);
}

TEST_F(LearnProtocolsTest, ReadsListsAsPairs) {
  write_pairs();
  write_lists();
  const auto pairs = read_pairs(directory_.file("pairs.txt"));
  auto lists = read_lists(directory_.file("lists.txt"));
  ASSERT_TRUE(pairs && lists);
  EXPECT_EQ(lists->truth, pairs->truth);
  EXPECT_EQ(lists->history, pairs->history);
  EXPECT_EQ(lists->known.interactions.size(), pairs->known.interactions.size());
  expect_learns(*lists);
}

TEST_F(LearnProtocolsTest, RanksOneAmongAHundred) {
  write_sampled(kUsers);
  auto protocol = read_sampled(directory_.path());
  ASSERT_TRUE(protocol);
  EXPECT_THAT(protocol->others, Each(SizeIs(99)));
  for (std::uint32_t user = 0; user < kUsers; ++user) EXPECT_EQ(protocol->truth[user], histories_[user].back());
  expect_learns(*protocol);
}

TEST_F(LearnProtocolsTest, GivesNothingForFilesThatAreAbsentOrDoNotFit) {
  EXPECT_FALSE(read_pairs(directory_.file("none")));
  EXPECT_FALSE(read_lists(directory_.file("none")));
  EXPECT_FALSE(read_sampled(directory_.path()));
  write_sampled(kUsers - 1);
  EXPECT_FALSE(read_sampled(directory_.path()));
}

}  // namespace
}  // namespace rapport::bench
