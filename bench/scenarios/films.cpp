#include "films.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/check.h"
#include "base/file.h"
#include "base/random.h"

namespace rapport::bench {
namespace {

constexpr std::string_view kInteractionsSchema =
    R"({"type":"record","name":"Interactions","namespace":"com.amazonaws.personalize.schema","fields":[)"
    R"({"name":"USER_ID","type":"string"},{"name":"ITEM_ID","type":"string"},{"name":"TIMESTAMP","type":"long"},)"
    R"({"name":"EVENT_TYPE","type":"string"},{"name":"EVENT_VALUE","type":["null","float"]}],"version":"1.0"})";
constexpr std::string_view kItemsSchema =
    R"({"type":"record","name":"Items","namespace":"com.amazonaws.personalize.schema","fields":[)"
    R"({"name":"ITEM_ID","type":"string"},{"name":"GENRES","type":["null","string"],"categorical":true}],)"
    R"("version":"1.0"})";
constexpr std::string_view kRole = "arn:aws:iam::000000000000:role/bench";

Films generated() {
  constexpr int kUsers = 6'000;
  constexpr int kItems = 3'000;
  constexpr int kEach = 150;
  constexpr std::array kGenres = {"Action", "Comedy", "Drama", "Romance", "Horror"};
  Random random(7);
  Films data{"generated films", "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE\n", "ITEM_ID,GENRES\n"};
  for (int item = 0; item < kItems; ++item) data.items += fmt::format("{},{}\n", item, kGenres[item % kGenres.size()]);
  for (int user = 0; user < kUsers; ++user) {
    for (int n = 0; n < kEach; ++n) {
      const auto any = static_cast<int>(random.below(kItems));
      const bool to_taste = random.below(10) < 7;
      const int item =
          to_taste ? any - any % static_cast<int>(kGenres.size()) + user % static_cast<int>(kGenres.size()) : any;
      data.interactions += fmt::format("{},{},{},rating,4\n", user, item % kItems, 1'700'000'000 + n * 60 + user);
    }
  }
  return data;
}

}  // namespace

Films load_films(const Scope& scope) {
  const std::filesystem::path folder = scope.data;
  if (scope.data.empty() || !std::filesystem::exists(folder / "interactions.csv")) return generated();
  return {folder.filename().string(), read_file(folder / "interactions.csv").value(),
          read_file(folder / "items.csv").value()};
}

double until_active(Rig& rig, const std::string& operation, const std::string& member, const json::object& input) {
  const double begin = monotonic_seconds();
  wait_for([&] {
    const auto answer = rig.personalize(operation, input);
    const std::string status = json::string_or(*json::find_object(answer, member), "status");
    CHECK(status != "CREATE FAILED");
    return status == "ACTIVE";
  });
  return monotonic_seconds() - begin;
}

double import_dataset(Rig& rig, const std::string& group, ImportedDataset dataset) {
  const std::string& type = dataset.type;
  const auto schema = rig.personalize("CreateSchema", {{"name", type}, {"schema", dataset.schema}});
  const auto made = rig.personalize("CreateDataset", {{"name", type},
                                                      {"datasetGroupArn", group},
                                                      {"datasetType", type},
                                                      {"schemaArn", json::string_or(schema, "schemaArn")}});
  const std::string arn = json::string_or(made, "datasetArn");
  until_active(rig, "DescribeDataset", "dataset", {{"datasetArn", arn}});
  rig.put("films", type + ".csv", std::move(dataset.csv));
  const double begin = monotonic_seconds();
  const auto job =
      rig.personalize("CreateDatasetImportJob", {{"jobName", type},
                                                 {"datasetArn", arn},
                                                 {"dataSource", {{"dataLocation", "s3://films/" + type + ".csv"}}},
                                                 {"roleArn", kRole}});
  until_active(rig, "DescribeDatasetImportJob", "datasetImportJob",
               {{"datasetImportJobArn", json::string_or(job, "datasetImportJobArn")}});
  return monotonic_seconds() - begin;
}

std::string deploy(Rig& rig, const std::string& version) {
  const auto made = rig.personalize("CreateCampaign", {{"name", "bench"}, {"solutionVersionArn", version}});
  const std::string arn = json::string_or(made, "campaignArn");
  const double seconds = until_active(rig, "DescribeCampaign", "campaign", {{"campaignArn", arn}});
  print_line("campaign deployed", seconds, "s", "model and rows in memory");
  return arn;
}

std::string make_filter(Rig& rig, const std::string& group, const std::string& name, const std::string& expression) {
  const auto made =
      rig.personalize("CreateFilter", {{"name", name}, {"datasetGroupArn", group}, {"filterExpression", expression}});
  return json::string_or(made, "filterArn");
}

std::string train(Rig& rig, const std::string& group, const std::string& recipe, double& seconds) {
  const auto solution = rig.personalize("CreateSolution", {{"name", recipe},
                                                           {"datasetGroupArn", group},
                                                           {"performAutoTraining", false},
                                                           {"recipeArn", "arn:aws:personalize:::recipe/" + recipe}});
  const std::string arn = json::string_or(solution, "solutionArn");
  until_active(rig, "DescribeSolution", "solution", {{"solutionArn", arn}});
  const auto version = rig.personalize("CreateSolutionVersion", {{"solutionArn", arn}});
  const std::string version_arn = json::string_or(version, "solutionVersionArn");
  const json::object input{{"solutionVersionArn", version_arn}};
  seconds = until_active(rig, "DescribeSolutionVersion", "solutionVersion", input);
  const auto metrics = rig.personalize("GetSolutionMetrics", input);
  print_line("training " + recipe, seconds, "s", json::serialize(*json::find_object(metrics, "metrics")));
  return version_arn;
}

std::string import_films(Rig& rig, Films films) {
  rig.make_bucket("films");
  const auto rows = static_cast<double>(std::ranges::count(films.interactions, '\n') - 1);
  const auto group = json::string_or(rig.personalize("CreateDatasetGroup", {{"name", "films"}}), "datasetGroupArn");
  until_active(rig, "DescribeDatasetGroup", "datasetGroup", {{"datasetGroupArn", group}});
  const double seconds =
      import_dataset(rig, group, {"Interactions", std::string(kInteractionsSchema), std::move(films.interactions)});
  print_line(fmt::format("interactions imported, {:.0f}", rows), rows / seconds, "/s", "validated and durable");
  import_dataset(rig, group, {"Items", std::string(kItemsSchema), std::move(films.items)});
  return group;
}

}  // namespace rapport::bench
