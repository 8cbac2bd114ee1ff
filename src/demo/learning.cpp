#include "demo/learning.h"

#include <fmt/format.h>

#include <cmath>

#include "base/clock.h"
#include "base/text.h"

namespace rapport::demo {
namespace {

constexpr std::string_view kRole = "arn:aws:iam::000000000000:role/rapport-demo";
constexpr std::string_view kRecipe = "arn:aws:personalize:::recipe/aws-item-attribute-affinity";
constexpr double kWaitSecondsMax = 1800;
constexpr double kUsualImportSeconds = 3;
constexpr double kUsualTrainingSeconds = 10;

double metric(const json::object& metrics, std::string_view name) {
  return json::find_number(metrics, name).value_or(0);
}

}  // namespace

Result<json::object> Learning::wait_active(const std::string& operation, const json::object& input,
                                           const std::string& member, double usual_seconds) {
  const double began = monotonic_seconds();
  json::object description;
  TRY(wait_until(
      [&]() -> Result<bool> {
        const json::object answer = TRY(api_.personalize(operation, input));
        const json::object* found = json::find_object(answer, member);
        if (found == nullptr)
          return fail(ErrorKind::kInternal, fmt::format("{} answered without {}", operation, member));
        description = *found;
        const std::string status = json::string_or(description, "status");
        if (status == "CREATE FAILED") {
          return fail(ErrorKind::kInternal,
                      fmt::format("{} failed: {}", member, json::string_or(description, "failureReason")));
        }
        // The API tells states, not shares: the bar nears its end as the usual time passes.
        progress_.update(1 - std::exp((began - monotonic_seconds()) / usual_seconds));
        return status == "ACTIVE";
      },
      kWaitSecondsMax));
  return description;
}

Status Learning::import_table(const TableFile& table, const std::string& type) {
  const std::string name = fmt::format("{}-{}", to_lower(type), suffix_);
  const json::object schema =
      TRY(api_.personalize("CreateSchema", {{"name", name}, {"schema", json::serialize(table.schema)}}));
  const json::object dataset =
      TRY(api_.personalize("CreateDataset", {{"name", name},
                                             {"schemaArn", json::string_or(schema, "schemaArn")},
                                             {"datasetGroupArn", dataset_group_arn_},
                                             {"datasetType", type}}));
  const std::string dataset_arn = json::string_or(dataset, "datasetArn");
  TRY(wait_active("DescribeDataset", {{"datasetArn", dataset_arn}}, "dataset", kUsualImportSeconds));
  const std::string location = fmt::format("s3://{}/{}", bucket_, table.path.filename().string());
  const json::object job = TRY(api_.personalize("CreateDatasetImportJob", {{"jobName", name},
                                                                           {"datasetArn", dataset_arn},
                                                                           {"dataSource", {{"dataLocation", location}}},
                                                                           {"roleArn", kRole}}));
  TRY(wait_active("DescribeDatasetImportJob", {{"datasetImportJobArn", json::string_or(job, "datasetImportJobArn")}},
                  "datasetImportJob", kUsualImportSeconds));
  return {};
}

Status Learning::import_tables() {
  progress_.begin("Importing interactions and items");
  const json::object group = TRY(api_.personalize("CreateDatasetGroup", {{"name", "demo-" + suffix_}}));
  dataset_group_arn_ = json::string_or(group, "datasetGroupArn");
  TRY(wait_active("DescribeDatasetGroup", {{"datasetGroupArn", dataset_group_arn_}}, "datasetGroup",
                  kUsualImportSeconds));
  TRY(import_table(data_.items, "Items"));
  if (data_.users) TRY(import_table(*data_.users, "Users"));
  TRY(import_table(data_.interactions, "Interactions"));
  progress_.finish(fmt::format("{} interactions, {} items", data_.interactions.rows, data_.items.rows));
  return {};
}

Result<TrainedSolution> Learning::train() {
  progress_.begin("Training");
  // The year is data, not a question: left out, the metrics are about the asked attribute alone.
  const json::object columns{{"excludedDatasetColumns", {{"ITEMS", json::array{"YEAR"}}}}};
  const json::object solution =
      TRY(api_.personalize("CreateSolution", {{"name", "wants-" + suffix_},
                                              {"datasetGroupArn", dataset_group_arn_},
                                              {"recipeArn", kRecipe},
                                              {"performAutoTraining", false},
                                              {"solutionConfig", {{"trainingDataConfig", columns}}}}));
  TrainedSolution trained{.arn = json::string_or(solution, "solutionArn")};
  TRY(wait_active("DescribeSolution", {{"solutionArn", trained.arn}}, "solution", kUsualTrainingSeconds));
  const json::object version = TRY(api_.personalize("CreateSolutionVersion", {{"solutionArn", trained.arn}}));
  const json::object version_arn{{"solutionVersionArn", json::string_or(version, "solutionVersionArn")}};
  const json::object described =
      TRY(wait_active("DescribeSolutionVersion", version_arn, "solutionVersion", kUsualTrainingSeconds));
  trained.training_seconds = 3600 * metric(described, "trainingHours");
  const json::object answer = TRY(api_.personalize("GetSolutionMetrics", version_arn));
  if (const json::object* metrics = json::find_object(answer, "metrics"); metrics != nullptr) {
    trained.coverage = metric(*metrics, "coverage");
    trained.hits_at_1_percent = metric(*metrics, "hits_at_1_percent");
    trained.recall_at_1_percent = metric(*metrics, "recall_at_1_percent");
  }
  progress_.finish(fmt::format("{:.1f} s of training", trained.training_seconds));
  return trained;
}

}  // namespace rapport::demo
