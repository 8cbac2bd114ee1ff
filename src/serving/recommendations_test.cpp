#include "serving/recommendations.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

#include "serving/world_fixture.h"

namespace rapport::serving {
namespace {

using datasets::DatasetType;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::uint32_t kItems = 20;

// The item behind the user's last one is best, then the others by number; items of a liked genre go first when the
// context says so. Related items: those with the nearest numbers.
class NextItemModel final : public learn::ItemModel {
 public:
  NextItemModel() {
    for (std::uint32_t item = 0; item < kItems; ++item) {
      items_.add(fmt::format("i{}", item));
      popularity_.push_back(item);
    }
  }
  std::string_view recipe() const override { return "fake"; }
  const learn::Vocabulary& items() const override { return items_; }
  void score(const learn::ItemQuery& query, std::span<float> scores) const override {
    for (std::uint32_t item = 0; item < scores.size(); ++item) scores[item] = -static_cast<float>(item) / 100;
    if (query.item) scores[(*query.item + 1) % kItems] = 5;
    if (!query.history.empty()) scores[(query.history.back().item + 1) % kItems] = 5;
    for (const learn::Fact& fact : query.context) {
      if (fact.column == "BOOST") scores[*items_.find(fact.value)] = 9;
    }
  }
  std::span<const std::uint32_t> popularity() const override { return popularity_; }
  std::vector<learn::Reason> explain(const learn::ItemQuery& query, std::uint32_t, std::size_t) const override {
    if (query.history.empty()) return {};
    return {{.kind = learn::Reason::Kind::kPastItem, .item = query.history.back().item, .fact = {}, .share = 0.7F}};
  }
  std::unique_ptr<ItemModel> with_new_items(std::span<const learn::NewItem>) const override { return nullptr; }
  std::string serialize() const override { return {}; }

 private:
  learn::Vocabulary items_;
  std::vector<std::uint32_t> popularity_;
};

class RecommendationsTest : public ::testing::Test {
 protected:
  Deployment deployed(std::string_view recipe) {
    Deployment deployment{.arn = "arn:campaign", .group_arn = world_.group_};
    deployment.recipe = training::find_recipe(fmt::format("arn:aws:personalize:::recipe/{}", recipe));
    deployment.trained = deployment.items = std::make_shared<NextItemModel>();
    deployment.numbers = std::make_shared<ItemNumbers>(deployment.items->items(), 30);
    deployment.shows_metadata = true;
    return deployment;
  }
  static std::vector<std::string> ids(const ItemAnswer& answer) {
    std::vector<std::string> ids;
    for (const RecommendedItem& item : answer.items) ids.push_back(item.id);
    return ids;
  }
  std::vector<std::string> top(const Deployment& deployment, ItemRequest request, std::int64_t results = 3) {
    request.results = results;
    const auto answer = world_.serving_.recommendations().recommend(deployment, request);
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? ids(*answer) : std::vector<std::string>{};
  }
  Error refused(const Deployment& deployment, const ItemRequest& request) {
    const auto answer = world_.serving_.recommendations().recommend(deployment, request);
    EXPECT_FALSE(answer);
    return answer ? Error{} : answer.error();
  }

