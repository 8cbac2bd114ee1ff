#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "audience/fixture_test.h"
#include "audience/keys.h"
#include "audience/naive_evaluator_test.h"
#include "audience/random_world_test.h"
#include "base/text.h"

namespace rapport::audience {
namespace {

using Ids = std::vector<std::string>;

// Random endpoints under random definitions: the index must say what the plain evaluator says.
class SegmentsPropertyTest : public AudienceFixture {
 protected:
  SegmentsPropertyTest() : seed_(GetParam() == Engines::kFiles ? 20261122 : 7), world_(seed_, clock_.now()) {
    RecordProperty("seed", std::to_string(seed_));
  }

  void change_endpoints(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string id = world_.endpoint_id();
      if (world_.once_in(10)) {
        (void)endpoints().remove(app_, id);
      } else if (world_.once_in(40)) {
        (void)endpoints().remove_user(app_, world_.user_id());
      } else {
        const auto updated = endpoints().update(app_, id, world_.request());
        ASSERT_TRUE(updated) << updated.error().message;
      }
    }
  }

  // An imported segment with endpoints and users, some of which do not exist.
  void import_segment() {
    Segment segment{.app = app_, .type = SegmentType::kImport, .name = "list"};
    const auto import = database_->write([&](sql::Session& session) -> Status {
      segment = TRY(segments().start_import(session, segment));
      return segments().finish_import(session, {app_, segment.id, segment.version}, {{"ImportDefinition", {}}});
    });
    ASSERT_TRUE(import) << import.error().message;
    records::Batch batch;
    const std::string prefix = member_prefix(app_, segment.id);
    for (int i = 0; i < 60; ++i) {
      batch.put(prefix + kEndpointMember + to_lower(world_.endpoint_id()), encode_member({1, {}}));
      if (world_.once_in(3)) batch.put(prefix + kUserMember + world_.user_id(), encode_member({1, {}}));
    }
    ASSERT_TRUE(store_->write(batch));
    sources_.push_back({{"Id", segment.id}});
    ids_.push_back(segment.id);
  }

  // Makes a segment of any definition that is not refused, and a source for those after it.
  void create_segment() {
    const auto definition = world_.definition(sources_);
    const auto created = segments().create(app_, {"s", definition}, {});
    if (!created) {
      ASSERT_EQ(created.error().kind, ErrorKind::kInvalid) << created.error().message;
      return;
    }
    ids_.push_back(created->id);
    if (!world_.once_in(5)) return;
    json::object source = {{"Id", created->id}};
    if (world_.once_in(2)) source["Version"] = 1;
    if (sources_.size() < 12) sources_.push_back(source);
  }

  Ids naive(const SegmentRef& ref) {
    NaiveEvaluator evaluator(segments().sources(), clock_.now());
    Ids ids;
    EXPECT_TRUE(endpoints().for_each(app_, "", [&](const Endpoint& endpoint) {
      if (evaluator.contains(ref, endpoint)) ids.push_back(endpoint.key_id());
      return true;
    }));
    return ids;
  }

  Ids positions(const SegmentRef& ref) {
    Ids ids;
    EXPECT_TRUE(segments().for_each_member(ref, "", [&](std::string_view position, const Endpoint&) {
      ids.emplace_back(position);
      return true;
    }));
    return ids;
  }

  void expect_same_members() {
    SCOPED_TRACE("seed " + std::to_string(seed_));
    for (const auto& id : ids_) {
      const SegmentRef ref{app_, id};
      const auto expected = naive(ref);
      ASSERT_EQ(positions(ref), expected) << json::serialize(segments().get(ref)->definition);
      EXPECT_EQ(segments().count_members(ref).value(), static_cast<std::int64_t>(expected.size()));
      EXPECT_EQ(audience_->queries().size(ref)->endpoints, expected.size());
      sizes_.insert(expected.size());
      ++cases_;
    }
  }

  void restart() {
    store_.reset();
    store_ = GetParam() == Engines::kFiles ? records::open_rocksdb(directory_.file("records"), patch_rules()).value()
                                           : records::open_postgres(records_url_).value();
    make_audience();
  }

  const std::uint64_t seed_;
  RandomWorld world_;
  std::vector<json::object> sources_;
  Ids ids_;
  std::set<std::size_t> sizes_;
  int cases_ = 0;
};

TEST_P(SegmentsPropertyTest, AgreesWithThePlainEvaluatorThroughChangesAndARestart) {
  const int segments_count = GetParam() == Engines::kFiles ? 400 : 60;
  change_endpoints(600);
  for (int i = 0; i < 3; ++i) import_segment();
  for (int i = 0; i < segments_count; ++i) create_segment();
  expect_same_members();
  for (int round = 0; round < 3; ++round) {
    change_endpoints(80);
    clock_.advance(3 * kMicrosPerDay + 1500);
    expect_same_members();
  }
  audience_->indexes().compact([] { return false; });
  expect_same_members();
  restart();
  expect_same_members();
  change_endpoints(80);
  expect_same_members();
  RecordProperty("cases", cases_);
  EXPECT_GT(sizes_.size(), 20U);
}

TEST_P(SegmentsPropertyTest, ExplainsAsItSelects) {
  change_endpoints(200);
  import_segment();
  for (int i = 0; i < 40; ++i) create_segment();
  for (const auto& id : ids_) {
    const auto members = positions({app_, id});
    ASSERT_TRUE(endpoints().for_each(app_, "", [&](const Endpoint& endpoint) {
      const auto explained = audience_->queries().explain(SegmentRef{app_, id}, std::string(endpoint.id()));
      EXPECT_TRUE(explained);
      EXPECT_EQ(explained->holds, std::ranges::binary_search(members, endpoint.key_id()));
      return !HasFailure();
    }));
  }
}

TEST_P(SegmentsPropertyTest, TellsWhoEnteredAndLeft) {
  change_endpoints(300);
  import_segment();
  for (int i = 0; i < 30; ++i) create_segment();
  std::map<std::string, std::set<std::string>> members;
  for (const auto& id : ids_) {
    const auto at_first = positions({app_, id});
    members[id] = {at_first.begin(), at_first.end()};
    ASSERT_TRUE(audience_->watches().watch({app_, id}, [&members, id](const index::Difference& difference) {
      for (const auto& key_id : difference.left) EXPECT_EQ(members[id].erase(key_id), 1U) << key_id;
      for (const auto& key_id : difference.entered) EXPECT_TRUE(members[id].insert(key_id).second) << key_id;
    }));
  }
  for (int round = 0; round < 6; ++round) {
    change_endpoints(40);
    clock_.advance(5 * kMicrosPerDay);
    audience_->watches().look();
    for (const auto& id : ids_) {
      const auto now = positions({app_, id});
      ASSERT_EQ(members[id], std::set<std::string>(now.begin(), now.end()));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, SegmentsPropertyTest, ::testing::Values(Engines::kFiles, Engines::kPostgres),
                         name_of);

}  // namespace
}  // namespace rapport::audience
