#include "datasets/export_job.h"

#include <fmt/format.h>

#include <unordered_set>

#include "base/digest.h"
#include "base/log.h"
#include "datasets/job_files.h"
#include "datasets/resource_job.h"
#include "formats/csv.h"

namespace rapport::datasets {
namespace {

constexpr std::string_view kOutputComplaint = "Invalid S3 output path";

RowSource source_of(std::string_view ingestion_mode) {
  if (ingestion_mode == "BULK") return RowSource::kBulk;
  return ingestion_mode == "ALL" ? RowSource::kAll : RowSource::kPut;
}

// Rows seen before, by two hashes of 64 bits.
class SeenRows {
 public:
  bool is_new(std::span<const std::string_view> values) {
    row_.clear();
    for (const std::string_view value : values) {
      row_ += value;
      row_ += '\0';
    }
    return seen_.insert({stable_hash(row_, 0), stable_hash(row_, 1)}).second;
  }

 private:
  struct Print {
    std::uint64_t first;
    std::uint64_t second;
    bool operator==(const Print&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Print& print) const { return print.first; }
  };
  std::string row_;
  std::unordered_set<Print, Hash> seen_;
};

Result<std::uint64_t> write_rows(Datasets& datasets, const DatasetContent& content, RowSource source,
                                 objects::Writer& target, jobs::Context& context) {
  formats::CsvWriter csv([&](std::string_view data) { return target.write(data); });
  std::vector<std::string_view> columns;
  for (const Field& field : content.schema.fields) columns.emplace_back(field.name);
  TRY(csv.write_row(columns));
  SeenRows seen;
  std::uint64_t rows = 0;
  TRY(datasets.for_each_row(content, source, columns, [&](std::span<const std::string_view> values) -> Status {
    if (context.should_stop()) return fail(ErrorKind::kUnavailable, "The export was interrupted");
    if (!seen.is_new(values)) return {};
    ++rows;
    return csv.write_row(values);
  }));
  TRY(csv.finish());
  return rows;
}

}  // namespace

Result<Resource> Datasets::create_export_job(const NewExportJob& job) {
  TRY(folder_of(job.output, kOutputComplaint, "jobOutput"));
  Resource resource{
      .kind = ResourceKind::kDatasetExportJob, .name = job.name, .parent = job.dataset_arn, .details = job.details};
  resource.details["ingestionMode"] = job.mode;
  resource.details["jobOutput"] = {{"s3DataDestination", {{"path", job.output}}}};
  resource = TRY(create_with_job(catalog_, queue_,
                                 {.resource = std::move(resource),
                                  .parent_kind = ResourceKind::kDataset,
                                  .job_kind = kExportJob,
                                  .tags = job.tags}));
  queue_.wake();
  return resource;
}

Status run_export(Datasets& datasets, jobs::Context& context) {
  std::optional<Resource> resource = TRY(begin_job(datasets.catalog(), ResourceKind::kDatasetExportJob, context.job()));
  if (!resource) return {};
  objects::Location at =
      TRY(folder_of(path_in(resource->details, "jobOutput", "s3DataDestination"), kOutputComplaint, "jobOutput"));
  at.key += resource->name + ".csv";
  Result<std::unique_ptr<objects::Writer>> target =
      datasets.store().create(at, {.content_type = "text/csv", .metadata = {}});
  if (!target && target.error().kind == ErrorKind::kNotFound) {
    return fail(ErrorKind::kInvalid, fmt::format("{}. There is no such bucket: {}", kOutputComplaint, at.bucket));
  }
  if (!target) return std::unexpected(target.error());
  const DatasetContent content = TRY(datasets.content(resource->parent));
  const RowSource source = source_of(json::string_or(resource->details, "ingestionMode"));
  const std::uint64_t rows = TRY(write_rows(datasets, content, source, **target, context));
  TRY((*target)->commit());
  TRY(finish_job(datasets.catalog(), *std::move(resource), context, {{"rows", rows}}));
  log_info("datasets", "Exported {} rows of {}", rows, content.dataset_arn);
  return {};
}

}  // namespace rapport::datasets
