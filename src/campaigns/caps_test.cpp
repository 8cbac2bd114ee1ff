#include "campaigns/caps.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "base/random.h"
#include "testing/temporary_directory.h"

namespace rapport::campaigns {
namespace {

class CapsTest : public ::testing::Test {
 protected:
  Verdict ask(const std::string& campaign, const Limits& limits, const Claim& claim) {
    return caps_->reserve("app", campaign, limits, {&claim, 1}, clock_.now())->front();
  }
  void reopen() {
    caps_.reset();
    store_.reset();
    store_ = records::open_rocksdb(directory_.file("records")).value();
    caps_.emplace(*store_);
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<records::Store> store_ = records::open_rocksdb(directory_.file("records")).value();
  std::optional<Caps> caps_{*store_};
};

TEST_F(CapsTest, GrantsWithinTheDayAndAgainWhenItIsOver) {
  const Limits limits{.daily = 2};
  EXPECT_EQ(ask("a", limits, {"e", "1"}), Verdict::kGranted);
  clock_.advance(kMicrosPerDay / 2);
  EXPECT_EQ(ask("b", limits, {"e", "2"}), Verdict::kGranted);
  EXPECT_EQ(ask("c", limits, {"e", "3"}), Verdict::kDailyCap);
  EXPECT_EQ(ask("c", {.daily = 3}, {"e", "4"}), Verdict::kGranted);
  EXPECT_EQ(ask("c", limits, {"other", "5"}), Verdict::kGranted);
  clock_.advance(kMicrosPerDay / 2 - 1);
  EXPECT_EQ(ask("a", {.daily = 3}, {"e", "6"}), Verdict::kDailyCap);
  clock_.advance(1);
  EXPECT_EQ(ask("a", {.daily = 3}, {"e", "6"}), Verdict::kGranted);
}

TEST_F(CapsTest, CountsWhatIsMeantForAnEndpointAndForEachCampaignByItself) {
  const Limits limits{.daily = 1, .total = 2};
  EXPECT_EQ(ask("a", limits, {"e", "1", true}), Verdict::kGranted);
  EXPECT_EQ(ask("a", limits, {"e", "2"}), Verdict::kGranted);
  EXPECT_EQ(ask("a", limits, {"e", "3"}), Verdict::kCampaignCap);
  EXPECT_EQ(ask("b", limits, {"e", "4"}), Verdict::kDailyCap);
  ASSERT_TRUE(caps_->erase_campaign("app", "a"));
  EXPECT_EQ(ask("a", {.total = 2}, {"e", "3"}), Verdict::kGranted);
}

TEST_F(CapsTest, GivesAMessageItsPlaceOnceAlsoAfterACrash) {
  const Limits limits{.daily = 2, .total = 2};
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(ask("a", limits, {"e", "1"}), Verdict::kGranted);
    reopen();
  }
  EXPECT_EQ(ask("a", limits, {"e", "2"}), Verdict::kGranted);
  EXPECT_EQ(ask("a", limits, {"e", "3"}), Verdict::kCampaignCap);
  EXPECT_EQ(ask("a", limits, {"e", "1"}), Verdict::kGranted);
}

// Ten campaigns at once, each asking for every endpoint in chunks, twice over.
TEST_F(CapsTest, HoldsWhateverRunsAtOnce) {
  constexpr int kCampaigns = 10;
  constexpr int kEndpoints = 300;
  const Limits limits{.daily = 4, .total = 1};
  std::atomic<int> granted = 0;
  std::mutex mutex;
  std::map<std::string, std::set<std::string>> messages;  // of each endpoint
  {
    std::vector<std::jthread> threads;
    for (int campaign = 0; campaign < kCampaigns; ++campaign) {
      threads.emplace_back([&, campaign] {
        Random random(static_cast<std::uint64_t>(campaign));
        for (int i = 0; i < 60; ++i) {
          std::vector<Claim> claims;
          for (int j = 0; j < 20; ++j) {
            const std::string id = std::to_string(random.below(kEndpoints));
            claims.push_back({id, std::to_string(campaign) + "/" + id});
          }
          const auto verdicts = caps_->reserve("app", std::to_string(campaign), limits, claims, clock_.now()).value();
          const std::scoped_lock lock(mutex);
          for (std::size_t j = 0; j < claims.size(); ++j) {
            if (verdicts[j] != Verdict::kGranted) continue;
            ++granted;
            messages[claims[j].key_id].insert(claims[j].message_id);
          }
        }
      });
    }
  }
  std::size_t full = 0;
  for (const auto& [endpoint, sent] : messages) {
    EXPECT_LE(sent.size(), 4U) << endpoint;
    full += sent.size() == 4 ? 1 : 0;
  }
  EXPECT_EQ(full, static_cast<std::size_t>(kEndpoints));
  EXPECT_GT(granted, kEndpoints * 4);
}

}  // namespace
}  // namespace rapport::campaigns
