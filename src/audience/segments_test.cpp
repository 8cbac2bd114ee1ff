#include "audience/segments.h"

#include <algorithm>
#include <barrier>
#include <thread>

#include "audience/fixture_test.h"

namespace rapport::audience {
namespace {

class SegmentsTest : public AudienceFixture {
 protected:
  void put(const std::string& id, std::string_view request) {
    ASSERT_TRUE(endpoints().update(app_, id, object(request)));
  }
  std::string create(std::string_view definition) {
    const auto created = segments().create(app_, {"s", object(definition)}, {});
    EXPECT_TRUE(created) << created.error().message;
    return created ? created->id : "";
  }
  std::vector<std::string> who(std::string_view definition) { return members({app_, create(definition)}); }
  std::vector<std::string> who_by(std::string_view dimensions) {
    return who(R"({"Dimensions":)" + std::string(dimensions) + "}");
  }
  using Ids = std::vector<std::string>;
};

TEST_P(SegmentsTest, KeepsVersionsForEver) {
  const auto first = segments().create(app_, {"one", object(R"({"Dimensions":{}})")}, {{"k", "v"}}).value();
  EXPECT_EQ(first.version, 1);
  clock_.advance(kMicrosPerSecond);
  EXPECT_EQ(segments().update(app_, first.id, {"two", {}}).value().version, 2);
  const auto latest = segments().get({app_, first.id}).value();
  EXPECT_EQ(latest.name, "two");
  EXPECT_EQ(latest.definition, object(R"({"Dimensions":{}})"));
  EXPECT_EQ(latest.created, first.created);
  EXPECT_EQ(latest.modified, clock_.now());
  EXPECT_EQ(segments().get({app_, first.id, 1}).value().name, "one");
  EXPECT_EQ(segments().get({app_, first.id, 3}).error().kind, ErrorKind::kNotFound);
  const auto versions = segments().versions(app_, first.id, {}).value();
  ASSERT_EQ(versions.items.size(), 2U);
  EXPECT_EQ(versions.items[0].version, 2);
  EXPECT_EQ(segments().remove(app_, first.id).value().version, 2);
  EXPECT_EQ(segments().get({app_, first.id, 1}).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(segments().remove(app_, first.id).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(segments().update(app_, first.id, {}).error().kind, ErrorKind::kNotFound);
}

TEST_P(SegmentsTest, PagesThroughSegmentsAndVersions) {
  std::vector<std::string> made;
  for (int i = 0; i < 7; ++i) made.push_back(segments().create(app_, {"s" + std::to_string(i), {}}, {}).value().id);
  std::sort(made.begin(), made.end());
  std::vector<std::string> seen;
  std::string token;
  do {
    const auto request = apps::parse_page("3", token.empty() ? std::nullopt : std::optional<std::string_view>(token));
    const auto page = segments().list(app_, request.value()).value();
    for (const auto& segment : page.items) seen.push_back(segment.id);
    token = page.next;
  } while (!token.empty());
  EXPECT_EQ(seen, made);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(segments().update(app_, made[0], {"v", {}}));
  const auto first = segments().versions(app_, made[0], apps::parse_page("2", {}).value()).value();
  const auto second = segments().versions(app_, made[0], apps::parse_page("9", first.next).value()).value();
  EXPECT_EQ(first.items[1].version, 4);
  EXPECT_EQ(second.items.size(), 3U);
  EXPECT_EQ(second.items[0].version, 3);
  EXPECT_EQ(second.next, "");
}

TEST_P(SegmentsTest, AnswersAttributeDimensions) {
  put("a", R"({"Attributes":{"city":["New York City","Rome"],"since":["2020-12-31T10:00:00Z"]}})");
  put("b", R"({"Attributes":{"city":["Newcastle"],"since":["never"]}})");
  put("c", R"({"User":{"UserId":"u","UserAttributes":{"flag":["1"]}}})");
  EXPECT_EQ(who_by(R"({"Attributes":{"city":{"Values":["Rome","Paris"]}}})"), Ids{"a"});
  EXPECT_EQ(who_by(R"({"Attributes":{"city":{"AttributeType":"EXCLUSIVE","Values":["Rome"]}}})"), (Ids{"b", "c"}));
  EXPECT_EQ(who_by(R"({"Attributes":{"city":{"AttributeType":"CONTAINS","Values":["ew"]}}})"), (Ids{"a", "b"}));
  EXPECT_EQ(who_by(R"({"Attributes":{"city":{"AttributeType":"CONTAINS","Values":["EW"]}}})"), Ids{});
  const auto since = [&](const std::string& type, const std::string& values) {
    return who_by(R"({"Attributes":{"since":{"AttributeType":")" + type + R"(","Values":[)" + values + "]}}}");
  };
  EXPECT_EQ(since("BEFORE", R"("2021-01-01T00:00:00Z")"), Ids{"a"});
  EXPECT_EQ(since("AFTER", R"("2021-01-01T00:00:00Z")"), Ids{});
  EXPECT_EQ(since("ON", R"("2020-12-31T23:00:00Z")"), Ids{"a"});
  EXPECT_EQ(since("BETWEEN", R"("2020-12-31","2021-01-01")"), Ids{"a"});
  EXPECT_EQ(who_by(R"({"UserAttributes":{"flag":{"Values":["1"]}}})"), Ids{"c"});
  EXPECT_EQ(who_by(R"({"UserAttributes":{"flag":{"AttributeType":"EXCLUSIVE","Values":["1"]}}})"), (Ids{"a", "b"}));
}

TEST_P(SegmentsTest, AnswersMetricsPlacesChannelsAndRecency) {
  put("a",
      R"({"ChannelType":"GCM","Metrics":{"age":30},"Location":{"Country":"IT","Latitude":41.9,"Longitude":12.5}})");
  put("b", R"({"ChannelType":"EMAIL","Metrics":{"age":20},"Location":{"Country":"FR"},"Demographic":{"Make":"X"}})");
  clock_.advance(8 * kMicrosPerDay);
  put("c", R"({"ChannelType":"SMS"})");
  EXPECT_EQ(who_by(R"({"Metrics":{"age":{"ComparisonOperator":"GREATER_THAN","Value":20}}})"), Ids{"a"});
  EXPECT_EQ(who_by(R"({"Metrics":{"age":{"ComparisonOperator":"LESS_THAN_OR_EQUAL","Value":20}}})"), Ids{"b"});
  EXPECT_EQ(who_by(R"({"Demographic":{"Channel":{"Values":["PUSH","SMS"]}}})"), (Ids{"a", "c"}));
  EXPECT_EQ(who_by(R"({"Demographic":{"Make":{"DimensionType":"EXCLUSIVE","Values":["X"]}}})"), (Ids{"a", "c"}));
  EXPECT_EQ(who_by(R"({"Location":{"Country":{"Values":["FR"]}},"Demographic":{"Channel":{"Values":["EMAIL"]}}})"),
            Ids{"b"});
  const std::string point = R"({"Location":{"GPSPoint":{"Coordinates":{"Latitude":45.5,"Longitude":9.2},)";
  EXPECT_EQ(who_by(point + R"("RangeInKilometers":500}}})"), Ids{"a"});
  EXPECT_EQ(who_by(point + R"("RangeInKilometers":400}}})"), Ids{});
  EXPECT_EQ(who_by(R"({"Behavior":{"Recency":{"Duration":"DAY_7","RecencyType":"ACTIVE"}}})"), Ids{"c"});
  EXPECT_EQ(who_by(R"({"Behavior":{"Recency":{"Duration":"DAY_7","RecencyType":"INACTIVE"}}})"), (Ids{"a", "b"}));
}

TEST_P(SegmentsTest, CombinesGroupsAndSegmentsOfSegments) {
  put("a", R"({"ChannelType":"EMAIL","Metrics":{"age":30}})");
  put("b", R"({"ChannelType":"EMAIL","Metrics":{"age":20}})");
  put("c", R"({"ChannelType":"SMS","Metrics":{"age":20}})");
  EXPECT_EQ(who(R"({"SegmentGroups":{"Groups":[{"SourceType":"ANY","Type":"ANY"}],"Include":"ALL"}})"),
            (Ids{"a", "b", "c"}));
  const auto email = create(R"({"Dimensions":{"Demographic":{"Channel":{"Values":["EMAIL"]}}}})");
  const auto young = create(R"({"Dimensions":{"Metrics":{"age":{"ComparisonOperator":"EQUAL","Value":20}}}})");
  const auto of = [&](const std::string& source_type) {
    return who(R"({"SegmentGroups":{"Groups":[{"SourceType":")" + source_type + R"(","SourceSegments":[{"Id":")" +
               email + R"("},{"Id":")" + young + R"("}]}]}})");
  };
  EXPECT_EQ(of("ALL"), Ids{"b"});
  EXPECT_EQ(of("ANY"), (Ids{"a", "b", "c"}));
  EXPECT_EQ(of("NONE"), Ids{});
  EXPECT_EQ(
      who(R"({"SegmentGroups":{"Groups":[{"SourceSegments":[{"Id":")" + email + R"("}]},{"SourceSegments":[{"Id":")" +
          young + R"(","Version":1}],"SourceType":"NONE"}],"Include":"ALL"}})"),
      Ids{"a"});
}

