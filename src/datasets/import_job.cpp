#include "datasets/import_job.h"

#include <fmt/format.h>

#include "base/log.h"
#include "datasets/csv_validation.h"
#include "datasets/job_files.h"
#include "datasets/resource_job.h"
#include "datasets/statements.h"
#include "formats/gzip.h"

namespace rapport::datasets {
namespace {

constexpr std::string_view kComplaint = "Invalid Data location";

struct Import {
  Resource resource;
  DatasetContent content;  // of the dataset when the import began
  objects::Location source;
  objects::Location target;
  bool replaces = false;
};

std::string location_in(const Resource& resource) {
  const json::object* source = json::find_object(resource.details, "dataSource");
  return source == nullptr ? "" : json::string_or(*source, "dataLocation");
}

Result<std::optional<Import>> begin(Datasets& datasets, const jobs::Job& job) {
  std::optional<Resource> resource = TRY(begin_job(datasets.catalog(), ResourceKind::kDatasetImportJob, job));
  if (!resource) return std::nullopt;
  Import import;
  import.resource = std::move(*resource);
  import.content = TRY(datasets.content(import.resource.parent));
  import.replaces = json::string_or(import.resource.details, "importMode", "FULL") != "INCREMENTAL";
  if (!import.replaces && import.content.files.empty()) {
    return fail(ErrorKind::kInvalid, "An INCREMENTAL import adds to what a FULL one brought; import FULL first");
  }
  import.source = TRY(location_of(location_in(import.resource), kComplaint, "dataSource"));
  import.target = {std::string(kDatasetBucket),
                   fmt::format("{}/{}.csv", path_of_arn(import.content.dataset_arn), job.id)};
  return import;
}

// Copies all input files into the writer. The number of rows.
Result<std::uint64_t> copy_files(Datasets& datasets, const Import& import, objects::Writer& target,
                                 jobs::Context& context) {
  const CsvValidation validation(import.content.schema, import.content.type);
  formats::CsvWriter csv([&](std::string_view data) { return target.write(data); });
  std::vector<std::string_view> header;
  for (const Field& field : import.content.schema.fields) header.emplace_back(field.name);
  TRY(csv.write_row(header));
  BadRows bad;
  std::uint64_t rows = 0;
  const InputFiles input{.at = import.source, .complaint = kComplaint, .endings = {".csv", ".csv.gz"}};
  for (const objects::ObjectInfo& file : TRY(list_input(datasets.store(), input))) {
    const objects::Location at{import.source.bucket, file.key};
    formats::Source bytes = formats::gunzip(TRY(object_source(datasets.store(), at)));
    const std::string name = fmt::format("s3://{}/{}", at.bucket, at.key);
    rows += TRY(validation.copy(name, std::move(bytes), csv, bad, [&](std::uint64_t) -> Status {
      return context.should_stop() ? fail(ErrorKind::kUnavailable, "The import was interrupted") : Status{};
    }));
    TRY(context.save({}, {{"rows", rows}, {"badRows", bad.count()}}));
    if (bad.full()) break;
  }
  if (bad.count() > 0) return fail(ErrorKind::kInvalid, bad.message());
  if (rows == 0)
    return fail(ErrorKind::kInvalid, fmt::format("Input CSV has no rows: {}", location_in(import.resource)));
  TRY(csv.finish());
  return rows;
}

// The new file takes its place and the import becomes ACTIVE in one transaction.
Status publish(Datasets& datasets, Import import, std::uint64_t rows, jobs::Context& context) {
  return datasets.catalog().database().write([&](sql::Session& session) -> Status {
    TRY(datasets.catalog().get(session, ResourceKind::kDataset, import.content.dataset_arn));
    const std::vector<DatasetFile> files = TRY(files_of(session, import.content.dataset_arn));
    std::vector<std::string> old_keys;
    std::int64_t position = 0;
    for (const DatasetFile& file : files) {
      position = file.position + 1;
      old_keys.push_back(file.key);
    }
    if (import.replaces) {
      TRY(session.execute(kDeleteFiles, {import.content.dataset_arn}));
      TRY(submit_removal(session, datasets.queue(), kDatasetBucket, old_keys));
    }
    TRY(session.execute(kInsertFile, {import.content.dataset_arn, position, import.target.key,
                                      static_cast<std::int64_t>(rows), import.resource.arn}));
    import.resource.status = kActive;
    TRY(datasets.catalog().update(session, import.resource));
    return context.save(session, {}, {{"rows", rows}});
  });
}

}  // namespace

Result<Resource> Datasets::create_import_job(const NewImportJob& job) {
  TRY(location_of(job.location, kComplaint, "dataLocation"));
  Resource resource{
      .kind = ResourceKind::kDatasetImportJob, .name = job.name, .parent = job.dataset_arn, .details = job.details};
  resource.details["dataSource"] = {{"dataLocation", job.location}};
  resource.details["importMode"] = job.mode;
  resource = TRY(create_with_job(catalog_, queue_,
                                 {.resource = std::move(resource),
                                  .parent_kind = ResourceKind::kDataset,
                                  .job_kind = kImportJob,
                                  .tags = job.tags}));
  queue_.wake();
  return resource;
}

Status run_import(Datasets& datasets, jobs::Context& context) {
  const std::optional<Import> import = TRY(begin(datasets, context.job()));
  if (!import) return {};
  TRY(ensure_bucket(datasets.store(), kDatasetBucket));
  const std::unique_ptr<objects::Writer> target =
      TRY(datasets.store().create(import->target, {.content_type = "text/csv", .metadata = {}}));
  const std::uint64_t rows = TRY(copy_files(datasets, *import, *target, context));
  TRY(target->commit());
  const Status published = publish(datasets, *import, rows, context);
  if (!published && published.error().kind == ErrorKind::kNotFound) TRY(datasets.store().remove(import->target));
  if (!published) return published;
  datasets.queue().wake();
  log_info("datasets", "Imported {} rows into {}", rows, import->content.dataset_arn);
  return {};
}

}  // namespace rapport::datasets
