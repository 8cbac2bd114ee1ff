#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <thread>

#include "base/text.h"
#include "datasets/resource_job.h"
#include "training/fixture_test.h"
#include "training/recipes.h"
#include "training/train_job.h"

namespace rapport::training {
namespace {

TEST_P(TrainingTest, TrainsEvaluatesAndFindsTheUsersOfAGenre) {
  import_world();
  const Resource version = trained();
  ASSERT_EQ(version.status, "ACTIVE") << version.failure_reason;
  EXPECT_THAT(version.arn, ::testing::MatchesRegex(".*:solution/s1/[0-9a-f]{8}"));
  EXPECT_GT(json::find_number(version.details, "trainingHours").value_or(0), 0);
  std::vector<std::string> names;
  const json::object metrics = training_.metrics(version.arn).value();
  for (const auto& [name, value] : metrics) {
    names.emplace_back(name);
    EXPECT_EQ(value.to_number<double>() * 1e4, std::round(value.to_number<double>() * 1e4)) << name;
  }
  EXPECT_THAT(names, UnorderedElementsAre("coverage", "hits_at_1_percent", "recall_at_1_percent"));

  const auto users = training_.infer_users(version.arn, R"(ITEMS.genres = "Action")", {.users_max = 20}).value();
  ASSERT_EQ(users.size(), 20U);
  for (const ScoredUser& user : users) EXPECT_EQ(std::stoi(user.user_id.substr(1)) % 2, 1) << user.user_id;
  EXPECT_GE(users.front().score, users.back().score);
  const auto sure =
      training_.infer_users(version.arn, R"(ITEMS.GENRES = "Action")", {.users_max = 100, .score_min = users[4].score});
  EXPECT_GE(sure->size(), 5U);
  EXPECT_LT(sure->size(), 20U);
}

TEST_P(TrainingTest, AnswersNumbersAndConjunctionsAndRefusesTheUnknown) {
  import_world();
  const Resource version = trained();
  const auto ask = [&](std::string_view query) { return training_.infer_users(version.arn, query, {}); };
  EXPECT_TRUE(ask(R"(ITEMS.YEAR = 1991 AND ITEMS.GENRES = "Action")"));
  EXPECT_TRUE(ask(R"(ITEMS.YEAR = 1991.0)"));
  EXPECT_EQ(ask(R"(ITEMS.YEAR = 1890)").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(ask(R"(ITEMS.GENRES = "Western")").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(ask(R"(ITEMS.TITLE = "Film 1")").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(ask("genres = Action").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(training_.infer_users_of_item(version.arn, "i1", {}).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(training_.infer_users("none", R"(ITEMS.GENRES = "Action")", {}).error().kind, ErrorKind::kNotFound);
}

TEST_P(TrainingTest, FindsTheUsersOfAnItem) {
  import_world();
  const Resource version =
      trained(kItemAffinity, {{"solutionConfig", {{"algorithmHyperParameters", {{"hidden_dimension", "32"}}}}}});
  ASSERT_EQ(version.status, "ACTIVE") << version.failure_reason;
  const auto users = training_.infer_users_of_item(version.arn, "i4", {.users_max = 5}).value();
  ASSERT_EQ(users.size(), 5U);
  for (const ScoredUser& user : users) EXPECT_EQ(std::stoi(user.user_id.substr(1)) % 2, 0) << user.user_id;
  EXPECT_EQ(training_.infer_users_of_item(version.arn, "i999", {}).error().kind, ErrorKind::kNotFound);
}

TEST_P(TrainingTest, SaysWhyATrainingFails) {
  const Resource without_data = trained();
  EXPECT_EQ(without_data.status, "CREATE FAILED");
  EXPECT_THAT(without_data.failure_reason, HasSubstr("has no interactions"));
  import_world(24);
  const Resource too_few = trained();
  EXPECT_EQ(too_few.status, "CREATE FAILED");
  EXPECT_EQ(too_few.failure_reason, "Create failed. Dataset has fewer than 25 users with at least 2 interactions each");
  EXPECT_EQ(training_.metrics(too_few.arn).error().kind, ErrorKind::kConflict);
}

TEST_P(TrainingTest, FiltersTheInteractionsAndTheColumns) {
  import_world();
  const Resource nothing = trained(kAttributeAffinity, {{"eventType", "Buy"}});
  EXPECT_EQ(nothing.failure_reason,
            "Create failed. Dataset has fewer than 1 interactions after filtering by event type: Buy");
  TrainingRequest request{.recipe = "aws-item-attribute-affinity", .datasets = datasets_, .dataset_group_arn = group_};
  EXPECT_EQ(load_training_data(request)->interactions.size(), 900U);
  request.filter = {.event_type = "WATCH", .event_value_at_least = 4};
  request.item_columns_excluded = {"genres"};
  const auto filtered = load_training_data(request).value();
  EXPECT_EQ(filtered.interactions.size(), 360U);
  ASSERT_EQ(filtered.attributes.columns().size(), 1U);
  EXPECT_EQ(filtered.attributes.columns()[0].name, "YEAR");
}

TEST_P(TrainingTest, RefusesSolutionsItCannotTrain) {
  const auto refused = [&](std::string_view recipe, json::object details) {
    return training_
        .create_solution(
            {.name = "x", .group_arn = group_, .recipe_arn = std::string(recipe), .details = std::move(details)})
        .error();
  };
  EXPECT_EQ(refused("arn:aws:personalize:::recipe/none", {}).kind, ErrorKind::kNotFound);
  const Error unbuilt = refused("arn:aws:personalize:::recipe/aws-hrnn", {});
  EXPECT_EQ(unbuilt.kind, ErrorKind::kInvalid);
  EXPECT_THAT(unbuilt.message, HasSubstr("aws-item-affinity, aws-item-attribute-affinity"));
  EXPECT_EQ(refused("", {}).field, "recipeArn");
  EXPECT_EQ(refused(kItemAffinity, {{"performAutoML", true}}).field, "performAutoML");
  EXPECT_EQ(refused(kItemAffinity, {{"performHPO", true}}).field, "performHPO");
  for (const std::string_view value : {"31", "257", "many"}) {
    EXPECT_EQ(
        refused(kItemAffinity, {{"solutionConfig", {{"algorithmHyperParameters", {{"hidden_dimension", value}}}}}})
            .field,
        "algorithmHyperParameters");
  }
  EXPECT_EQ(refused(kItemAffinity, {{"solutionConfig", {{"eventValueThreshold", "high"}}}}).field,
            "eventValueThreshold");
  EXPECT_EQ(training_.create_version({.solution_arn = solution().arn, .training_mode = "UPDATE"}).error().field,
            "trainingMode");
}

TEST_P(TrainingTest, StopsAVersionThatWaits) {
  const Resource version = training_.create_version({.solution_arn = solution().arn}).value();
  const Training::Progress waiting = training_.progress(version.arn).value();
  EXPECT_EQ(waiting.status, "CREATE PENDING");
  EXPECT_FALSE(waiting.share) << "it has not begun";
  EXPECT_EQ(training_.progress("arn:none").error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(training_.stop_version(version.arn));
  EXPECT_EQ(get(version).status, "CREATE STOPPED");
  EXPECT_EQ(training_.progress(version.arn)->status, "CREATE STOPPED");
  EXPECT_EQ(training_.stop_version(version.arn).error().kind, ErrorKind::kConflict);
  EXPECT_TRUE(training_.delete_solution(version.parent));
  EXPECT_EQ(catalog_.get(version.kind, version.arn).error().kind, ErrorKind::kNotFound);
}

TEST_P(TrainingTest, StopsAVersionInTraining) {
  import_world();
  workers_.stop();
  jobs::Workers workers(queue_, {.threads = 1, .lease_ms = 30, .poll_ms = 5});
  std::string seen;
  workers.handle(std::string(kTrainJob), [&](jobs::Context& context) {
    ProbeContext probe(context.job());
    probe.when_asked([&] {
      if (seen.empty()) {
        const std::string arn = json::string_or(context.job().input, "arn");
        EXPECT_TRUE(training_.stop_version(arn));
        seen = catalog_.get(ResourceKind::kSolutionVersion, arn)->status;
        while (!context.should_stop()) std::this_thread::yield();
      }
      return true;
    });
    return run_train(training_, probe);
  });
  workers.on_failure(std::string(kTrainJob), [&](sql::Session& session, const jobs::Job& job) {
    return datasets::mark_failed(session, catalog_, ResourceKind::kSolutionVersion, job);
  });
  workers.start();
  const Resource version = training_.create_version({.solution_arn = solution().arn}).value();
  EXPECT_EQ(finished(version).status, "CREATE STOPPED");
  EXPECT_EQ(seen, "CREATE STOPPING");
}

TEST_P(TrainingTest, ATrainingThatDiedBeginsAnew) {
  import_world();
  workers_.stop();
  const Resource version = training_.create_version({.solution_arn = solution().arn}).value();
  jobs::Job job = queue_.get(version.job).value();
  job.attempts = 1;
  ProbeContext first(job);
  first.die_at_save(1);  // the report of progress passes, the publication does not
  EXPECT_FALSE(run_train(training_, first));
  EXPECT_EQ(get(version).status, "CREATE IN_PROGRESS");
  jobs::Job again = first.job();
  ++again.attempts;
  ProbeContext second(again);
  EXPECT_TRUE(run_train(training_, second));
  EXPECT_EQ(get(version).status, "ACTIVE");
  EXPECT_EQ(store_->list(std::string(kModelBucket), {.prefix = ""})->objects.size(), 2U) << "a model and its report";
  ProbeContext third(first.job());
  EXPECT_TRUE(run_train(training_, third));
  EXPECT_TRUE(training_.infer_users(version.arn, R"(ITEMS.GENRES = "Drama")", {}));
}

TEST_P(TrainingTest, MakesASolutionForItsOwnCallersOnce) {
  import_world();
  const Resource made = training_.ensure_solution(group_, "aws-item-attribute-affinity").value();
  EXPECT_EQ(made.name, "films-item-attribute-affinity");
  EXPECT_EQ(training_.ensure_solution(group_, "aws-item-attribute-affinity")->arn, made.arn);
  EXPECT_EQ(training_.newest_active_version(made.arn).value(), std::nullopt);
  const Resource version = finished(training_.create_version({.solution_arn = made.arn}).value());
  EXPECT_EQ(training_.newest_active_version(made.arn).value()->arn, version.arn);
  EXPECT_EQ(training_.ensure_solution("none", "aws-item-affinity").error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(training_.delete_solution(made.arn));
  while (!store_->list(std::string(kModelBucket), {.prefix = ""})->objects.empty()) std::this_thread::yield();
}

INSTANTIATE_TEST_SUITE_P(Engines, TrainingTest, ::testing::Values(Engine::kSqlite, Engine::kPostgres),
                         [](const auto& engine) { return engine.param == Engine::kSqlite ? "Sqlite" : "Postgres"; });

TEST(Recipes, AreAllListedAndFoundByTheirArns) {
  EXPECT_EQ(recipes().size(), 25U);
  for (const Recipe& recipe : recipes()) EXPECT_EQ(find_recipe(recipe.arn()), &recipe);
  EXPECT_EQ(find_recipe("arn:aws:personalize:::algorithm/aws-sims"), nullptr);
}

}  // namespace
}  // namespace rapport::training
