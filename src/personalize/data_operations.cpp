// Schemas, dataset groups, datasets and import jobs.

#include "datasets/job_files.h"
#include "personalize/documents.h"
#include "personalize/operations.h"

namespace rapport::personalize {
namespace {

using datasets::Datasets;
using datasets::ResourceKind;
using datasets::Scope;

constexpr KindNames kSchemas{
    ResourceKind::kSchema, "DescribeSchema", "ListSchemas", "schemaArn", "schema", "schemas", ""};
constexpr KindNames kGroups{ResourceKind::kDatasetGroup,
                            "DescribeDatasetGroup",
                            "ListDatasetGroups",
                            "datasetGroupArn",
                            "datasetGroup",
                            "datasetGroups",
                            ""};
constexpr KindNames kDatasets{
    ResourceKind::kDataset, "DescribeDataset", "ListDatasets", "datasetArn", "dataset", "datasets", "datasetGroupArn"};
constexpr KindNames kImports{ResourceKind::kDatasetImportJob,
                             "DescribeDatasetImportJob",
                             "ListDatasetImportJobs",
                             "datasetImportJobArn",
                             "datasetImportJob",
                             "datasetImportJobs",
                             "datasetArn"};

constexpr KindNames kExports{ResourceKind::kDatasetExportJob,
                             "DescribeDatasetExportJob",
                             "ListDatasetExportJobs",
                             "datasetExportJobArn",
                             "datasetExportJob",
                             "datasetExportJobs",
                             "datasetArn"};

Result<json::object> create_schema(Datasets& datasets, const json::object& input, const Scope& scope) {
  const auto schema = TRY(datasets.create_schema(scope, {.name = json::string_or(input, "name"),
                                                         .schema = json::string_or(input, "schema"),
                                                         .domain = json::string_or(input, "domain")}));
  return json::object{{"schemaArn", schema.arn}};
}

Result<json::object> create_group(Datasets& datasets, const json::object& input, const Scope& scope) {
  const auto group = TRY(datasets.create_dataset_group(scope, {.name = json::string_or(input, "name"),
                                                               .domain = json::string_or(input, "domain"),
                                                               .details = members_of(input, {"roleArn", "kmsKeyArn"}),
                                                               .tags = tags_of(input)}));
  json::object output{{"datasetGroupArn", group.arn}};
  if (const json::value* domain = json::find(group.details, "domain")) output["domain"] = *domain;
  return output;
}

Result<json::object> create_dataset(Datasets& datasets, const json::object& input) {
  const auto dataset = TRY(datasets.create_dataset({.name = json::string_or(input, "name"),
                                                    .schema_arn = json::string_or(input, "schemaArn"),
                                                    .group_arn = json::string_or(input, "datasetGroupArn"),
                                                    .type = json::string_or(input, "datasetType"),
                                                    .tags = tags_of(input)}));
  return json::object{{"datasetArn", dataset.arn}};
}

Result<json::object> create_import_job(Datasets& datasets, const json::object& input) {
  const json::object* source = json::find_object(input, "dataSource");
  const auto job =
      TRY(datasets.create_import_job({.name = json::string_or(input, "jobName"),
                                      .dataset_arn = json::string_or(input, "datasetArn"),
                                      .location = source == nullptr ? "" : json::string_or(*source, "dataLocation"),
                                      .mode = json::string_or(input, "importMode", "FULL"),
                                      .details = members_of(input, {"roleArn", "publishAttributionMetricsToS3"}),
                                      .tags = tags_of(input)}));
  return json::object{{"datasetImportJobArn", job.arn}};
}

Result<json::object> create_export_job(Datasets& datasets, const json::object& input) {
  const auto job = TRY(datasets.create_export_job({.name = json::string_or(input, "jobName"),
                                                   .dataset_arn = json::string_or(input, "datasetArn"),
                                                   .mode = json::string_or(input, "ingestionMode", "PUT"),
                                                   .output = datasets::path_in(input, "jobOutput", "s3DataDestination"),
                                                   .details = members_of(input, {"roleArn"}),
                                                   .tags = tags_of(input)}));
  return json::object{{"datasetExportJobArn", job.arn}};
}

void implement_creation(contract::Contract& contract, Datasets& datasets) {
  implement(contract, "CreateSchema", [&datasets](const json::object& input, const Scope& scope) {
    return create_schema(datasets, input, scope);
  });
  implement(contract, "CreateDatasetGroup", [&datasets](const json::object& input, const Scope& scope) {
    return create_group(datasets, input, scope);
  });
  implement(contract, "CreateDataset",
            [&datasets](const json::object& input, const Scope&) { return create_dataset(datasets, input); });
  implement(contract, "CreateDatasetImportJob",
            [&datasets](const json::object& input, const Scope&) { return create_import_job(datasets, input); });
  implement(contract, "CreateDatasetExportJob",
            [&datasets](const json::object& input, const Scope&) { return create_export_job(datasets, input); });
  implement(contract, "UpdateDataset", [&datasets](const json::object& input, const Scope&) -> Result<json::object> {
    const std::string arn = json::string_or(input, "datasetArn");
    TRY(datasets.update_dataset(arn, json::string_or(input, "schemaArn")));
    return json::object{{"datasetArn", arn}};
  });
}

void implement_deletion(contract::Contract& contract, Datasets& datasets) {
  implement(contract, "DeleteSchema", [&datasets](const json::object& input, const Scope&) -> Result<json::object> {
    TRY(datasets.delete_schema(json::string_or(input, "schemaArn")));
    return json::object{};
  });
  implement(contract, "DeleteDatasetGroup",
            [&datasets](const json::object& input, const Scope&) -> Result<json::object> {
              TRY(datasets.delete_dataset_group(json::string_or(input, "datasetGroupArn")));
              return json::object{};
            });
  implement(contract, "DeleteDataset", [&datasets](const json::object& input, const Scope&) -> Result<json::object> {
    TRY(datasets.delete_dataset(json::string_or(input, "datasetArn")));
    return json::object{};
  });
}

}  // namespace

void register_data_operations(contract::Contract& contract, Datasets& datasets) {
  for (const KindNames& names : {kSchemas, kGroups, kDatasets, kImports, kExports}) {
    implement_reading(contract, datasets.catalog(), names);
  }
  implement_creation(contract, datasets);
  implement_deletion(contract, datasets);
}

}  // namespace rapport::personalize