// Both writers check against what was before them, but only one of them can close the circle.
TEST_P(SegmentsTest, NeverLetsTwoUpdatesCloseACircle) {
  for (int round = 0; round < 5; ++round) {
    const std::string made[] = {create("{}"), create("{}")};
    std::barrier start(2);
    Result<Segment> updated[2];
    const auto refer = [&](int mine) {
      start.arrive_and_wait();
      updated[mine] = segments().update(app_, made[mine], {"", object(R"({"SegmentGroups":{"Groups":[
          {"SourceSegments":[{"Id":")" + made[1 - mine] + R"("}]}]}})")});
    };
    {
      const std::jthread other([&] { refer(1); });
      refer(0);
    }
    EXPECT_NE(updated[0].has_value(), updated[1].has_value());
    EXPECT_TRUE(segments().count_members({app_, made[0]}));
  }
}

TEST_P(SegmentsTest, GivesEverySimultaneousUpdateItsVersion) {
  constexpr int kWriters = 4;
  const std::string id = create("{}");
  std::barrier start(kWriters);
  std::vector<std::string> failures(kWriters);
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < kWriters; ++i) {
      writers.emplace_back([&, i] {
        start.arrive_and_wait();
        const auto updated = segments().update(app_, id, {"by " + std::to_string(i), {}});
        if (!updated) failures[static_cast<std::size_t>(i)] = updated.error().message;
      });
    }
  }
  EXPECT_EQ(failures, std::vector<std::string>(kWriters));
  EXPECT_EQ(segments().get({app_, id}).value().version, kWriters + 1);
}

