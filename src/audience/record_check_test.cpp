// Damage made on purpose is found, named, and repaired where it can be.

#include "audience/record_check.h"

#include <gmock/gmock.h>

#include "audience/addresses.h"
#include "audience/fixture_test.h"
#include "audience/keys.h"
#include "audience/record.h"
#include "base/random.h"

namespace rapport::audience {
namespace {

class RecordCheckTest : public AudienceFixture {
 protected:
  void SetUp() override {
    for (int i = 0; i < 6; ++i) {
      const auto number = std::to_string(i);
      ASSERT_TRUE(endpoints().update(app_, "E" + number,
                                     {{"Address", number + "@example.org"},
                                      {"ChannelType", "EMAIL"},
                                      {"Attributes", {{"team", {"red"}}}},
                                      {"User", {{"UserId", "u" + std::to_string(i / 2)}}}}));
    }
  }

  RecordCheck check(Repair repair = Repair::kNothing) { return check_records(*database_, *store_, repair).value(); }
  // What is found, and that it is repaired, or not.
  void expect(Problem problem, std::uint64_t left = 0) {
    const auto found = check();
    ASSERT_TRUE(found.problems.contains(problem)) << describe(problem);
    EXPECT_EQ(found.problems.size(), 1U);
    EXPECT_EQ(found.left, found.problems.at(problem).count);
    EXPECT_FALSE(found.problems.at(problem).examples.empty());
    EXPECT_EQ(check(Repair::kWhatCanBeRebuilt).left, left);
    EXPECT_EQ(check().left, left);
  }

