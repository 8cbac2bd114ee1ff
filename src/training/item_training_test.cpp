// Recipes of items from import to model: training, tuning, updating, schedules, reports.

#include "learn/item_evaluation.h"
#include "training/fixture_test.h"

namespace rapport::training {
namespace {

TEST_P(TrainingTest, TrainsItemRecipesAndKeepsTheirReports) {
  import_world();
  for (const std::string_view recipe : {"aws-popularity-count", "aws-trending-now", "aws-sims", "aws-similar-items",
                                        "aws-user-personalization-v2", "aws-personalized-ranking"}) {
    const Resource version = trained(recipe_arn(recipe));
    ASSERT_EQ(version.status, "ACTIVE") << recipe << ": " << version.failure_reason;
    const auto model = training_.item_model(version.arn);
    ASSERT_TRUE(model) << recipe << ": " << model.error().message;
    EXPECT_EQ((*model)->recipe(), recipe);
    EXPECT_EQ((*model)->items().size(), static_cast<std::uint32_t>(kItems));
    const json::object metrics = training_.metrics(version.arn).value();
    for (const std::string_view key : {"coverage", "mean_reciprocal_rank_at_25", "precision_at_5", "precision_at_25",
                                       "normalized_discounted_cumulative_gain_at_10"}) {
      EXPECT_TRUE(metrics.contains(key)) << recipe << " lacks " << key;
    }
    EXPECT_EQ(metrics.contains("trend_prediction_accuracy"), recipe == "aws-trending-now");
    const json::object report = training_.report(version.arn).value();
    EXPECT_EQ(report.at("data").at("interactions").to_number<int>(), kUsers * 15);
    EXPECT_TRUE(report.contains("baselines") && report.contains("learningCurve") && report.contains("influence"));
    EXPECT_FALSE(training_.action_model(version.arn));
    EXPECT_FALSE(training_.infer_users(version.arn, R"(ITEMS.genres = "Action")", {}));
  }
  EXPECT_FALSE(training_.item_model(trained(kItemAffinity).arn));
}

TEST_P(TrainingTest, RelatedItemsShareTheTasteOfTheItem) {
  import_world();
  const auto model = training_.item_model(trained(recipe_arn("aws-similar-items")).arn).value();
  std::vector<float> scores(model->items().size());
  const std::uint32_t asked = *model->items().find("i4");
  model->score({.history = {}, .user = {}, .item = asked}, scores);
  int drama = 0;
  for (const std::uint32_t item : learn::top_items(scores, 8, {})) {
    const std::string id(model->items().at(item));
    drama += (id.back() - '0') % 2 == 0 ? 1 : 0;
    EXPECT_NE(item, asked);
  }
  EXPECT_GE(drama, 7);
}

TEST_P(TrainingTest, TunesWithinTheRangesAndChoosesARecipe) {
  import_world();
  const json::array ranges = {
      json::object{{"name", "popularity_discount_factor"}, {"minValue", 0.2}, {"maxValue", 0.4}}};
  json::object config;
  config["hpoConfig"] =
      json::object{{"hpoResourceConfig", json::object{{"maxNumberOfTrainingJobs", "3"}}},
                   {"algorithmHyperParameterRanges", json::object{{"continuousHyperParameterRanges", ranges}}}};
  const Resource tuned = trained(recipe_arn("aws-sims"), {{"performHPO", true}, {"solutionConfig", config}});
  ASSERT_EQ(tuned.status, "ACTIVE") << tuned.failure_reason;
  EXPECT_TRUE(json::find_object(tuned.details, "tunedHPOParams") != nullptr);
  EXPECT_EQ(training_.report(tuned.arn).value().at("tuning").as_array().size(), 3U);

  const Resource automatic =
      finished(training_.create_version({.solution_arn = solution("", {{"performAutoML", true}}).arn}).value());
  ASSERT_EQ(automatic.status, "ACTIVE") << automatic.failure_reason;
  const Resource chooser = catalog_.get(ResourceKind::kSolution, automatic.parent).value();
  EXPECT_EQ(json::string_or(*json::find_object(chooser.details, "autoMLResult"), "bestRecipeArn"),
            json::string_or(automatic.details, "recipeArn"));
}

TEST_P(TrainingTest, AnObjectivePrefersItemsWithMuchOfItsColumn) {
  import_world();
  const auto with = [](std::string_view column, std::string_view sensitivity) {
    return json::object{
        {"solutionConfig",
         {{"optimizationObjective", {{"itemAttribute", column}, {"objectiveSensitivity", sensitivity}}}}}};
  };
  std::vector<double> years;
  for (const std::string_view sensitivity : {"OFF", "HIGH"}) {
    const Resource version = trained(recipe_arn("aws-user-personalization"), with("year", sensitivity));
    ASSERT_EQ(version.status, "ACTIVE") << version.failure_reason;
    const double rewards = json::find_number(training_.metrics(version.arn).value(), "average_rewards_at_k").value();
    EXPECT_GT(rewards, 0);
    EXPECT_LE(rewards, 1);
    const auto model = training_.item_model(version.arn).value();
    std::vector<float> scores(model->items().size());
    model->score({}, scores);
    double sum = 0;  // an item's year is its number modulo four
    for (const std::uint32_t item : learn::top_items(scores, 10, {})) {
      sum += std::stoi(std::string(model->items().at(item).substr(1))) % 4;
    }
    years.push_back(sum);
  }
  EXPECT_GT(years[1], years[0] + 3);
  const auto refused = [&](std::string_view recipe, json::object details) {
    return training_
        .create_solution(
            {.name = "x", .group_arn = group_, .recipe_arn = recipe_arn(recipe), .details = std::move(details)})
        .error()
        .field;
  };
  EXPECT_EQ(refused("aws-user-personalization-v2", with("YEAR", "LOW")), "optimizationObjective");
  EXPECT_EQ(refused("aws-user-personalization", with("GENRES", "LOW")), "optimizationObjective");
  EXPECT_EQ(refused("aws-user-personalization", with("PRICE", "LOW")), "optimizationObjective");
  EXPECT_EQ(refused("aws-user-personalization", with("YEAR", "MUCH")), "optimizationObjective");
}

TEST_P(TrainingTest, AnUpdateAddsTheItemsThatCameSince) {
  import_world();
  const Resource made = solution(recipe_arn("aws-user-personalization"));
  EXPECT_EQ(training_.create_version({.solution_arn = made.arn, .training_mode = "UPDATE"}).error().field,
            "trainingMode");
  ASSERT_EQ(finished(training_.create_version({.solution_arn = made.arn}).value()).status, "ACTIVE");
  put("items.csv", "ITEM_ID,GENRES,YEAR,TITLE\ni0,Drama|Film,1990,Film 0\nnew,Action|Film,1991,New\n");
  import_file("ITEMS", "items.csv");
  const Resource updated =
      finished(training_.create_version({.solution_arn = made.arn, .training_mode = "UPDATE"}).value());
  ASSERT_EQ(updated.status, "ACTIVE") << updated.failure_reason;
  const auto model = training_.item_model(updated.arn).value();
  EXPECT_TRUE(model->items().find("new"));
  EXPECT_EQ(model->items().size(), static_cast<std::uint32_t>(kItems + 1));
  EXPECT_FALSE(training_.metrics(updated.arn)->empty());
}

TEST_P(TrainingTest, TrainsOnScheduleUnlessSomebodyDid) {
  import_world();
  const json::object config{{"autoTrainingConfig", {{"schedulingExpression", "rate(2 days)"}}}};
  const Resource made =
      solution(recipe_arn("aws-popularity-count"), {{"performAutoTraining", true}, {"solutionConfig", config}});
  const auto versions = [&] {
    return catalog_.list(ResourceKind::kSolutionVersion, made.arn, {.token = {}})->resources;
  };
  const auto await_versions = [&](std::size_t count) {
    while (versions().size() < count || datasets::is_being_created(versions().back().status)) std::this_thread::yield();
  };
  EXPECT_TRUE(versions().empty());
  clock_.advance(3601 * kMicrosPerSecond);
  await_versions(1);
  EXPECT_EQ(json::string_or(versions().front().details, "trainingType"), "AUTOMATIC");
  clock_.advance(2 * kMicrosPerDay + kMicrosPerSecond);
  await_versions(2);
  ASSERT_TRUE(training_.update_solution(made.arn, {{"performAutoTraining", false}}));
  clock_.advance(2 * kMicrosPerDay + kMicrosPerSecond);
  const Resource manual = finished(training_.create_version({.solution_arn = made.arn}).value());
  EXPECT_EQ(json::string_or(manual.details, "trainingType"), "MANUAL");
  EXPECT_EQ(versions().size(), 3U);
  EXPECT_EQ(training_
                .update_solution(made.arn, {{"performAutoTraining", true},
                                            {"solutionUpdateConfig",
                                             {{"autoTrainingConfig", {{"schedulingExpression", "rate(31 days)"}}}}}})
                .error()
                .field,
            "schedulingExpression");
}

INSTANTIATE_TEST_SUITE_P(Engines, TrainingTest, ::testing::Values(Engine::kSqlite, Engine::kPostgres),
                         [](const auto& engine) { return engine.param == Engine::kSqlite ? "Sqlite" : "Postgres"; });

}  // namespace
}  // namespace rapport::training
