// What a campaign of actions takes up without being trained anew.

#include <gmock/gmock.h>

#include <functional>
#include <thread>

#include "serving/world_fixture.h"

namespace rapport::serving {
namespace {

using datasets::DatasetType;
using datasets::Resource;
using datasets::ResourceKind;

constexpr int kUsers = 160;

// Of two kinds of people, those who meet items of Sport take the action `upgrade`, the others seldom do.
class ActionUpdateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.training_.register_jobs(workers_);
    world_.serving_.register_jobs(workers_);
    workers_.start();
    for (int item = 0; item < 20; ++item) put_item(fmt::format("i{}", item), item % 2 == 0 ? "Sport" : "Books");
    put_action("upgrade");
    std::vector<NewEvent> visits;
    std::vector<NewEvent> answers;
    for (int number = 0; number < kUsers; ++number) {
      const std::string user = fmt::format("u{}", number);
      const bool is_sporty = number % 2 == 0;
      world_.clock_.advance(kMicrosPerSecond);
      for (int deed = 0; deed < 6; ++deed) visits.push_back(visit(user, 2 * deed + (is_sporty ? 0 : 1)));
      world_.clock_.advance(kMicrosPerSecond);
      answers.push_back(world_.event(user, "upgrade", "Viewed"));
      answers.push_back(world_.event(user, "upgrade", is_sporty && number % 10 != 0 ? "Taken" : "Not taken"));
    }
    ASSERT_TRUE(world_.put(std::move(visits)));
    ASSERT_TRUE(world_.put_actions(std::move(answers)));
    deploy();
  }

  void put_item(const std::string& id, const std::string& genre) {
    ASSERT_TRUE(
        world_.put(DatasetType::kItems, {{.id = id, .properties = fmt::format(R"({{"genres":"{}"}})", genre)}}));
  }
  void put_action(const std::string& id) {
    ASSERT_TRUE(world_.put(DatasetType::kActions, {{.id = id, .properties = R"({"value":5})"}}));
  }
  NewEvent visit(const std::string& user, int item) { return world_.event(user, fmt::format("i{}", item)); }
  void eventually(const std::function<bool()>& holds) {
    while (!holds()) std::this_thread::yield();
  }
  void settle(ResourceKind kind, const std::string& arn) {
    eventually([&] {
      const Resource now = world_.catalog_.get(kind, arn).value();
      CHECK(now.status != datasets::kCreateFailed);
      return now.status == datasets::kActive;
    });
  }
  void deploy() {
    const Resource solution = world_.training_
                                  .create_solution({.name = "s",
                                                    .group_arn = world_.group_,
                                                    .recipe_arn = "arn:aws:personalize:::recipe/aws-next-best-action"})
                                  .value();
    version_ = world_.training_.create_version({.solution_arn = solution.arn}).value().arn;
    settle(ResourceKind::kSolutionVersion, version_);
    campaign_ = world_.serving_.campaigns().create({.name = "c", .version_arn = version_}).value().arn;
    settle(ResourceKind::kCampaign, campaign_);
  }
  std::vector<RecommendedAction> asked(const std::string& user) {
    const auto deployment = world_.serving_.deployments().of_campaign(campaign_).value();
    EXPECT_EQ(deployment->version_arn, version_);
    return world_.serving_.recommendations().recommend_actions(*deployment, {.user_id = user})->actions;
  }
  double score(const std::string& user, const std::string& action = "upgrade") {
    for (const RecommendedAction& one : asked(user)) {
      if (one.id == action) return one.score;
    }
    return -1;
  }

  World world_;
  jobs::Workers workers_{world_.queue_, {}};
  std::string version_;
  std::string campaign_;
};

TEST_F(ActionUpdateTest, ANewActionIsOfferedWithoutTraining) {
  EXPECT_EQ(score("u0", "chat"), -1);
  put_action("chat");
  EXPECT_EQ(score("u0", "chat"), 0) << "explored, as nothing is known of it";
  EXPECT_GT(score("u0"), 0.5);
}

TEST_F(ActionUpdateTest, ItemsThatCameAfterTrainingTellOfWhoMeetsThem) {
  put_item("boots", "Sport");
  put_item("novel", "Books");
  std::vector<NewEvent> visits;
  for (int deed = 0; deed < 6; ++deed) {
    visits.push_back(world_.event("sporty", "boots"));
    visits.push_back(world_.event("bookish", "novel"));
  }
  ASSERT_TRUE(world_.put(std::move(visits)));
  const double unknown = score("sporty");
  EXPECT_NEAR(score("bookish"), unknown, 0.01) << "the model knows neither item yet";
  eventually([&] {
    EXPECT_TRUE(world_.serving_.tick());
    return score("sporty") != unknown;
  });
  EXPECT_GT(score("sporty"), score("bookish") + 0.2);
  const double before = score("u1");
  EXPECT_TRUE(world_.serving_.tick());
  EXPECT_EQ(score("u1"), before) << "who met none of the new items is judged as before";
  const Resource campaign = world_.catalog_.get(ResourceKind::kCampaign, campaign_).value();
  EXPECT_EQ(json::string_or(campaign.details, "solutionVersionArn"), version_) << "no version is made";
}

TEST_F(ActionUpdateTest, NewInteractionsCountAtOnce) {
  const double stranger = score("late");
  std::vector<NewEvent> visits;
  for (int deed = 0; deed < 6; ++deed) visits.push_back(visit("late", 2 * deed));
  ASSERT_TRUE(world_.put(std::move(visits)));
  EXPECT_GT(score("late"), stranger);
}

}  // namespace
}  // namespace rapport::serving
