#include "datasets/import_job.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "datasets/csv_validation.h"
#include "datasets/statements.h"
#include "formats/gzip.h"

namespace rapport::datasets {
namespace {

struct Import {
  Resource resource;
  DatasetContent content;  // of the dataset when the import began
  objects::Location source;
  objects::Location target;
  bool replaces = false;
};

std::unexpected<Error> bad_location(std::string_view why, std::string_view location) {
  return fail(ErrorKind::kInvalid, fmt::format("Invalid Data location. {}: {}", why, location));
}

// One file, or the CSV files directly in the folder.
Result<std::vector<objects::ObjectInfo>> input_files(objects::Store& store, const objects::Location& source,
                                                     std::string_view location) {
  if (!source.key.empty() && !source.key.ends_with('/')) {
    Result<objects::ObjectInfo> file = store.head(source);
    if (file) return std::vector{*file};
    if (file.error().kind != ErrorKind::kNotFound) return std::unexpected(file.error());
    return bad_location("There is no such object; a folder ends in '/'", location);
  }
  std::vector<objects::ObjectInfo> files;
  std::string after;
  do {
    Result<objects::Listing> page =
        store.list(source.bucket, {.prefix = source.key, .delimiter = "/", .start_after = after});
    if (!page && page.error().kind == ErrorKind::kNotFound) return bad_location("There is no such bucket", location);
    if (!page) return std::unexpected(page.error());
    for (objects::ObjectInfo& file : page->objects) {
      const std::string name = to_lower(file.key);
      if (name.ends_with(".csv") || name.ends_with(".csv.gz")) files.push_back(std::move(file));
    }
    after = page->next;
  } while (!after.empty());
  if (files.empty()) return bad_location("The folder holds no .csv or .csv.gz file", location);
  return files;
}

// Nothing when the import is published already: its process died before the job was settled.
Result<std::optional<Import>> begin(Datasets& datasets, const jobs::Job& job) {
  Import import;
  TRY(datasets.catalog().database().write([&](sql::Session& session) -> Status {
    import.resource =
        TRY(datasets.catalog().get(session, ResourceKind::kDatasetImportJob, json::string_or(job.input, "arn")));
    if (import.resource.status == kActive) return {};
    import.resource.status = kCreateInProgress;
    return datasets.catalog().update(session, import.resource);
  }));
  if (import.resource.status == kActive) return std::nullopt;
  import.content = TRY(datasets.content(import.resource.parent));
  import.replaces = json::string_or(import.resource.details, "importMode", "FULL") != "INCREMENTAL";
  if (!import.replaces && import.content.files.empty()) {
    return fail(ErrorKind::kInvalid, "An INCREMENTAL import adds to what a FULL one brought; import FULL first");
  }
  const json::object* source = json::find_object(import.resource.details, "dataSource");
  import.source = TRY(objects::parse_s3_url(source == nullptr ? "" : json::string_or(*source, "dataLocation")));
  import.target = {std::string(kDatasetBucket),
                   fmt::format("{}/{}.csv", path_of_arn(import.content.dataset_arn), job.id)};
  return import;
}

// Copies all input files into the writer. The number of rows.
Result<std::uint64_t> copy_files(Datasets& datasets, const Import& import, objects::Writer& target,
                                 jobs::Context& context) {
  const json::object* source = json::find_object(import.resource.details, "dataSource");
  const std::string location = json::string_or(*source, "dataLocation");
  const CsvValidation validation(import.content.schema, import.content.type);
  formats::CsvWriter csv([&](std::string_view data) { return target.write(data); });
  std::vector<std::string_view> header;
  for (const Field& field : import.content.schema.fields) header.emplace_back(field.name);
  TRY(csv.write_row(header));
  BadRows bad;
  std::uint64_t rows = 0;
  for (const objects::ObjectInfo& file : TRY(input_files(datasets.store(), import.source, location))) {
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
  if (rows == 0) return fail(ErrorKind::kInvalid, fmt::format("Input CSV has no rows: {}", location));
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
