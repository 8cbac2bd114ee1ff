// Solutions, solution versions, their metrics, and the deletion of users.

#include "personalize/documents.h"
#include "personalize/operations.h"
#include "training/report.h"

namespace rapport::personalize {
namespace {

using datasets::Resource;
using datasets::ResourceKind;
using datasets::Scope;
using training::Training;

constexpr KindNames kVersions{ResourceKind::kSolutionVersion,
                              "DescribeSolutionVersion",
                              "ListSolutionVersions",
                              "solutionVersionArn",
                              "solutionVersion",
                              "solutionVersions",
                              "solutionArn",
                              datasets::Order::kOldestFirst,
                              ResourceKind::kSolution};
constexpr KindNames kDeletions{ResourceKind::kDataDeletionJob,
                               "DescribeDataDeletionJob",
                               "ListDataDeletionJobs",
                               "dataDeletionJobArn",
                               "dataDeletionJob",
                               "dataDeletionJobs",
                               "datasetGroupArn",
                               datasets::Order::kNewestFirst};

Result<json::object> create_solution(Training& training, const json::object& input) {
  json::object details{{"performHPO", false}, {"performAutoML", false}, {"performAutoTraining", true}};
  for (const auto& [member, value] : members_of(input, {"performHPO", "performAutoML", "performAutoTraining",
                                                        "performIncrementalUpdate", "eventType", "solutionConfig"})) {
    details[member] = value;
  }
  const Resource solution = TRY(training.create_solution({.name = json::string_or(input, "name"),
                                                          .group_arn = json::string_or(input, "datasetGroupArn"),
                                                          .recipe_arn = json::string_or(input, "recipeArn"),
                                                          .details = std::move(details),
                                                          .tags = tags_of(input)}));
  return json::object{{"solutionArn", solution.arn}};
}

Result<json::object> describe_solution(Training& training, const json::object& input) {
  datasets::Catalog& catalog = training.datasets().catalog();
  Resource solution = TRY(catalog.get(ResourceKind::kSolution, json::string_or(input, "solutionArn")));
  TRY(catalog.database().read([&](sql::Session& session) -> Status {
    const auto versions = TRY(catalog.children(session, ResourceKind::kSolutionVersion, solution.arn));
    if (versions.empty()) return {};
    solution.details["latestSolutionVersion"] = document_of(versions.back(), Form::kSummary);
    return {};
  }));
  return json::object{{"solution", document_of(solution, Form::kFull)}};
}

Result<json::object> create_version(Training& training, const json::object& input) {
  const Resource version = TRY(training.create_version({.solution_arn = json::string_or(input, "solutionArn"),
                                                        .name = json::string_or(input, "name"),
                                                        .training_mode = json::string_or(input, "trainingMode", "FULL"),
                                                        .tags = tags_of(input)}));
  return json::object{{"solutionVersionArn", version.arn}};
}

Result<json::object> create_deletion_job(Training& training, const json::object& input) {
  const json::object* source = json::find_object(input, "dataSource");
  const Resource job =
      TRY(training.create_deletion_job({.name = json::string_or(input, "jobName"),
                                        .group_arn = json::string_or(input, "datasetGroupArn"),
                                        .location = source == nullptr ? "" : json::string_or(*source, "dataLocation"),
                                        .details = members_of(input, {"roleArn"}),
                                        .tags = tags_of(input)}));
  return json::object{{"dataDeletionJobArn", job.arn}};
}

void implement_solutions(contract::Contract& contract, Training& training) {
  implement(contract, "CreateSolution",
            [&training](const json::object& input, const Scope&) { return create_solution(training, input); });
  implement(contract, "DescribeSolution",
            [&training](const json::object& input, const Scope&) { return describe_solution(training, input); });
  implement(contract, "ListSolutions", [&training](const json::object& input, const Scope&) -> Result<json::object> {
    return list_document("solutions",
                         TRY(training.datasets().catalog().list(
                             ResourceKind::kSolution, json::string_or(input, "datasetGroupArn"), page_of(input))));
  });
  implement(contract, "UpdateSolution", [&training](const json::object& input, const Scope&) -> Result<json::object> {
    const std::string arn = json::string_or(input, "solutionArn");
    TRY(training.update_solution(
        arn, members_of(input, {"performAutoTraining", "performIncrementalUpdate", "solutionUpdateConfig"})));
    return json::object{{"solutionArn", arn}};
  });
  implement(contract, "DeleteSolution", [&training](const json::object& input, const Scope&) -> Result<json::object> {
    TRY(training.delete_solution(json::string_or(input, "solutionArn")));
    return json::object{};
  });
}

void implement_versions(contract::Contract& contract, Training& training) {
  implement(contract, "CreateSolutionVersion",
            [&training](const json::object& input, const Scope&) { return create_version(training, input); });
  implement(contract, "StopSolutionVersionCreation",
            [&training](const json::object& input, const Scope&) -> Result<json::object> {
              TRY(training.stop_version(json::string_or(input, "solutionVersionArn")));
              return json::object{};
            });
  implement(contract, "GetSolutionMetrics",
            [&training](const json::object& input, const Scope&) -> Result<json::object> {
              const std::string arn = json::string_or(input, "solutionVersionArn");
              return json::object{{"solutionVersionArn", arn}, {"metrics", TRY(training.metrics(arn))}};
            });
}

// The report beside a model: its metrics, and all of it as JSON or as an HTML page.
Result<json::object> model_report(Training& training, const json::object& input) {
  const std::string arn = json::string_or(input, "SolutionVersionArn");
  const json::object report = TRY(training.report(arn));
  const bool html = json::string_or(input, "Format", "JSON") == "HTML";
  const json::object* metrics = json::find_object(report, "metrics");
  return json::object{{"SolutionVersionArn", arn},
                      {"Metrics", metrics == nullptr ? json::object{} : *metrics},
                      {"Content", html ? training::report_html(report, arn) : json::serialize(report)}};
}

Result<json::object> training_progress(Training& training, const json::object& input) {
  const std::string arn = json::string_or(input, "SolutionVersionArn");
  const Training::Progress progress = TRY(training.progress(arn));
  json::object document = {{"SolutionVersionArn", arn}, {"Status", progress.status}};
  if (progress.share) document["Share"] = *progress.share;
  if (!progress.stage.empty()) document["Stage"] = progress.stage;
  return document;
}

}  // namespace

void register_solution_operations(contract::Contract& contract, Training& training) {
  implement_reading(contract, training.datasets().catalog(), kVersions);
  implement_reading(contract, training.datasets().catalog(), kDeletions);
  implement(contract, "CreateDataDeletionJob",
            [&training](const json::object& input, const Scope&) { return create_deletion_job(training, input); });
  implement_solutions(contract, training);
  implement_versions(contract, training);
  contract.implement("rapport", "GetModelReport",
                     [&training](const contract::Call& call) { return model_report(training, call.input); });
  contract.implement("rapport", "GetTrainingProgress",
                     [&training](const contract::Call& call) { return training_progress(training, call.input); });
}

}  // namespace rapport::personalize
