#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "datasets/catalog.h"
#include "datasets/content.h"
#include "datasets/resource.h"
#include "datasets/schema.h"
#include "jobs/jobs.h"
#include "objects/store.h"

namespace rapport::datasets {

struct NewSchema {
  std::string name = {};
  std::string schema = {};  // Avro JSON
  std::string domain = {};  // "", ECOMMERCE, VIDEO_ON_DEMAND
};

struct NewDatasetGroup {
  std::string name = {};
  std::string domain = {};
  json::object details = {};  // roleArn, kmsKeyArn: kept and shown
  Tags tags = {};
};

struct NewDataset {
  std::string name = {};
  std::string schema_arn = {};
  std::string group_arn = {};
  std::string type = {};
  Tags tags = {};
};

struct NewImportJob {
  std::string name = {};
  std::string dataset_arn = {};
  std::string location = {};  // s3://bucket/file.csv, or a folder ending in '/'
  std::string mode = "FULL";  // or INCREMENTAL
  json::object details = {};  // roleArn, publishAttributionMetricsToS3: kept and shown
  Tags tags = {};
};

struct NewExportJob {
  std::string name = {};
  std::string dataset_arn = {};
  std::string mode = "PUT";   // the rows that were put, BULK, or ALL
  std::string output = {};    // s3://bucket/folder/
  json::object details = {};  // roleArn: kept and shown
  Tags tags = {};
};

inline constexpr std::string_view kExportJob = "personalize.dataset-export";
inline constexpr std::string_view kImportJob = "personalize.dataset-import";

// The data side of the API. Errors are the API's: kAlreadyExists, kNotFound, kConflict while something else holds the
// resource, kInvalid with the member. Thread-safe.
class Datasets {
 public:
  // Without `put_rows` datasets hold imported rows only.
  Datasets(Catalog& catalog, jobs::Queue& queue, objects::Store& store, PutRows* put_rows = nullptr)
      : catalog_(catalog), queue_(queue), store_(store), put_rows_(put_rows) {}

  Result<Resource> create_schema(const Scope& scope, const NewSchema& schema);
  Status delete_schema(std::string_view arn);

  Result<Resource> create_dataset_group(const Scope& scope, const NewDatasetGroup& group);
  Status delete_dataset_group(std::string_view arn);

  Result<Resource> create_dataset(const NewDataset& dataset);
  // Gives the dataset a schema with more columns.
  Status update_dataset(std::string_view arn, std::string_view schema_arn);
  // Its rows go with it.
  Status delete_dataset(std::string_view arn);
  // The group's dataset of this type, if it has one.
  Result<std::optional<Resource>> find_dataset(std::string_view group_arn, DatasetType type);
  Result<DatasetContent> content(std::string_view dataset_arn);
  // The rows of the dataset from one source or both; see content.h.
  Status for_each_row(const DatasetContent& content, RowSource source, std::span<const std::string_view> columns,
                      const RowVisitor& visit) {
    return datasets::for_each_row(store_, put_rows_, content, source, columns, visit);
  }

  // Begins an import. Nothing of it is seen before all of it is: a file with one bad row changes nothing.
  Result<Resource> create_import_job(const NewImportJob& job);
  // Begins an export into a file, `<output>/<name>.csv`.
  Result<Resource> create_export_job(const NewExportJob& job);

  // The handlers of this module's kinds of jobs.
  void register_jobs(jobs::Workers& workers);

  Catalog& catalog() { return catalog_; }
  jobs::Queue& queue() { return queue_; }
  objects::Store& store() { return store_; }
  PutRows* put_rows() { return put_rows_; }  // nullptr when datasets hold imported rows only

 private:
  Result<DatasetContent> content(sql::Session& session, std::string_view dataset_arn);

  Catalog& catalog_;
  jobs::Queue& queue_;
  objects::Store& store_;
  PutRows* put_rows_;
};

}  // namespace rapport::datasets
