#include "training/action_data.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <thread>

#include "datasets/resource_job.h"
#include "learn/action_world.h"
#include "testing/temporary_directory.h"
#include "training/recipes.h"
#include "training/report.h"
#include "training/training.h"

namespace rapport::training {
namespace {

using datasets::Resource;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kNextBestAction = "arn:aws:personalize:::recipe/aws-next-best-action";
constexpr std::string_view kArn = "arn:aws:personalize:us-east-1:000000000000:dataset/shop/";

// The made shop (learn/action_world.h) as the files of a dataset group.
class ActionDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sql::migrate(*database_, jobs::migrations()));
    ASSERT_TRUE(sql::migrate(*database_, datasets::migrations()));
    ASSERT_TRUE(store_->create_bucket("data"));
    datasets_.register_jobs(workers_);
    training_.register_jobs(workers_);
    group_ = datasets_.create_dataset_group({}, {.name = "shop"}).value().arn;
    workers_.start();
    import("Interactions", R"({"name":"USER_ID","type":"string"},{"name":"ITEM_ID","type":"string"},
        {"name":"TIMESTAMP","type":"long"},{"name":"EVENT_TYPE","type":"string"})",
           interactions());
    import("Users", R"({"name":"USER_ID","type":"string"},{"name":"AGE","type":"int"},
        {"name":"CHANNEL","type":"string","categorical":true},{"name":"NAME","type":"string"})",
           users());
    import("Items", R"({"name":"ITEM_ID","type":"string"},{"name":"CATEGORY","type":"string","categorical":true})",
           items());
  }
  void TearDown() override { workers_.stop(); }

  void import_actions() {
    import("Actions", R"({"name":"ACTION_ID","type":"string"},{"name":"VALUE","type":["null","long"]},
        {"name":"TYPE","type":["null","string"]})",
           actions());
  }
  void import_answers() {
    import("Action_Interactions", R"({"name":"USER_ID","type":"string"},{"name":"ACTION_ID","type":"string"},
        {"name":"EVENT_TYPE","type":"string"},{"name":"TIMESTAMP","type":"long"})",
           answers());
  }

  std::string interactions() const {
    std::string rows = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n";
    for (std::size_t k = 0; k < world_.data.base.interactions.size(); ++k) {
      const auto& row = world_.data.base.interactions[k];
      rows += fmt::format("u{},i{},{},{}\n", row.user + 1, row.item + 1, row.time,
                          world_.data.event_types.at(world_.data.event_types_met[k]));
    }
    return rows;
  }
  std::string users() const {
    std::string rows = "USER_ID,AGE,CHANNEL,NAME\n";
    for (std::size_t user = 0; user < world_.facts.size(); ++user) {
      rows += fmt::format("u{},{},{},Somebody\n", user + 1, world_.facts[user][0].value, world_.facts[user][1].value);
    }
    return rows;
  }
  std::string items() const {
    std::string rows = "ITEM_ID,CATEGORY\n";
    for (const auto& value : world_.data.base.attributes.columns()[0].values) {
      for (const std::uint32_t item : value.items) rows += fmt::format("i{},{}\n", item + 1, value.value);
    }
    return rows;
  }
  std::string actions() const {
    std::string rows = "ACTION_ID,VALUE,TYPE\n";
    for (const auto& value : world_.data.action_attributes.columns()[0].values) {
      for (const std::uint32_t action : value.items) {
        rows += fmt::format("{},5,{}\n", world_.data.actions.at(action), value.value);
      }
    }
    return rows;
  }
  std::string answers() const {
    static constexpr std::array<const char*, 3> kSpellings = {"TAKEN", "Not taken", "Viewed"};
    std::string rows = "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP\n";
    for (const auto& row : world_.data.action_interactions) {
      rows += fmt::format("u{},{},{},{}\n", row.user + 1, world_.data.actions.at(row.action),
                          kSpellings[static_cast<std::size_t>(row.event)], row.time);
    }
    return rows + "u1,no-such-action,Taken,1759000000\n";
  }

  void import(const std::string& type, const std::string& fields, const std::string& rows) {
    const auto schema = datasets_.create_schema(
        {}, {.name = type, .schema = R"({"type":"record","name":")" + type + R"(","fields":[)" + fields + "]}"});
    ASSERT_TRUE(schema) << schema.error().message;
    const auto dataset =
        datasets_.create_dataset({.name = type, .schema_arn = schema->arn, .group_arn = group_, .type = type});
    ASSERT_TRUE(dataset) << dataset.error().message;
    ASSERT_TRUE(objects::write_object(*store_, {"data", type + ".csv"}, rows));
    const auto job = datasets_.create_import_job(
        {.name = type, .dataset_arn = dataset->arn, .location = "s3://data/" + type + ".csv"});
    ASSERT_TRUE(job) << job.error().message;
    const Resource done = finished(*job);
    ASSERT_EQ(done.status, "ACTIVE") << done.failure_reason;
  }
  Resource finished(const Resource& resource) {
    while (true) {
      Resource now = catalog_.get(resource.kind, resource.arn).value();
      if (!datasets::is_being_created(now.status)) return now;
      std::this_thread::yield();
    }
  }
  Resource trained() {
    const auto solution =
        training_.create_solution({.name = "s", .group_arn = group_, .recipe_arn = std::string(kNextBestAction)});
    EXPECT_TRUE(solution) << solution.error().message;
    return finished(training_.create_version({.solution_arn = solution->arn}).value());
  }
  TrainingRequest request() {
    return {.recipe = "aws-next-best-action", .datasets = datasets_, .dataset_group_arn = group_};
  }

  learn::ActionWorld world_ = learn::make_action_world({.users = 450});
  test::TemporaryDirectory directory_;
  ManualClock clock_;
  std::unique_ptr<sql::Database> database_ = sql::open_sqlite(directory_.file("db")).value();
  std::unique_ptr<objects::Store> store_ = objects::open_directory(directory_.file("objects"), clock_).value();
  jobs::Queue queue_{*database_, clock_};
  datasets::Catalog catalog_{*database_, clock_};
  datasets::Datasets datasets_{catalog_, queue_, *store_};
  Training training_{datasets_, {.minimum = {.action_rows = 10}, .threads = 1}};
  jobs::Workers workers_{queue_, {.threads = 2, .lease_ms = 3'000, .poll_ms = 5}};
  std::string group_;
};

TEST_F(ActionDataTest, ReadsEverythingTheGroupHolds) {
  import_actions();
  import_answers();
  const learn::ActionDataset data = load_action_data(request()).value();
  EXPECT_EQ(data.actions.size(), 6U);
  EXPECT_EQ(data.action_interactions.size(), world_.data.action_interactions.size()) << "unknown actions left out";
  EXPECT_EQ(data.base.interactions.size(), world_.data.base.interactions.size());
  EXPECT_EQ(data.base.users.size(), 450U) << "those without interactions as well";
  EXPECT_EQ(data.event_types.size(), 2U);
  EXPECT_EQ(data.user_numbers, std::vector<std::string>{"AGE"});
  ASSERT_EQ(data.base.user_attributes.columns().size(), 2U) << "plain texts are not learned from";
  EXPECT_EQ(data.action_attributes.items("TYPE", "membership")->size(), 2U);
  EXPECT_EQ(data.action_attributes.columns().size(), 1U);
  EXPECT_EQ(data.base.attributes.columns()[0].name, "CATEGORY");
}

TEST_F(ActionDataTest, TrainsAModelThatAnswers) {
  import_actions();
  import_answers();
  const Resource version = trained();
  ASSERT_EQ(version.status, "ACTIVE") << version.failure_reason;
  const json::object metrics = training_.metrics(version.arn).value();
  std::vector<std::string> names;
  for (const auto& [name, value] : metrics) names.emplace_back(name);
  EXPECT_THAT(names, UnorderedElementsAre("coverage", "normalized_discounted_cumulative_gain_at_5",
                                          "normalized_discounted_cumulative_gain_at_10",
                                          "normalized_discounted_cumulative_gain_at_25", "precision", "recall", "auc"));
  EXPECT_EQ(metrics.at("coverage").to_number<double>(), 1);

  const auto report = training_.report(version.arn);
  ASSERT_TRUE(report) << report.error().message;
  for (const char* part : {"data", "baselines", "calibration", "calibrationError", "learningCurve", "influence"}) {
    EXPECT_NE(report->if_contains(part), nullptr) << part;
  }
  const json::object& data = report->at("data").as_object();
  EXPECT_EQ(data.at("actions").to_number<int>(), 6);
  EXPECT_EQ(data.at("actionsWithScores").to_number<int>(), 6);
  const json::object& answers = data.at("answers").at(0).as_object();
  EXPECT_GT(answers.at("taken").to_number<int>(), 50);
  EXPECT_TRUE(answers.at("hasScores").as_bool());
  const std::string page = report_html(*report, "a <model>");
  for (const char* part : {"a &lt;model&gt;", "Learning curve", "Calibration", "What the recommendations go by",
                           "What users answered", "AGE of users", "TYPE of actions", ">chance<"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
  EXPECT_THAT(page, ::testing::Not(::testing::AnyOf(HasSubstr("<script"), HasSubstr("http"))));

  const auto model = training_.action_model(version.arn).value();
  std::vector<float> young(6);
  std::vector<float> nobody(6);
  const std::vector<learn::Fact> facts = {{"AGE", "20"}, {"CHANNEL", "advert"}};
  model->score({.user = facts, .now = 1'760'000'000}, young);
  model->score({.now = 1'760'000'000}, nobody);
  const std::uint32_t app = model->actions().find("download-app").value();
  EXPECT_NE(young[app], nobody[app]) << "what is known of a user counts";
  EXPECT_LT(young[app], 1);
  EXPECT_GT(nobody[app], 0);
}

TEST_F(ActionDataTest, TrainsWithoutAnswersAndFailsWithoutActions) {
  const Resource without = trained();
  EXPECT_EQ(without.status, "CREATE FAILED");
  EXPECT_THAT(without.failure_reason, HasSubstr("no actions"));
  import_actions();
  const Resource version = finished(training_.create_version({.solution_arn = without.parent}).value());
  ASSERT_EQ(version.status, "ACTIVE") << version.failure_reason;
  std::vector<float> propensities(6, 1);
  training_.action_model(version.arn).value()->score({.now = 1'760'000'000}, propensities);
  EXPECT_THAT(propensities, ::testing::Each(0.0F));
  EXPECT_EQ(training_.item_model(version.arn).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace rapport::training
