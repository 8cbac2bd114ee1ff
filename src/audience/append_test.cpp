#include <gtest/gtest.h>

#include <thread>

#include "audience/fixture_test.h"

namespace rapport::audience {
namespace {

class AppendTest : public AudienceFixture {
 protected:
  void SetUp() override {
    for (const char* id : {"E1", "e2", "e3", "e4"}) {
      const std::string user = id == std::string("e4") ? "v" : "u";
      ASSERT_TRUE(endpoints().update(app_, id, {{"ChannelType", "EMAIL"}, {"User", {{"UserId", user}}}}));
    }
    ASSERT_TRUE(database_->write([&](sql::Session& session) -> Status {
      const auto made = TRY(segments().start_import(session, {.app = app_, .type = SegmentType::kImport, .name = "s"}));
      id_ = made.id;
      return segments().finish_import(session, {app_, id_, 1}, {{"ImportDefinition", {{"Size", 0}}}});
    }));
  }

  Appended append(const Joiners& joiners) { return segments().append(app_, id_, joiners).value(); }
  const json::object& import_definition(const Appended& appended) {
    return appended.segment.definition.at("ImportDefinition").get_object();
  }

  std::string id_;
};

TEST_P(AppendTest, EndpointsAndUsersJoinInANewVersion) {
  const auto first = append({{"e1", "E2", "e2"}, {"v"}});
  EXPECT_EQ(first.segment.version, 2);
  EXPECT_EQ(first.added, 3);
  EXPECT_TRUE(first.unknown.empty());
  EXPECT_EQ(import_definition(first).at("Size"), 3);
  EXPECT_EQ(import_definition(first).at("ChannelCounts"), (json::object{{"EMAIL", 2}}));
  EXPECT_EQ(members({app_, id_}), (std::vector<std::string>{"E1", "e2", "e4"}));
  EXPECT_TRUE(members({app_, id_, 1}).empty());
  EXPECT_EQ(segments().get({app_, id_}).value().definition, first.segment.definition);
  const auto second = append({{"e3"}, {}});
  EXPECT_EQ(second.segment.version, 3);
  EXPECT_EQ(import_definition(second).at("Size"), 4);
  EXPECT_EQ(members({app_, id_}).size(), 4U);
}

TEST_P(AppendTest, WhoIsAMemberStaysOneInTheSameVersion) {
  append({{"e1"}, {"u"}});
  const auto again = append({{"E1"}, {"u"}});
  EXPECT_EQ(again.segment.version, 2);
  EXPECT_EQ(again.added, 0);
  EXPECT_EQ(segments().versions(app_, id_, {}).value().items.size(), 2U);
}

TEST_P(AppendTest, TellsWhichEndpointsAreNotThere) {
  const auto appended = append({{"e1", "ghost"}, {}});
  EXPECT_EQ(appended.unknown, std::vector<std::string>{"ghost"});
  EXPECT_EQ(appended.added, 1);
  EXPECT_FALSE(endpoints().get(app_, "ghost"));
  const auto none = append({{"ghost"}, {}});
  EXPECT_EQ(none.segment.version, 2);
  EXPECT_EQ(none.unknown.size(), 1U);
}

TEST_P(AppendTest, RefusesOtherSegmentsAndWrongIds) {
  const auto dimensional = segments().create(app_, {"all", {}}, {}).value().id;
  EXPECT_EQ(segments().append(app_, dimensional, {{"e1"}, {}}).error().field, "SegmentId");
  EXPECT_EQ(segments().append(app_, "none", {{"e1"}, {}}).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(segments().append(app_, id_, {{"e$"}, {}}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(segments().append(app_, id_, {{""}, {}}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(segments().append(app_, id_, {{}, {""}}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(segments().append(app_, id_, {std::vector<std::string>(10'001, "e1"), {}}).error().kind,
            ErrorKind::kInvalid);
  EXPECT_EQ(segments().get({app_, id_}).value().version, 1);
}

// What was appended before a crash could publish it joins with the next call.
TEST_P(AppendTest, ACallThatWasCutOffIsMadeAgain) {
  ASSERT_TRUE(database_->write([&](sql::Session& session) -> Status {
    TRY(segments().start_import(session, {.app = app_, .id = id_}));
    return {};
  }));
  ApplyOptions options;
  options.membership = MembershipTarget{"m/" + app_ + "/" + id_ + "/", 2};
  const EndpointChange change{.id = "e1", .fields = {}, .user_id = {}, .user_fields = {}};
  ASSERT_TRUE(endpoints().apply(app_, std::vector{change}, options));
  EXPECT_TRUE(members({app_, id_}).empty());
  const auto again = append({{"e1"}, {}});
  EXPECT_EQ(again.segment.version, 3);
  EXPECT_EQ(again.added, 1);
  EXPECT_EQ(members({app_, id_}), std::vector<std::string>{"E1"});
}

TEST_P(AppendTest, CallsAtTheSameTimeAllCount) {
  constexpr int kCalls = 8;
  for (int i = 0; i < kCalls; ++i) ASSERT_TRUE(endpoints().update(app_, "x" + std::to_string(i), {}));
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kCalls; ++i) {
      threads.emplace_back([this, i] { EXPECT_EQ(append({{"x" + std::to_string(i)}, {}}).added, 1); });
    }
  }
  EXPECT_EQ(members({app_, id_}).size(), std::size_t{kCalls});
  const auto latest = segments().get({app_, id_}).value();
  EXPECT_EQ(latest.version, kCalls + 1);
  EXPECT_EQ(latest.definition.at("ImportDefinition").at("Size"), kCalls);
}

INSTANTIATE_TEST_SUITE_P(Engines, AppendTest, ::testing::Values(Engines::kFiles, Engines::kPostgres), name_of);

}  // namespace
}  // namespace rapport::audience
