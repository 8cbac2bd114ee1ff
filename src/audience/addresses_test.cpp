// One address, one active endpoint.

#include "audience/addresses.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <thread>

#include "audience/endpoints.h"
#include "audience/keys.h"
#include "base/random.h"
#include "testing/temporary_directory.h"

namespace rapport::audience {
namespace {

const std::string kApp = "0123456789abcdef0123456789abcdef";

class AddressesTest : public ::testing::Test {
 protected:
  AddressesTest() : store_(records::open_rocksdb(directory_.file("records")).value()), endpoints_(*store_, clock_) {}

  void write(const std::string& id, const json::object& request) {
    const auto done = endpoints_.update(kApp, id, request);
    ASSERT_TRUE(done) << done.error().message;
  }
  static json::object at(std::string_view address, std::string_view channel = "EMAIL") {
    return {{"Address", address}, {"ChannelType", channel}};
  }
  bool active(const std::string& id) { return endpoints_.get(kApp, id).value().active(); }

  // What the address records say, by what the endpoints say.
  void expect_consistent() {
    std::map<std::string, std::string> expected;
    ASSERT_TRUE(endpoints_.for_each(kApp, "", [&](const Endpoint& endpoint) {
      if (const auto held = held_address(fields_of(endpoint.endpoint_record()))) {
        EXPECT_TRUE(expected.emplace(address_key(kApp, *held), endpoint.key_id()).second)
            << "a second active endpoint with the address of " << endpoint.id();
      }
      return true;
    }));
    std::map<std::string, std::string> found;
    ASSERT_TRUE(store_->scan(address_prefix(kApp), "", [&](std::string_view key, std::string_view value) {
      found.emplace(key, value);
      return true;
    }));
    EXPECT_EQ(found, expected);
  }

  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<records::Store> store_;
  Endpoints endpoints_;
};

TEST_F(AddressesTest, AWriteDeactivatesEveryOtherEndpointWithItsAddress) {
  write("a", at("x@y.org"));
  const auto date = endpoints_.get(kApp, "a").value().effective();
  clock_.advance(kMicrosPerDay);
  write("b", at("x@y.org"));
  EXPECT_FALSE(active("a"));
  EXPECT_TRUE(active("b"));
  EXPECT_EQ(endpoints_.get(kApp, "a").value().effective(), date);
  write("a", {{"Attributes", {{"team", {"red"}}}}});  // without its address: a write makes it active all the same
  EXPECT_TRUE(active("a"));
  EXPECT_FALSE(active("b"));
  expect_consistent();
}

TEST_F(AddressesTest, AnInactiveWriteDeactivatesNobodyAndFreesTheAddress) {
  write("a", at("x@y.org"));
  auto inactive = at("x@y.org");
  inactive["EndpointStatus"] = "INACTIVE";
  write("b", inactive);
  EXPECT_TRUE(active("a"));
  EXPECT_FALSE(active("b"));
  write("a", {{"EndpointStatus", "INACTIVE"}});
  expect_consistent();
  write("b", {});
  EXPECT_TRUE(active("b"));
  expect_consistent();
}

TEST_F(AddressesTest, HoldsForEachKindOfChannel) {
  write("sms", at("+491701234567", "SMS"));
  write("voice", at("+491701234567", "VOICE"));
  EXPECT_TRUE(active("sms"));
  EXPECT_TRUE(active("voice"));
  write("sandbox", at("token", "APNS_SANDBOX"));
  write("production", at("token", "APNS"));
  EXPECT_FALSE(active("sandbox"));
  expect_consistent();
}

TEST_F(AddressesTest, HoldsForEachApplication) {
  write("a", at("x@y.org"));
  ASSERT_TRUE(endpoints_.update("another", "b", at("x@y.org")));
  EXPECT_TRUE(active("a"));
}

TEST_F(AddressesTest, FollowsChangedClearedAndErasedAddresses) {
  write("a", at("x@y.org"));
  write("a", {{"Address", "z@y.org"}});
  write("b", at("x@y.org"));
  EXPECT_TRUE(active("a"));
  expect_consistent();
  write("a", {{"Address", ""}});
  expect_consistent();
  write("c", at("z@y.org"));
  ASSERT_TRUE(endpoints_.remove(kApp, "b"));
  expect_consistent();
  write("d", at("x@y.org"));
  EXPECT_TRUE(active("c"));
  ASSERT_TRUE(endpoints_.erase_application(kApp));
  expect_consistent();
}

TEST_F(AddressesTest, TheLastOfABatchWins) {
  json::array items;
  for (const char* id : {"a", "b", "c"}) {
    items.push_back({{"Id", id}, {"Address", "x@y.org"}, {"ChannelType", "EMAIL"}});
  }
  ASSERT_TRUE(endpoints_.update_batch(kApp, items));
  EXPECT_FALSE(active("a"));
  EXPECT_FALSE(active("b"));
  EXPECT_TRUE(active("c"));
  expect_consistent();
}

TEST_F(AddressesTest, AnEndpointTakenFromItsUserFreesItsAddress) {
  Endpoints limited(*store_, clock_, {.endpoints_per_user_max = 1});
  auto request = at("token-1", "GCM");
  request["User"] = {{"UserId", "u"}};
  ASSERT_TRUE(limited.update(kApp, "a", request));
  request["Address"] = "token-2";
  ASSERT_TRUE(limited.update(kApp, "b", request));
  EXPECT_FALSE(active("a"));
  EXPECT_TRUE(active("b"));
  expect_consistent();
}

TEST_F(AddressesTest, ConcurrentWritersLeaveOneActive) {
  constexpr std::uint64_t kThreads = 4;
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        Random random(thread);
        for (int round = 0; round < 150; ++round) {
          json::object request;
          if (random.below(4) != 0)
            request = at("x" + std::to_string(random.below(3)), random.below(2) ? "GCM" : "APNS");
          if (random.below(5) == 0) request["EndpointStatus"] = "INACTIVE";
          const std::string id = "e" + std::to_string(random.below(6));
          if (random.below(10) == 0) {
            (void)endpoints_.remove(kApp, id);
          } else {
            EXPECT_TRUE(endpoints_.update(kApp, id, request));
          }
        }
      });
    }
  }
  expect_consistent();
}

