#include "serving/recommenders.h"

#include <gmock/gmock.h>

#include <functional>
#include <thread>

#include "datasets/resource_job.h"
#include "serving/world_fixture.h"
#include "training/hyperparameters.h"

namespace rapport::serving {
namespace {

using datasets::Resource;
using datasets::ResourceKind;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kWeek = 7 * kMicrosPerDay;
constexpr std::string_view kMostPopular = "arn:aws:personalize:::recipe/aws-vod-most-popular";
constexpr std::string_view kTopPicks = "arn:aws:personalize:::recipe/aws-vod-top-picks";

class RecommendersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    group_ = world_.datasets_.create_dataset_group({}, {.name = "video", .domain = "VIDEO_ON_DEMAND"}).value().arn;
    const std::string schema =
        world_.datasets_
            .create_schema({},
                           {.name = "views", .schema = std::string(kInteractionsSchema), .domain = "VIDEO_ON_DEMAND"})
            .value()
            .arn;
    world_.datasets_
        .create_dataset({.name = "views", .schema_arn = schema, .group_arn = group_, .type = "Interactions"})
        .value();
    tracking_id_ = json::string_or(
        world_.serving_.event_trackers().create({.name = "video", .group_arn = group_}).value().details, "trackingId");
    world_.datasets_.register_jobs(workers_);
    world_.training_.register_jobs(workers_);
    world_.serving_.register_jobs(workers_);
    for (int user = 0; user < 40; ++user) {
      for (int view = 0; view < 5; ++view) watch(user, fmt::format("f{}", (user + view) % 10));
    }
    workers_.start();
  }

  void watch(int user, const std::string& film) {
    world_.clock_.advance(kMicrosPerSecond);
    std::vector<NewEvent> events = {world_.event(fmt::format("u{}", user), film)};
    ASSERT_TRUE(world_.serving_.intake().put_events(tracking_id_, events));
  }
  void eventually(const std::string& what, const std::function<bool()>& holds) {
    SCOPED_TRACE(what);
    while (!holds()) std::this_thread::yield();
  }
  Resource now() { return world_.catalog_.get(ResourceKind::kRecommender, arn_).value(); }
  std::string key() { return json::string_or(now().details, training::kModelKey); }
  std::string update_status() {
    const Resource resource = now();
    const json::object* update = json::find_object(resource.details, "latestRecommenderUpdate");
    return update == nullptr ? "" : json::string_or(*update, "status");
  }
  void settle(std::string_view status) {
    eventually(std::string(status), [&] { return now().status == status; });
  }
  void create(std::string_view recipe, json::object config = {}) {
    const auto made = recommenders().create({.name = "r",
                                             .group_arn = group_,
                                             .recipe_arn = std::string(recipe),
                                             .details = {{"recommenderConfig", std::move(config)}}});
    ASSERT_TRUE(made) << made.error().message;
    arn_ = made->arn;
    settle("ACTIVE");
  }
  std::vector<std::string> shown() {
    world_.clock_.advance(2 * kMicrosPerSecond);  // deployments look at their resource once a second
    const auto deployment = world_.serving_.deployments().of_recommender(arn_);
    EXPECT_TRUE(deployment) << deployment.error().message;
    const auto answer = world_.serving_.recommendations().recommend(**deployment, {.user_id = "u1", .results = 5});
    EXPECT_TRUE(answer) << answer.error().message;
    std::vector<std::string> ids;
    for (const RecommendedItem& item : answer->items) ids.push_back(item.id);
    return ids;
  }
  std::vector<jobs::Job> trainings() {
    return world_.queue_.list(training::kRecommenderTrainJob, arn_, "", 100).value();
  }
  std::size_t trainings_in(jobs::State state) {
    const auto all = trainings();
    return static_cast<std::size_t>(std::ranges::count(all, state, &jobs::Job::state));
  }
  bool model_is_there(const std::string& model) {
    return world_.store_->head({std::string(training::kModelBucket), model}).has_value();
  }
  Recommenders& recommenders() { return world_.serving_.recommenders(); }