// From every position on, the rest of the members follow, whatever the kind of segment.
TEST_P(SegmentsTest, ResumesAfterEveryPosition) {
  const auto imported = [&] {
    std::vector<EndpointChange> changes;
    Segment draft{.app = app_, .type = SegmentType::kImport, .name = "i"};
    Segment segment;
    EXPECT_TRUE(database_->write([&](sql::Session& session) -> Status {
      segment = TRY(segments().start_import(session, draft));
      return {};
    }));
    for (int i = 0; i < 30; ++i) {
      const auto request = json::object{{"User", {{"UserId", "u" + std::to_string(i % 5)}}}};
      EXPECT_TRUE(endpoints().update(app_, "e" + std::to_string(i), request));
    }
    for (const char* id : {"e7", "e1"}) changes.push_back(change_of(id, {}).value());
    for (const char* user : {"u3", "u1"}) changes.push_back({"", "", user, ""});
    ApplyOptions options;
    options.membership = MembershipTarget{"m/" + app_ + "/" + segment.id + "/", 1};
    EXPECT_TRUE(endpoints().apply(app_, changes, options));
    return SegmentRef{app_, segment.id, 0};
  }();
  const SegmentRef all{app_, create("{}"), 0};
  for (const auto& ref : {imported, all}) {
    std::vector<std::string> positions;
    ASSERT_TRUE(segments().for_each_member(ref, "", [&](std::string_view position, const Endpoint&) {
      positions.emplace_back(position);
      return true;
    }));
    EXPECT_EQ(positions.size(), ref.segment == all.segment ? 30U : 13U);
    EXPECT_TRUE(std::ranges::is_sorted(positions));
    for (std::size_t i = 0; i < positions.size(); ++i) {
      EXPECT_EQ(members(ref, positions[i]).size(), positions.size() - i - 1) << positions[i];
    }
  }
}

TEST_P(SegmentsTest, ExpireWithTheirMembers) {
  EXPECT_TRUE(sql::migrate(*database_, jobs::migrations()));
  jobs::Queue queue(*database_, clock_);
  apps::Expiries expiries(*database_, queue, clock_);
  expiries.add(apps::kExpiringSegment, segments().expiring());
  Segment imported;
  ASSERT_TRUE(database_->write([&](sql::Session& session) -> Status {
    imported = TRY(segments().start_import(session, {.app = app_, .type = SegmentType::kImport, .name = "i"}));
    return {};
  }));
  const std::string members = "m/" + app_ + "/" + imported.id + "/";
  ApplyOptions options;
  options.membership = MembershipTarget{members, 1};
  const EndpointChange change = change_of("e1", {}).value();
  ASSERT_TRUE(endpoints().apply(app_, {&change, 1}, options));
  const apps::Expiring expiring{apps::kExpiringSegment, app_, imported.id};
  const apps::Expiring kept{apps::kExpiringSegment, app_, create("{}")};
  ASSERT_TRUE(expiries.put(expiring, clock_.now() + kMicrosPerSecond));
  ASSERT_TRUE(expiries.put(kept, clock_.now() + 2 * kMicrosPerSecond));
  clock_.advance(kMicrosPerSecond);
  ASSERT_TRUE(expiries.expire(expiring));
  ASSERT_TRUE(expiries.expire(kept));
  EXPECT_EQ(segments().get({app_, imported.id}).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(segments().get({app_, kept.id}));
  bool any_left = false;
  ASSERT_TRUE(store_->scan(members, "", [&](std::string_view, std::string_view) { return !(any_left = true); }));
  EXPECT_FALSE(any_left);
  // Who is deleted takes the expiry along.
  ASSERT_TRUE(segments().remove(app_, kept.id));
  EXPECT_TRUE(database_->read("SELECT id FROM expiries").value().rows.empty());
}

TEST_P(SegmentsTest, GoWithTheirApplication) {
  const auto id = create("{}");
  put("a", "{}");
  ASSERT_TRUE(applications_->remove(app_));
  EXPECT_EQ(segments().get({app_, id}).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(endpoints().get(app_, "a").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(applications_->require(app_).error().message, "Application not found");
}

INSTANTIATE_TEST_SUITE_P(Engines, SegmentsTest, ::testing::Values(Engines::kFiles, Engines::kPostgres), name_of);

}  // namespace
}  // namespace rapport::audience
