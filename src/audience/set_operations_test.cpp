#include "audience/set_operations.h"

#include "audience/fixture_test.h"

namespace rapport::audience {
namespace {

class SetOperationsTest : public AudienceFixture {
 protected:
  SetOperationsTest() {
    for (const char* id : {"a", "b", "c", "d"}) {
      json::array in;
      for (const char* set : {"ab", "bc", "bd"}) {
        if (std::string_view(set).find(id) != std::string_view::npos) in.emplace_back(set);
      }
      EXPECT_TRUE(endpoints().update(app_, id, {{"Attributes", {{"in", in}}}}));
    }
    for (const char* set : {"ab", "bc", "bd"}) {
      const json::object dimension = {{"Values", json::array{set}}};
      refs_.push_back({app_, create({{"Dimensions", {{"Attributes", {{"in", dimension}}}}}})});
    }
  }
  std::string create(const json::object& definition, ImportedSources imported = ImportedSources::kBesideOthers) {
    const auto created = segments().create(app_, {"s", definition, imported}, {});
    EXPECT_TRUE(created) << created.error().message;
    return created ? created->id : "";
  }
  std::vector<std::string> who(SetOperation operation) {
    return members({app_, create(definition_of(operation, refs_))});
  }

  std::vector<SegmentRef> refs_;
};

TEST_P(SetOperationsTest, CombineSegmentsThatGoOnChanging) {
  EXPECT_EQ(who(SetOperation::kUnion), (std::vector<std::string>{"a", "b", "c", "d"}));
  EXPECT_EQ(who(SetOperation::kIntersection), std::vector<std::string>{"b"});
  EXPECT_EQ(who(SetOperation::kDifference), std::vector<std::string>{"a"});
  const SegmentRef live{app_, create(definition_of(SetOperation::kDifference, refs_))};
  ASSERT_TRUE(endpoints().update(app_, "d", {{"Attributes", {{"in", json::array{"ab"}}}}}));
  EXPECT_EQ(members(live), (std::vector<std::string>{"a", "d"}));
}

TEST_P(SetOperationsTest, TakeImportedSegmentsBesideOthers) {
  Segment imported;
  ASSERT_TRUE(database_->write([&](sql::Session& session) -> Status {
    imported = TRY(segments().start_import(session, {.app = app_, .type = SegmentType::kImport, .name = "i"}));
    return {};
  }));
  ASSERT_TRUE(segments().append(app_, imported.id, {.endpoints = {"b"}, .users = {}}));
  refs_ = {refs_[0], {app_, imported.id}};
  EXPECT_EQ(who(SetOperation::kDifference), std::vector<std::string>{"a"});
  EXPECT_EQ(who(SetOperation::kIntersection), std::vector<std::string>{"b"});
  const auto refused = segments().create(app_, {"s", definition_of(SetOperation::kUnion, refs_)}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "SegmentGroups.Groups[0].SourceSegments[1]");
}

INSTANTIATE_TEST_SUITE_P(Engines, SetOperationsTest, ::testing::Values(Engines::kFiles, Engines::kPostgres), name_of);

}  // namespace
}  // namespace rapport::audience