  void put(const std::string& key, const std::string& value) {
    records::Batch batch;
    batch.put(key, value);
    ASSERT_TRUE(store_->write(batch));
  }
  void erase(const std::string& key) {
    records::Batch batch;
    batch.erase(key);
    ASSERT_TRUE(store_->write(batch));
  }
  std::string get(const std::string& key) { return store_->get(key).value().value_or(""); }
  std::string address_of(const std::string& key_id) {
    const auto record = get(endpoint_prefix(app_) + key_id);
    return address_key(app_, *held_address(fields_of(record)));
  }
};

TEST_P(RecordCheckTest, FindsNothingWrongInWhatWasWritten) {
  ASSERT_TRUE(endpoints().remove(app_, "e1"));
  ASSERT_TRUE(endpoints().update(app_, "e2", {{"EndpointStatus", "INACTIVE"}}));
  ASSERT_TRUE(endpoints().update(app_, "e3", {{"Address", "0@example.org"}}));
  const auto found = check();
  EXPECT_TRUE(found.problems.empty());
  EXPECT_EQ(found.left, 0U);
  EXPECT_EQ(found.endpoints, 5U);
  EXPECT_EQ(found.users, 3U);
  EXPECT_EQ(found.addresses, 3U);
}

TEST_P(RecordCheckTest, RebuildsUsersLists) {
  erase(user_prefix(app_) + "u1");
  expect(Problem::kUserLacksEndpoint);
  EXPECT_EQ(endpoints().of_user(app_, "u1").value().size(), 2U);
}

TEST_P(RecordCheckTest, TakesStrangersFromUsersLists) {
  put(user_prefix(app_) + "u2", get(user_prefix(app_) + "u1"));
  const auto found = check();
  EXPECT_EQ(found.problems.at(Problem::kUserListsOtherEndpoint).count, 2U);
  EXPECT_EQ(found.problems.at(Problem::kUserLacksEndpoint).count, 2U);
  EXPECT_EQ(check(Repair::kWhatCanBeRebuilt).left, 0U);
  EXPECT_TRUE(check().problems.empty());
  EXPECT_EQ(endpoints().of_user(app_, "u2").value().front().id(), "E4");
}

TEST_P(RecordCheckTest, RemovesUsersOfNobody) {
  put(user_prefix(app_) + "empty", get(user_prefix(app_) + "u1").substr(0, 1));
  expect(Problem::kUserWithoutEndpoints);
}

TEST_P(RecordCheckTest, RebuildsTheIndexOfAddresses) {
  erase(address_of("e0"));
  expect(Problem::kAddressNotRecorded);
  EXPECT_EQ(get(address_of("e0")), "e0");
}

TEST_P(RecordCheckTest, RemovesAddressesOfNobody) {
  put(address_key(app_, {"EMAIL", "gone@example.org"}), "e0");
  expect(Problem::kAddressOfNobody);
}

TEST_P(RecordCheckTest, LetsOneOfTwoActiveEndpointsKeepAnAddress) {
  const auto twin = get(endpoint_prefix(app_) + "e0");
  clock_.advance(kMicrosPerDay);
  ASSERT_TRUE(endpoints().update(app_, "e1", {{"Address", "0@example.org"}}));
  ASSERT_TRUE(endpoints().get(app_, "e1").value().active());
  put(endpoint_prefix(app_) + "e0", twin);
  expect(Problem::kAddressHeldTwice);
  EXPECT_FALSE(endpoints().get(app_, "e0").value().active());
  EXPECT_TRUE(endpoints().get(app_, "e1").value().active());
}

TEST_P(RecordCheckTest, ReportsWhatCannotBeRead) {
  const auto key = endpoint_prefix(app_) + "e0";
  const auto record = get(key);
  put(key, record.substr(0, record.size() - 3));
  const auto found = check(Repair::kWhatCanBeRebuilt);
  EXPECT_EQ(found.problems.at(Problem::kUnreadableEndpoint).count, 1U);
  EXPECT_EQ(get(key), record.substr(0, record.size() - 3));
  EXPECT_EQ(check().problems.at(Problem::kUnreadableEndpoint).count, 1U);
}

TEST_P(RecordCheckTest, RemovesMembersOfSegmentsThatAreGone) {
  put(member_prefix(app_, "gone") + "ee1", encode_member({.version = 1, .channel_type = "EMAIL"}));
  expect(Problem::kMembersOfNoSegment);
  EXPECT_EQ(get(member_prefix(app_, "gone") + "ee1"), "");
}

TEST_P(RecordCheckTest, RemovesWhatApplicationsLeftBehind) {
  const std::string other(32, 'f');
  put(endpoint_prefix(other) + "e0", get(endpoint_prefix(app_) + "e0"));
  expect(Problem::kRecordsOfNoApplication);
  EXPECT_EQ(get(endpoint_prefix(other) + "e0"), "");
}

TEST_P(RecordCheckTest, RemovesRowsOfSegmentsWithoutAnApplication) {
  ASSERT_TRUE(database_->write("INSERT INTO segments (app, id, type, created, latest) VALUES ($1, $2, $3, $4, $5)",
                               {"gone", "s", "DIMENSIONAL", std::int64_t{0}, std::int64_t{1}}));
  expect(Problem::kSegmentOfNoApplication);
}

// Any one record lost or cut short: never a crash, and what is repaired stays repaired.
TEST_P(RecordCheckTest, SurvivesRandomDamage) {
  constexpr std::uint64_t kSeed = 7;
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  Random random(kSeed);
  for (int round = 0; round < 30; ++round) {
    std::vector<std::pair<std::string, std::string>> all;
    ASSERT_TRUE(store_->scan("", "", [&](std::string_view key, std::string_view value) {
      all.emplace_back(key, value);
      return true;
    }));
    auto [key, value] = all[random.below(all.size())];
    switch (random.below(3)) {
      case 0: erase(key); break;
      case 1: put(key, value.substr(0, random.below(value.size()))); break;
      default: value[random.below(value.size())] = static_cast<char>(random.below(256)); put(key, value);
    }
    const auto left = check(Repair::kWhatCanBeRebuilt).left;
    EXPECT_EQ(check().left, left) << "round " << round;
    for (const auto& [kept, content] : all) {
      if (kept == key) put(key, content);
    }
    ASSERT_EQ(check(Repair::kWhatCanBeRebuilt).left, 0U) << "round " << round;
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, RecordCheckTest, ::testing::Values(Engines::kFiles, Engines::kPostgres), name_of);

}  // namespace
}  // namespace rapport::audience
