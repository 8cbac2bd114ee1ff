#include "learn/action_offers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rapport::learn {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kDay = 86'400;
constexpr auto kViewed = ActionEvent::kViewed;
constexpr auto kTaken = ActionEvent::kTaken;
constexpr auto kNotTaken = ActionEvent::kNotTaken;

struct Row {
  ActionEvent event;
  double day;
};

ActionDataset one_user(const std::vector<Row>& rows, double last_day = 100) {
  ActionDataset data;
  data.base.users.add("u");
  data.base.items.add("i");
  data.actions.add("a");
  data.base.interactions.push_back({0, 0, static_cast<std::int64_t>(last_day * kDay)});
  for (const Row& row : rows) {
    data.action_interactions.push_back({0, 0, row.event, static_cast<std::int64_t>(row.day * kDay)});
  }
  return data;
}

// "3+" for an offer on day 3 that was taken, "3-" for another, "3?" when its period is not over.
std::vector<std::string> offers_of(const std::vector<Row>& rows, double last_day = 100) {
  std::vector<std::string> texts;
  for (const Offer& offer : find_offers(ActionTimelines(one_user(rows, last_day)), 1, 14)) {
    texts.push_back(std::to_string(offer.moment.time / kDay) + (offer.taken ? "+" : "-") + (offer.complete ? "" : "?"));
  }
  return texts;
}

TEST(FindOffers, AnswersBelongToTheViewBefore) {
  EXPECT_THAT(offers_of({{kViewed, 1}, {kTaken, 3}}), ElementsAre("1+"));
  EXPECT_THAT(offers_of({{kViewed, 1}, {kNotTaken, 1.01}}), ElementsAre("1-"));
  EXPECT_THAT(offers_of({{kViewed, 1}, {kNotTaken, 2}, {kTaken, 5}}), ElementsAre("1+", "5+"));
  EXPECT_THAT(offers_of({{kViewed, 1}}), ElementsAre("1-"));
}

TEST(FindOffers, AnswersWithoutAViewAreOffers) {
  EXPECT_THAT(offers_of({{kTaken, 1}, {kNotTaken, 20}}), ElementsAre("1+", "20-"));
  EXPECT_THAT(offers_of({{kViewed, 1}, {kTaken, 20}}), ElementsAre("1-", "20+")) << "the view is too long ago";
  EXPECT_THAT(offers_of({{kNotTaken, 1}, {kTaken, 10}}), ElementsAre("1+", "10+"));
}

TEST(FindOffers, ViewsOfAnHourAreOneOffer) {
  EXPECT_THAT(offers_of({{kViewed, 1}, {kViewed, 1.01}, {kTaken, 2}}), ElementsAre("1+"));
  EXPECT_THAT(offers_of({{kViewed, 1}, {kViewed, 5}, {kTaken, 8}}), ElementsAre("1+", "5+"));
  EXPECT_THAT(offers_of({{kViewed, 1}, {kViewed, 5}, {kTaken, 16}}), ElementsAre("1-", "5+"));
}

TEST(FindOffers, SaysWhichPeriodsAreOver) {
  EXPECT_THAT(offers_of({{kViewed, 80}, {kViewed, 90}}), ElementsAre("80-", "90-?"));
  EXPECT_THAT(offers_of({{kViewed, 80}, {kViewed, 90}}, 104), ElementsAre("80-", "90-"));
}

TEST(SettledOffers, LeavesOutOpenPeriodsOfActionsThatHaveEnough) {
  std::vector<Row> rows;
  for (int k = 0; k < 4; ++k) rows.push_back({k % 2 == 0 ? kTaken : kNotTaken, 1.0 + 20 * k});
  rows.push_back({kViewed, 95});
  const auto offers = find_offers(ActionTimelines(one_user(rows)), 1, 14);
  ASSERT_EQ(offers.size(), 5U);
  EXPECT_EQ(settled_offers(offers, 1, {.taken = 2, .others = 2}).size(), 4U);
  EXPECT_EQ(settled_offers(offers, 1, {.taken = 3, .others = 2}).size(), 5U);
}

TEST(ActionsWithData, CountsTheRowsOfTheLastWeeks) {
  const ActionDataset data = one_user({{kTaken, 10}, {kNotTaken, 52}, {kViewed, 51}, {kTaken, 52}});
  EXPECT_THAT(actions_with_data(data, 42, {.taken = 2, .others = 2}), ElementsAre(1));
  EXPECT_THAT(actions_with_data(data, 41, {.taken = 2, .others = 2}), ElementsAre(0));
  EXPECT_THAT(actions_with_data(data, 42, {.taken = 2, .others = 3}), ElementsAre(0));
}

TEST(ActionTimelines, ShowsWhatWasKnownBefore) {
  ActionDataset data = one_user({{kViewed, 5}, {kTaken, 3}});
  data.base.user_attributes.add("AGE", "30", 0);
  const ActionTimelines timelines(data);
  EXPECT_EQ(timelines.actions(0)[0].event, kTaken) << "by time";
  const ActionQuery query = timelines.before(0, 5 * kDay);
  EXPECT_EQ(query.actions.size(), 1U);
  EXPECT_EQ(query.history.size(), 0U);
  ASSERT_EQ(query.user.size(), 1U);
  EXPECT_EQ(query.user[0].value, "30");
  EXPECT_EQ(timelines.newest_time(), 100 * kDay);
  EXPECT_EQ(timelines.newest_action_time(), 5 * kDay);
}

}  // namespace
}  // namespace rapport::learn