// The rule as plainly as it can be said: every write of an active endpoint with an address puts out the others.
TEST_F(AddressesTest, AgreesWithAPlainModel) {
  constexpr std::uint64_t kSeed = 20261122;
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  struct Plain {
    std::string address;
    std::string channel;
    bool active = true;
  };
  std::map<std::string, Plain> model;
  Random random(kSeed);
  const auto change = [&](const std::string& id) {
    json::object item{{"Id", id}};
    auto& plain = model[id];
    plain.active = random.below(5) != 0;
    if (!plain.active) item["EndpointStatus"] = "INACTIVE";
    if (random.below(2) == 0)
      item["Address"] = plain.address = random.below(6) == 0 ? "" : "x" + std::to_string(random.below(4));
    if (random.below(3) == 0) item["ChannelType"] = plain.channel = random.below(2) == 0 ? "EMAIL" : "SMS";
    for (auto& [other, endpoint] : model) {
      const bool same = endpoint.address == plain.address && endpoint.channel == plain.channel;
      if (other != id && same && plain.active && !plain.address.empty()) endpoint.active = false;
    }
    return item;
  };
  for (int step = 0; step < 300; ++step) {
    json::array items;
    for (auto count = 1 + random.below(4); count > 0; --count)
      items.push_back(change("e" + std::to_string(random.below(8))));
    ASSERT_TRUE(endpoints_.update_batch(kApp, items));
    if (random.below(6) == 0) {
      const std::string id = "e" + std::to_string(random.below(8));
      EXPECT_EQ(endpoints_.remove(kApp, id).has_value(), model.erase(id) == 1);
    }
    for (const auto& [id, plain] : model) ASSERT_EQ(active(id), plain.active) << id << " at step " << step;
    if (step % 20 == 0) expect_consistent();
  }
}

}  // namespace
}  // namespace rapport::audience