  World world_;
};

TEST_F(RecommendationsTest, TheNewestEventChangesTheNextAnswer) {
  const Deployment deployment = deployed("aws-user-personalization-v2");
  EXPECT_THAT(top(deployment, {.user_id = "u"}), ElementsAre("i0", "i1", "i2"));
  ASSERT_TRUE(world_.put({world_.event("u", "i7")}));
  EXPECT_THAT(top(deployment, {.user_id = "u"}), ElementsAre("i8", "i0", "i1"));
  world_.clock_.advance(kMicrosPerSecond);
  ASSERT_TRUE(world_.put({world_.event("u", "i3"), world_.event("u", "unknown to the model")}));
  EXPECT_THAT(top(deployment, {.user_id = "u"}), ElementsAre("i4", "i0", "i1"));
  EXPECT_THAT(top(deployment, {.user_id = "other"}), ElementsAre("i0", "i1", "i2"));
}

TEST_F(RecommendationsTest, OnlyEventsOfTheTrainedTypeAreHistory) {
  Deployment deployment = deployed("aws-user-personalization-v2");
  deployment.filter = {.event_type = "Purchase", .event_value_at_least = 3};
  NewEvent cheap = world_.event("u", "i9", "purchase");
  cheap.event_value = "2";
  NewEvent dear = world_.event("u", "i5", "purchase");
  dear.event_value = "3.5";
  ASSERT_TRUE(world_.put({dear}));
  world_.clock_.advance(kMicrosPerSecond);
  ASSERT_TRUE(world_.put({world_.event("u", "i7"), cheap}));
  EXPECT_THAT(top(deployment, {.user_id = "u"}, 1), ElementsAre("i6"));
}

TEST_F(RecommendationsTest, ScoresAreASoftmaxOverTheCatalogue) {
  const Deployment deployment = deployed("aws-user-personalization-v2");
  const auto all = world_.serving_.recommendations().recommend(deployment, {.user_id = "u", .results = kItems});
  ASSERT_TRUE(all);
  ASSERT_THAT(all->items, SizeIs(kItems));
  double sum = 0;
  for (const RecommendedItem& item : all->items) sum += item.score.value();
  EXPECT_NEAR(sum, 1, 1e-6);
  EXPECT_THAT(all->recommendation_id, StartsWith("RID-"));
  EXPECT_THAT(all->recommendation_id, SizeIs(40));
  const auto related = world_.serving_.recommendations().recommend(deployed("aws-sims"), {.item_id = "i3"});
  EXPECT_FALSE(related->items.front().score);
}

TEST_F(RecommendationsTest, FiltersPromotionsAndMetadata) {
  const Deployment deployment = deployed("aws-user-personalization-v2");
  std::vector<NewEntity> items;
  for (std::uint32_t item = 0; item < kItems; ++item) {
    items.push_back({.id = fmt::format("i{}", item),
                     .properties = fmt::format(R"({{"genres":"{}"}})", item % 2 == 0 ? "Even|All" : "Odd|All")});
  }
  ASSERT_TRUE(world_.put(DatasetType::kItems, items));
  const FilterUse odd{world_.filter("odd", R"(INCLUDE ItemID WHERE Items.GENRES IN ("Odd"))"), {}};
  const FilterUse any{world_.filter("any", "INCLUDE ItemID WHERE Items.GENRES IN ($G)"), {{"G", "\"Even\""}}};
  EXPECT_THAT(top(deployment, {.user_id = "u", .filter = odd}), ElementsAre("i1", "i3", "i5"));
  EXPECT_THAT(top(deployment, {.user_id = "u", .filter = any}), ElementsAre("i0", "i2", "i4"));

  const ItemRequest promoting{.user_id = "u",
                              .results = 4,
                              .filter = odd,
                              .promotion = Promotion{.name = "evens", .percent = 50, .filter = any},
                              .metadata_columns = {"genres"}};
  const auto answer = world_.serving_.recommendations().recommend(deployment, promoting);
  ASSERT_TRUE(answer) << answer.error().message;
  std::vector<std::string> promoted;
  for (const RecommendedItem& item : answer->items) {
    EXPECT_THAT(item.metadata, SizeIs(1));
    if (item.promotion.empty()) continue;
    promoted.push_back(item.id);
    EXPECT_EQ(item.reason, "Promoted item");
    EXPECT_EQ(item.metadata.front().second, "Even|All");
  }
  EXPECT_THAT(promoted, ElementsAre("i0", "i2"));
  EXPECT_THAT(ids(*answer), Contains("i1"));
  EXPECT_THAT(answer->items, SizeIs(4));
}

TEST_F(RecommendationsTest, SaysWhichItemsAFilterLeftForTheirPopularityAlone) {
  Deployment deployment = deployed("aws-user-personalization-v2");
  deployment.baseline = std::make_shared<const Baseline>(deployment.items);
  std::vector<NewEntity> items;
  for (std::uint32_t item = 0; item < kItems; ++item) {
    const std::string genre = item % 2 == 0 ? "Even" : "Odd";
    items.push_back({.id = fmt::format("i{}", item), .properties = fmt::format(R"({{"genres":"{}"}})", genre)});
  }
  ASSERT_TRUE(world_.put(DatasetType::kItems, items));
  ASSERT_TRUE(world_.put({world_.event("u", "i8")}));
  const FilterUse odd{world_.filter("odd", R"(INCLUDE ItemID WHERE Items.GENRES IN ("Odd"))"), {}};
  const auto reasons = [&](const Deployment& of, const ItemRequest& request) {
    std::vector<std::string> told;
    const auto answer = world_.serving_.recommendations().recommend(of, request);
    for (const RecommendedItem& item : answer.value().items) {
      told.push_back(item.id + " " + item.reason);
    }
    return told;
  };
  EXPECT_THAT(reasons(deployment, {.user_id = "u", .results = 3, .filter = odd}),
              ElementsAre("i9 ", "i1 Popular item", "i3 Popular item"));
  EXPECT_THAT(reasons(deployment, {.user_id = "new", .results = 2, .filter = odd}),
              ElementsAre("i1 Popular item", "i3 Popular item"));
  EXPECT_THAT(reasons(deployment, {.user_id = "u", .results = 2}), ElementsAre("i9 ", "i0 "));
  const Deployment older = deployed("aws-user-personalization");
  EXPECT_THAT(reasons(older, {.user_id = "u", .results = 2, .filter = odd}), ElementsAre("i9 ", "i1 "));
}

TEST_F(RecommendationsTest, RefusesWithTheMemberAtFault) {
  const Deployment user = deployed("aws-user-personalization-v2");
  EXPECT_EQ(refused(user, {}).field, "userId");
  EXPECT_EQ(refused(user, {.user_id = "u", .results = 501}).field, "numResults");
  EXPECT_EQ(refused(user, {.user_id = "u", .results = 51, .metadata_columns = {"GENRES"}}).field, "numResults");
  EXPECT_EQ(refused(user, {.user_id = "u", .metadata_columns = {"COLOUR"}}).field, "metadataColumns");
  EXPECT_EQ(refused(user, {.user_id = "u", .metadata_columns = std::vector<std::string>(11, "GENRES")}).field,
            "metadataColumns");
  EXPECT_EQ(refused(user, {.user_id = "u", .filter = {.arn = "", .values = {{"A", "1"}}}}).field, "filterValues");
  EXPECT_EQ(refused(user, {.user_id = "u", .filter = {.arn = "arn:aws:personalize:::filter/none", .values = {}}}).kind,
            ErrorKind::kNotFound);
  EXPECT_EQ(refused(user, {.user_id = "u", .promotion = Promotion{.name = "p"}}).field, "promotions");
  EXPECT_EQ(refused(deployed("aws-sims"), {.user_id = "u"}).field, "itemId");
  EXPECT_EQ(refused(deployed("aws-vod-more-like-x"), {.item_id = "i1"}).field, "userId");
  EXPECT_EQ(refused(deployed("aws-personalized-ranking-v2"), {.user_id = "u"}).field, "campaignArn");
  Deployment plain = deployed("aws-user-personalization");
  plain.shows_metadata = false;
  EXPECT_EQ(refused(plain, {.user_id = "u", .metadata_columns = {"GENRES"}}).field, "metadataColumns");
  EXPECT_TRUE(top(deployed("aws-trending-now"), {}, 2).size() == 2);
}

TEST_F(RecommendationsTest, RelatedItemsLeaveOutTheItemAndKnowNoUnknownOnes) {
  const Deployment deployment = deployed("aws-similar-items");
  EXPECT_THAT(top(deployment, {.item_id = "i3"}), ElementsAre("i4", "i0", "i1"));
  EXPECT_THAT(top(deployment, {.item_id = "i0"}), ElementsAre("i1", "i2", "i3"));
  EXPECT_THAT(top(deployment, {.item_id = "never seen"}), ElementsAre("i19", "i18", "i17"));  // by popularity
}

TEST_F(RecommendationsTest, ContextReachesTheModel) {
  const Deployment deployment = deployed("aws-user-personalization-v2");
  EXPECT_THAT(top(deployment, {.user_id = "u", .context = {{"BOOST", "i12"}}}, 1), ElementsAre("i12"));
  EXPECT_THAT(top(deployment, {.user_id = "u", .context = {{"UNKNOWN", "i12"}}}, 1), Not(ElementsAre("i12")));
}

TEST_F(RecommendationsTest, UseCasesDropWhatWasWatched) {
  const Deployment deployment = deployed("aws-vod-top-picks");
  ASSERT_TRUE(world_.put({world_.event("u", "i0", "Watch"), world_.event("u", "i1", "Click")}));
  EXPECT_THAT(top(deployment, {.user_id = "u"}), Not(Contains("i0")));
  EXPECT_THAT(top(deployment, {.user_id = "u"}), Contains("i1"));
}

TEST_F(RecommendationsTest, RanksAListWithUnknownItemsLast) {
  const Deployment deployment = deployed("aws-personalized-ranking-v2");
  ASSERT_TRUE(world_.put({world_.event("u", "i7")}));
  const auto answer = world_.serving_.recommendations().rank(
      deployment, {.user_id = "u", .input_list = {"i2", "new", "i8", "i2", "i1"}});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_THAT(ids(*answer), ElementsAre("i8", "i1", "i2", "new"));
  EXPECT_NEAR(*answer->items[0].score + *answer->items[1].score + *answer->items[2].score, 1, 1e-6);
  EXPECT_FALSE(answer->items[3].score);
  auto& recommendations = world_.serving_.recommendations();
  EXPECT_EQ(recommendations.rank(deployment, {.user_id = "u"}).error().field, "inputList");
  const ItemRequest too_many{.user_id = "u", .input_list = std::vector<std::string>(501, "i1")};
  EXPECT_EQ(recommendations.rank(deployment, too_many).error().field, "inputList");
  EXPECT_EQ(recommendations.rank(deployed("aws-sims"), {.user_id = "u", .input_list = {"i1"}}).error().field,
            "campaignArn");
}

TEST_F(RecommendationsTest, AnEventThatNamesARecommendationHasSeenItsList) {
  const Deployment deployment = deployed("aws-user-personalization-v2");
  const auto answer = world_.serving_.recommendations().recommend(deployment, {.user_id = "u", .results = 2});
  NewEvent event = world_.event("u", "i0");
  event.recommendation_id = answer->recommendation_id;
  ASSERT_TRUE(world_.put({event}));
  const std::string id = world_.datasets_.content(world_.dataset(DatasetType::kInteractions).arn)->id;
  ASSERT_TRUE(world_.put_rows_.for_each(id, [&](const datasets::PutRow& row) -> Status {
    EXPECT_EQ(row.cell("IMPRESSION"), "i0|i1");
    EXPECT_EQ(row.cell("EVENT_ATTRIBUTION_SOURCE"), "arn:campaign");
    return {};
  }));
}

TEST_F(RecommendationsTest, ExploresNewItemsWhenTheCampaignSaysSo) {
  Deployment deployment = deployed("aws-user-personalization");
  deployment.exploration = {.weight = 1, .age_days_max = 1};
  const std::int64_t now = world_.clock_.now().micros / kMicrosPerSecond;
  std::vector<NewEntity> items;
  for (std::uint32_t item = 0; item < kItems; ++item) {
    const std::int64_t created = item < 15 ? now - 100 * 86'400 : now;
    items.push_back({.id = fmt::format("i{}", item),
                     .properties = fmt::format(R"({{"genres":"g","creationTimestamp":{}}})", created)});
  }
  ASSERT_TRUE(world_.put(DatasetType::kItems, items));
  ASSERT_TRUE(world_.put({world_.event("somebody", "i0")}));
  int explored = 0;
  for (int round = 0; round < 50; ++round) {
    for (const std::string& id : top(deployment, {.user_id = "u"}, 3)) {
      if (std::stoi(id.substr(1)) >= 15) ++explored;
    }
  }
  EXPECT_GT(explored, 50);  // of 150 places
}

TEST_F(RecommendationsTest, IntakeRefusesWhatItDoesNotKnow) {
  std::vector<NewEvent> events = {world_.event("u", "i1")};
  EXPECT_EQ(world_.serving_.intake().put_events("nobody's", events).error().field, "trackingId");
  EXPECT_EQ(world_.put_actions(events).error().field, "eventType");
  events[0].event_type = "Taken";
  EXPECT_EQ(world_.serving_.intake().put_action_interactions("nobody's", events).error().kind, ErrorKind::kNotFound);
  EXPECT_TRUE(world_.put_actions({world_.event("u", "a1", "Not Taken")}));
  EXPECT_EQ(world_.serving_.intake()
                .put_entities(world_.dataset(DatasetType::kItems).arn, DatasetType::kUsers, {})
                .error()
                .field,
            "datasetArn");
}

}  // namespace
}  // namespace rapport::serving
