#include "audience/segment_search.h"

#include <algorithm>
#include <set>

#include "audience/fixture_test.h"

namespace rapport::audience {
namespace {

class SegmentSearchTest : public AudienceFixture {
 protected:
  std::string create(const std::string& name) {
    clock_.advance(kMicrosPerSecond);
    return segments().create(app_, {name, {}}, {}).value().id;
  }
  SegmentsFound search(SegmentSearch wanted) {
    wanted.app = app_;
    SegmentsFound found;
    const auto read = database_->read([&](sql::Session& session) -> Status {
      found = TRY(search_segments(session, wanted));
      return {};
    });
    EXPECT_TRUE(read) << read.error().message;
    return found;
  }
  std::vector<std::string> names(const SegmentSearch& wanted) {
    std::vector<std::string> list;
    for (const auto& one : search(wanted).segments) list.push_back(one.name);
    return list;
  }
  using Names = std::vector<std::string>;
};

TEST_P(SegmentSearchTest, FindsNamesInAnyCaseByTheirParts) {
  for (const auto* name : {"Action fans", "ÄPFEL 100%", "action_figures", "Drama"}) create(name);
  EXPECT_EQ(names({.text = "ACTION"}), (Names{"action_figures", "Action fans"}));
  EXPECT_EQ(names({.text = "äpfel"}), Names{"ÄPFEL 100%"});
  EXPECT_EQ(names({.text = "%"}), Names{"ÄPFEL 100%"});
  EXPECT_EQ(names({.text = "n_f"}), Names{"action_figures"});
  EXPECT_EQ(names({.text = "none"}), Names{});
  EXPECT_EQ(names({.order = SegmentOrder::kByName}), (Names{"Action fans", "action_figures", "Drama", "ÄPFEL 100%"}));
  EXPECT_EQ(names({.order = SegmentOrder::kOldestFirst}).front(), "Action fans");
  EXPECT_EQ(search({.text = "a"}).total, 3);
}

TEST_P(SegmentSearchTest, KnowsTheLatestNameAndTheType) {
  const auto id = create("before");
  ASSERT_TRUE(segments().update(app_, id, {"After", {}}));
  EXPECT_EQ(names({.text = "before"}), Names{});
  const auto found = search({.text = "after"});
  ASSERT_EQ(found.segments.size(), 1U);
  EXPECT_EQ(found.segments[0].version, 2);
  EXPECT_EQ(found.segments[0].id, id);
  EXPECT_TRUE(found.segments[0].ready);
  const auto copy = audience_->queries().snapshot(SegmentRef{app_, id}, "After all").value();
  EXPECT_EQ(names({.text = "after", .type = SegmentType::kImport}), Names{"After all"});
  EXPECT_EQ(names({.text = "after", .type = SegmentType::kDimensional}), Names{"After"});
  ASSERT_TRUE(segments().remove(app_, copy.id));
  EXPECT_EQ(search({}).total, 1);
}

TEST_P(SegmentSearchTest, PagesInEveryOrderWithoutGaps) {
  std::set<std::string> all;
  for (int i = 0; i < 23; ++i) {
    all.insert(segments().create(app_, {i % 3 == 0 ? "same" : "s" + std::to_string(i % 7), {}}, {}).value().id);
    if (i % 4 == 0) clock_.advance(1);
  }
  for (const auto order : {SegmentOrder::kNewestFirst, SegmentOrder::kOldestFirst, SegmentOrder::kByName}) {
    SegmentSearch wanted{.app = app_, .order = order, .limit = 4};
    std::vector<std::string> seen;
    do {
      const auto page = search(wanted);
      EXPECT_EQ(page.total, 23);
      for (const auto& one : page.segments) seen.push_back(one.id);
      wanted.token = page.next;
    } while (!wanted.token.empty());
    EXPECT_EQ(seen.size(), all.size());
    EXPECT_EQ(std::set(seen.begin(), seen.end()), all);
  }
}

TEST_P(SegmentSearchTest, RefusesATokenThatIsNone) {
  const auto refused = database_->read([&](sql::Session& session) -> Status {
    TRY(search_segments(session, {.app = app_, .token = "x"}));
    return {};
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
}

INSTANTIATE_TEST_SUITE_P(Engines, SegmentSearchTest, ::testing::Values(Engines::kFiles, Engines::kPostgres), name_of);

}  // namespace
}  // namespace rapport::audience
