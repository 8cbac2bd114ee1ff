// Changes written as patches leave the records that changes written over what was read leave.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "audience/fixture_test.h"
#include "audience/keys.h"
#include "audience/random_world_test.h"

namespace rapport::audience {
namespace {

using Everything = std::map<std::string, std::string>;

Everything everything(records::Store& store) {
  Everything found;
  EXPECT_TRUE(store.scan("", "", [&](std::string_view key, std::string_view value) {
    found.emplace(key, value);
    return true;
  }));
  return found;
}

// Counts the patches that a store is told of.
class PatchesTest : public AudienceFixture {
 protected:
  PatchesTest() : plain_store_(records::open_rocksdb(directory_.file("plain")).value()), plain_(*plain_store_, clock_) {
    EXPECT_TRUE(store_->observe([this](std::span<const records::Batch::Change> changes) {
      for (const auto& change : changes) patches_ += change.is_patch ? 1 : 0;
    }));
  }

  // The same for both; some ids come twice.
  void update_both(RandomWorld& world) {
    json::array items;
    for (std::size_t count = 1 + world.below(6); count > 0; --count) {
      json::object item = world.request();
      if (!world.once_in(3)) {  // what an app reports of itself
        for (const auto* member : {"ChannelType", "EndpointStatus", "Location", "User"}) item.erase(member);
      }
      item["Id"] = world.endpoint_id();
      items.emplace_back(item);
      if (!world.once_in(5)) continue;
      item["Attributes"] = {{"Team", json::array()}};
      items.emplace_back(item);
    }
    const auto patched = endpoints().update_batch(app_, items);
    ASSERT_TRUE(patched) << patched.error().message;
    ASSERT_TRUE(plain_.update_batch(app_, items));
  }

  void change_both(RandomWorld& world) {
    const auto id = world.endpoint_id();
    if (world.once_in(15)) {
      EXPECT_EQ(endpoints().remove(app_, id).has_value(), plain_.remove(app_, id).has_value());
    } else if (world.once_in(100)) {
      const auto user = world.user_id();
      EXPECT_EQ(endpoints().remove_user(app_, user).has_value(), plain_.remove_user(app_, user).has_value());
    } else {
      update_both(world);
    }
    clock_.advance(1'000 + static_cast<std::int64_t>(world.below(1'000)));
  }

  std::unique_ptr<records::Store> plain_store_;
  Endpoints plain_;
  std::size_t patches_ = 0;
};

TEST_P(PatchesTest, LeaveWhatReadingLeaves) {
  for (std::uint64_t seed = 1; seed <= 5 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomWorld world(seed, clock_.now());
    for (int round = 0; round < 8 && !HasFailure(); ++round) {
      for (int change = 0; change < 60; ++change) change_both(world);
      ASSERT_EQ(everything(*store_), everything(*plain_store_));
    }
  }
  EXPECT_GT(patches_, 500U);
  store_.reset();
  store_ = records::open_rocksdb(directory_.file("records"), patch_rules()).value();
  EXPECT_EQ(everything(*store_), everything(*plain_store_));
}

TEST_P(PatchesTest, AreForEndpointsThatAreActive) {
  const auto report = [&] {
    clock_.advance(1'001);
    const std::size_t before = patches_;
    EXPECT_TRUE(endpoints().update(app_, "e", {{"Metrics", {{"Visits", 1.0}}}}));
    return patches_ - before;
  };
  EXPECT_EQ(report(), 0U);  // makes it
  std::size_t patched = 0;
  for (int times = 0; times < 100; ++times) patched += report();
  EXPECT_GT(patched, 80U);  // now and then one is written whole
  EXPECT_LT(patched, 100U);
  ASSERT_TRUE(endpoints().update(app_, "e", {{"EndpointStatus", "INACTIVE"}}));
  EXPECT_EQ(report(), 0U);
  EXPECT_TRUE(endpoints().get(app_, "e")->active());
  ASSERT_TRUE(endpoints().remove(app_, "e"));
  EXPECT_EQ(report(), 0U);
  EXPECT_EQ(endpoints().get(app_, "e")->document().at("Metrics").as_object().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Files, PatchesTest, ::testing::Values(Engines::kFiles));

}  // namespace
}  // namespace rapport::audience
