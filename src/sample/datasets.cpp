// The tables that models learn from: a dataset group with what was watched, the films and the viewers.

#include <array>
#include <string>

#include "base/text.h"
#include "bingewatch/tables.h"
#include "sample/run.h"

namespace rapport::sample {
namespace {

using datasets::DatasetType;
using datasets::ResourceKind;

const std::string kBucket = "rapport-samples";
constexpr std::string_view kRole = "arn:aws:iam::000000000000:role/rapport-sample";

struct Table {
  std::string_view type;
  datasets::DatasetType kind;
  json::object (*schema)();
  Status (*write)(const bingewatch::World&, formats::CsvWriter&);
};
constexpr std::array<Table, 3> kTables = {
    {{"Interactions", DatasetType::kInteractions, &bingewatch::interactions_schema, &bingewatch::write_interactions},
     {"Items", DatasetType::kItems, &bingewatch::items_schema, &bingewatch::write_items},
     {"Users", DatasetType::kUsers, &bingewatch::users_schema, &bingewatch::write_users}}};

Status write_table(objects::Store& store, const objects::Location& at, const Table& table,
                   const bingewatch::World& world) {
  const auto object = TRY(store.create(at, {.content_type = "text/csv"}));
  formats::CsvWriter csv([&object](std::string_view data) { return object->write(data); });
  TRY(table.write(world, csv));
  TRY(csv.finish());
  TRY(object->commit());
  return {};
}

// What it is called, when it is there already.
Result<std::string> arn_of(const Result<datasets::Resource>& made, const std::string& known) {
  if (made) return made->arn;
  if (made.error().kind == ErrorKind::kAlreadyExists) return known;
  return std::unexpected(made.error());
}

}  // namespace

Status SampleRun::make_datasets() {
  const auto& scope = request_.scope;
  const std::string group = to_lower(request_.name);
  const auto bucket = with_.objects.create_bucket(kBucket);
  if (!bucket && bucket.error().kind != ErrorKind::kAlreadyExists) return bucket;
  auto& datasets = with_.datasets;
  progress_.dataset_group = TRY(arn_of(datasets.create_dataset_group(scope, {.name = group}),
                                       make_arn(scope, ResourceKind::kDatasetGroup, group)));
  double done = 0;
  for (const Table& table : kTables) {
    const std::string type = to_lower(table.type);
    const std::string name = group + "-" + type;
    const objects::Location at{kBucket, group + "/" + type + ".csv"};
    TRY(write_table(with_.objects, at, table, world_));
    const auto schema = datasets.create_schema(scope, {.name = name, .schema = json::serialize(table.schema())});
    const std::string schema_arn = TRY(arn_of(schema, make_arn(scope, ResourceKind::kSchema, name)));
    const auto dataset = datasets.create_dataset({.name = name,
                                                  .schema_arn = schema_arn,
                                                  .group_arn = progress_.dataset_group,
                                                  .type = std::string(table.type)});
    const auto found = TRY(datasets.find_dataset(progress_.dataset_group, table.kind));
    if (!found) return std::unexpected(dataset.error());
    const auto import = datasets.create_import_job({.name = name + "-import",
                                                    .dataset_arn = found->arn,
                                                    .location = "s3://" + at.bucket + "/" + at.key,
                                                    .details = {{"roleArn", kRole}}});
    if (!import && import.error().kind != ErrorKind::kAlreadyExists) return std::unexpected(import.error());
    done += 1.0 / kTables.size();
    TRY(advance(done));
  }
  return {};
}

Result<TablesState> state_of_tables(datasets::Datasets& datasets, const std::string& group) {
  TablesState state{.ready = true, .failure = {}};
  auto& catalog = datasets.catalog();
  for (const auto& dataset : TRY(catalog.list(ResourceKind::kDataset, group, {})).resources) {
    for (const auto& import : TRY(catalog.list(ResourceKind::kDatasetImportJob, dataset.arn, {})).resources) {
      if (datasets::is_being_created(import.status)) state.ready = false;
      if (import.status == datasets::kCreateFailed) state.failure = import.failure_reason;
    }
  }
  return state;
}

}  // namespace rapport::sample