  World world_;
  jobs::Workers workers_{world_.queue_, {.threads = 2, .lease_ms = 3'000, .poll_ms = 5}};
  std::string group_;
  std::string tracking_id_;
  std::string arn_;
};

TEST_F(RecommendersTest, IsTrainedAgainEveryWeek) {
  create(kMostPopular);
  EXPECT_THAT(shown(), Not(Contains("premiere")));
  for (int user = 0; user < 40; ++user) watch(user, "premiere");
  std::string before = key();
  EXPECT_TRUE(model_is_there(before));
  world_.clock_.advance(kWeek);
  eventually("a new model", [&] { return key() != before; });
  EXPECT_EQ(shown().front(), "premiere");
  eventually("the old model goes", [&] { return !model_is_there(before); });
  before = key();
  world_.clock_.advance(kWeek / 2);
  EXPECT_EQ(key(), before);
  world_.clock_.advance(kWeek / 2);
  eventually("another week", [&] { return key() != before; });
  EXPECT_EQ(now().status, "ACTIVE");
  EXPECT_TRUE(now().details.contains("modelMetrics"));
}

TEST_F(RecommendersTest, IsNotTrainedWhileItIsStopped) {
  create(kMostPopular);
  const std::string before = key();
  ASSERT_TRUE(recommenders().stop(arn_));
  settle("INACTIVE");
  world_.clock_.advance(5 * kWeek);
  eventually("the training that was due found itself outdated",
             [&] { return trainings_in(jobs::State::kSucceeded) == 1; });
  EXPECT_EQ(trainings().size(), 1U);
  EXPECT_EQ(key(), before);
  ASSERT_TRUE(recommenders().start(arn_));
  settle("ACTIVE");
  EXPECT_EQ(key(), before) << "a start trains nothing";
  world_.clock_.advance(kWeek);
  eventually("a new model", [&] { return key() != before; });
}

TEST_F(RecommendersTest, KeepsItsModelWhenATrainingFails) {
  create(kMostPopular);
  const std::string before = key();
  const std::string interactions =
      world_.datasets_.find_dataset(group_, datasets::DatasetType::kInteractions).value()->arn;
  ASSERT_TRUE(world_.datasets_.delete_dataset(interactions));
  world_.clock_.advance(kWeek);
  eventually("the training failed", [&] { return trainings_in(jobs::State::kFailed) == 1; });
  EXPECT_EQ(now().status, "ACTIVE");
  EXPECT_EQ(key(), before);
  EXPECT_EQ(trainings_in(jobs::State::kPending), 1U) << "and it is tried again in a week";
}

TEST_F(RecommendersTest, AnUpdateTrainsOnlyForOtherColumns) {
  create(kTopPicks, {{"itemExplorationConfig", {{"explorationWeight", "0"}}}});
  const std::string before = key();
  ASSERT_TRUE(recommenders().update(arn_, {{"minRecommendationRequestsPerSecond", 3}}));
  EXPECT_EQ(recommenders().stop(arn_).error().kind, ErrorKind::kConflict) << "while it is being updated";
  eventually("the update", [&] { return update_status() == "ACTIVE"; });
  EXPECT_EQ(key(), before);
  const Resource updated = now();
  const json::object& config = updated.details.at("recommenderConfig").as_object();
  EXPECT_EQ(config.at("minRecommendationRequestsPerSecond").as_int64(), 3);
  EXPECT_EQ(config.at("itemExplorationConfig").at("explorationWeight").as_string(), "0") << "absent members stay";

  const json::object columns{{"excludedDatasetColumns", {{"ITEMS", {"GENRES"}}}}};
  ASSERT_TRUE(recommenders().update(arn_, {{"trainingDataConfig", columns}}));
  eventually("the training", [&] { return update_status() == "ACTIVE"; });
  EXPECT_NE(key(), before);
  EXPECT_EQ(now().details.at("recommenderConfig").at("trainingDataConfig").as_object(), columns);
  EXPECT_EQ(recommenders().update(arn_, {{"itemExplorationConfig", {{"explorationWeight", "2"}}}}).error().field,
            "explorationWeight");
  EXPECT_EQ(recommenders().update("arn:aws:personalize:::recommender/none", {}).error().kind, ErrorKind::kNotFound);
}

TEST_F(RecommendersTest, ForgetsUsersWhoAreErased) {
  create(kMostPopular);
  for (int user = 100; user < 150; ++user) watch(user, "loved by those who go");
  const std::string before = key();
  world_.clock_.advance(kWeek);
  eventually("a new model", [&] { return key() != before; });
  ASSERT_EQ(shown().front(), "loved by those who go");
  ASSERT_TRUE(recommenders().stop(arn_));
  settle("INACTIVE");
  std::string users = "USER_ID\n";
  for (int user = 100; user < 150; ++user) users += fmt::format("u{}\n", user);
  ASSERT_TRUE(world_.store_->create_bucket("data"));
  ASSERT_TRUE(objects::write_object(*world_.store_, {"data", "gone.csv"}, users));
  const std::string stopped = key();
  ASSERT_TRUE(
      world_.training_.create_deletion_job({.name = "gone", .group_arn = group_, .location = "s3://data/gone.csv"}));
  eventually("a model without them", [&] { return key() != stopped; });
  EXPECT_EQ(now().status, "INACTIVE");
  ASSERT_TRUE(recommenders().start(arn_));
  settle("ACTIVE");
  EXPECT_THAT(shown(), Not(Contains("loved by those who go")));
}

TEST_F(RecommendersTest, GoesWhenTooLittleIsLeftAfterAnErasure) {
  create(kMostPopular);
  const std::string before = key();
  std::string users = "USER_ID\n";
  for (int user = 0; user < 40; ++user) users += fmt::format("u{}\n", user);
  ASSERT_TRUE(world_.store_->create_bucket("data"));
  ASSERT_TRUE(objects::write_object(*world_.store_, {"data", "gone.csv"}, users));
  ASSERT_TRUE(
      world_.training_.create_deletion_job({.name = "gone", .group_arn = group_, .location = "s3://data/gone.csv"}));
  settle("CREATE FAILED");
  EXPECT_THAT(now().failure_reason, HasSubstr("no interactions"));
  eventually("the model goes", [&] { return !model_is_there(before); });
  EXPECT_TRUE(recommenders().remove(arn_));
}

}  // namespace
}  // namespace rapport::serving
