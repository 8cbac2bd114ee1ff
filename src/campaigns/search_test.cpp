#include "campaigns/search.h"

#include <gmock/gmock.h>

#include "base/random.h"
#include "campaigns/fixture_test.h"
#include "campaigns/past.h"
#include "campaigns/statements.h"

namespace rapport::campaigns {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SearchTest : public CampaignsTest {
 protected:
  std::string make(const std::string& name, bool paused = false) {
    clock_.advance(kMicrosPerSecond);
    json::object document = request();
    document["Name"] = name;
    document["Schedule"] = json::object{{"StartTime", "2030-01-01T00:00:00Z"}, {"Frequency", "ONCE"}};
    document["IsPaused"] = paused;
    return campaigns_.create(app_, document, {})->id;
  }

  struct Answer {
    std::vector<std::string> names;
    std::int64_t total = 0;
  };
  // Every page of a search.
  Answer found(const CampaignSearch& search, std::size_t limit = 100) {
    Answer answer;
    apps::PageRequest page{.limit = limit, .after_micros = 0, .after_id = {}};
    while (true) {
      const auto part = campaigns_.search(app_, search, page).value();
      for (const Campaign& campaign : part.page.items)
        answer.names.push_back(json::string_or(campaign.request, "Name"));
      answer.total = part.total;
      if (part.page.next.empty()) return answer;
      page = apps::parse_page(std::to_string(limit), part.page.next).value();
    }
  }
};

TEST_F(SearchTest, FindsAPartOfTheNameInAnyCase) {
  make("Spring sale");
  make("Ostern ÜBERALL");
  make("spring_100%");
  EXPECT_THAT(found({.text = "SPRING"}).names, ElementsAre("spring_100%", "Spring sale"));
  EXPECT_THAT(found({.text = "über"}).names, ElementsAre("Ostern ÜBERALL"));
  EXPECT_THAT(found({.text = "_1"}).names, ElementsAre("spring_100%"));
  EXPECT_THAT(found({.text = "%"}).names, ElementsAre("spring_100%"));
  EXPECT_THAT(found({.text = "winter"}).names, IsEmpty());
  EXPECT_EQ(found({.text = "winter"}).total, 0);
  EXPECT_EQ(found({}).total, 3);
  EXPECT_EQ(campaigns_.search("another", {}, {})->total, 0);
}

TEST_F(SearchTest, KeepsToTheStateAndFollowsANewName) {
  const std::string first = make("first");
  make("second", true);
  EXPECT_THAT(found({.status = "PAUSED"}).names, ElementsAre("second"));
  EXPECT_THAT(found({.text = "first", .status = "PAUSED"}).names, IsEmpty());
  ASSERT_TRUE(campaigns_.update(app_, first, {{"Name", "Primus"}}));
  EXPECT_THAT(found({.text = "prim"}).names, ElementsAre("Primus"));
  EXPECT_THAT(found({.text = "first"}).names, IsEmpty());
  ASSERT_TRUE(campaigns_.remove(app_, first));
  EXPECT_THAT(found({.text = "prim"}).names, IsEmpty());
}

TEST_F(SearchTest, PagesInEitherOrderAsSortingWould) {
  const std::uint64_t seed = 20261122;
  Random random(seed);
  SCOPED_TRACE(seed);
  std::vector<std::string> made;
  for (int i = 0; i < 40; ++i) {
    made.push_back("n" + std::to_string(random.below(12)));
    make(made.back());
  }
  std::vector<std::string> newest(made.rbegin(), made.rend());
  std::vector<std::string> by_name = made;
  std::ranges::sort(by_name);
  for (const std::size_t limit : {1U, 7U, 40U, 100U}) {
    const Answer recent = found({}, limit);
    EXPECT_EQ(recent.names, newest);
    EXPECT_EQ(recent.total, 40);
    EXPECT_EQ(found({.order = apps::SearchOrder::kName}, limit).names, by_name);
  }
  std::erase_if(by_name, [](const std::string& name) { return name.find("n1") == name.npos; });
  EXPECT_EQ(found({.text = "N1", .order = apps::SearchOrder::kName}, 3).names, by_name);
}

TEST_F(SearchTest, NamesCampaignsOfBefore) {
  make("Old one");
  ASSERT_TRUE(database_->write("UPDATE campaigns SET name = NULL, name_key = NULL", {}));
  EXPECT_THAT(found({.text = "old"}).names, IsEmpty());
  ASSERT_TRUE(campaigns_.name_campaigns());
  EXPECT_THAT(found({.text = "old"}).names, ElementsAre("Old one"));
}

TEST_F(SearchTest, FindsWhatWasBroughtIn) {
  json::object write = request();
  write["Name"] = "History";
  const PastCampaign past{.app = app_, .id = "past", .request = write, .created = clock_.now(), .runs = {}};
  ASSERT_TRUE(database_->write([&](sql::Session& session) { return record(session, past); }));
  EXPECT_THAT(found({.text = "hist"}).names, ElementsAre("History"));
}

TEST_F(SearchTest, ListsAlarmsOfEveryCampaignNewestFirst) {
  const std::string named = make("Named");
  const auto raise = [&](const std::string& activity, const std::string& rule, const std::string& campaign,
                         std::int64_t raised) {
    ASSERT_TRUE(database_->write(kInsertAlarm, {activity, rule, campaign, app_, "detail", raised}));
  };
  raise("a1", "STUCK", named, 10);
  raise("a1", "LATE_START", named, 10);
  raise("a2", "STUCK", "gone", 20);
  std::vector<std::string> ids;
  std::vector<std::string> names;
  for (std::optional<std::string> token = ""; token;) {
    const auto page = campaigns_.alarms(app_, apps::parse_page("1", *token).value()).value();
    for (const RaisedAlarm& alarm : page.items) {
      ids.push_back(alarm.id);
      names.push_back(alarm.campaign_name);
    }
    token = page.next.empty() ? std::nullopt : std::optional(page.next);
  }
  EXPECT_THAT(ids, ElementsAre("a2/STUCK", "a1/STUCK", "a1/LATE_START"));
  EXPECT_THAT(names, ElementsAre("", "Named", "Named"));
  EXPECT_THAT(campaigns_.alarms("another", {})->items, IsEmpty());
}

}  // namespace
}  // namespace rapport::campaigns
