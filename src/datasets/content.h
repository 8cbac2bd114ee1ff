#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "datasets/catalog.h"
#include "datasets/put_rows.h"
#include "datasets/schema.h"
#include "formats/source.h"
#include "jobs/jobs.h"
#include "objects/store.h"

namespace rapport::datasets {

// Where imported rows lie: `<dataset group>/<TYPE>/<job id>.csv`, validated, with the schema's columns.
inline constexpr std::string_view kDatasetBucket = "rapport-datasets";

struct DatasetFile {
  std::int64_t position = 0;  // later files replace rows of earlier ones that have the same id
  std::string key;
  std::uint64_t rows = 0;
  Timestamp imported = {};
  bool operator==(const DatasetFile&) const = default;
};

// What a dataset holds at one moment.
struct DatasetContent {
  std::string dataset_arn;
  std::string id = {};  // of this dataset alone, also when another has had its ARN
  DatasetType type = DatasetType::kInteractions;
  Schema schema;
  std::vector<DatasetFile> files;

  std::uint64_t rows() const;
};

Result<std::vector<DatasetFile>> files_of(sql::Session& session, const std::string& dataset_arn);

// Values parallel to the columns asked for; valid during the call.
using RowVisitor = std::function<Status(std::span<const std::string_view> values)>;

// Visits every row, oldest import first; of rows with the same id (items, users, actions) only the last. Columns are
// found in any case; one that a file lacks gives empty values. kUnavailable when an import replaced the files
// meanwhile: ask for the content again.
Status for_each_row(objects::Store& store, const DatasetContent& content, std::span<const std::string_view> columns,
                    const RowVisitor& visit);

enum class RowSource { kBulk, kPut, kAll };

// The same for the rows of one source or of both. Of rows with the same id the newest counts, however it came.
Status for_each_row(objects::Store& store, PutRows* put_rows, const DatasetContent& content, RowSource source,
                    std::span<const std::string_view> columns, const RowVisitor& visit);

// Objects that nothing refers to any more are removed by a job, which is submitted with the change that let go of them.
inline constexpr std::string_view kRemoveObjectsJob = "personalize.remove-objects";
Status submit_removal(sql::Session& session, jobs::Queue& queue, std::string_view bucket,
                      std::span<const std::string> keys);
Status run_removal(objects::Store& store, const jobs::Job& job);

// The bytes of an object for the readers of formats.
Result<formats::Source> object_source(objects::Store& store, const objects::Location& at);
// Makes an internal bucket unless it is there.
Status ensure_bucket(objects::Store& store, std::string_view bucket);

}  // namespace rapport::datasets
