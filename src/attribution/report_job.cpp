#include "attribution/report_job.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <unordered_map>

#include "attribution/attributions.h"
#include "attribution/report.h"
#include "base/log.h"
#include "base/text.h"
#include "datasets/job_files.h"

namespace rapport::attribution {
namespace {

using datasets::DatasetType;
using datasets::Resource;
using datasets::ResourceKind;

constexpr std::int64_t kEveryMicros = Report::kBucketSeconds * kMicrosPerSecond;
constexpr std::int64_t kMarginMicros = 10 * kMicrosPerSecond;  // for rows that have their time but are not durable yet
constexpr std::string_view kReportedUntil = "rapport.reportedUntil";  // in the details, microseconds

// When rows came: from the first and before the second.
struct Window {
  Timestamp from;
  Timestamp until;
  bool is_first = false;  // of the attribution
  bool holds(Timestamp time) const { return from <= time && time < until; }
};

// What the sums read of the items; read when first asked for, so that a report of nothing reads nothing.
class ItemCells {
 public:
  ItemCells(datasets::Datasets& datasets, std::string group_arn)
      : datasets_(datasets), group_arn_(std::move(group_arn)) {}

  std::string_view cell(const std::string& column, std::string_view item) {
    const auto [cells, is_new] = cells_.try_emplace(column);
    if (is_new) status_ = load(column, cells->second);
    const auto cell = cells->second.find(std::string(item));
    return cell == cells->second.end() ? std::string_view() : std::string_view(cell->second);
  }
  // Whether what was asked for could be read.
  const Status& status() const { return status_; }

 private:
  using Cells = std::unordered_map<std::string, std::string>;

  Status load(const std::string& column, Cells& cells) {
    TRY(status_);
    const auto dataset = TRY(datasets_.find_dataset(group_arn_, DatasetType::kItems));
    if (!dataset) return {};
    const std::array<std::string_view, 2> columns = {"ITEM_ID", column};
    return datasets_.for_each_row(TRY(datasets_.content(dataset->arn)), datasets::RowSource::kAll, columns,
                                  [&](std::span<const std::string_view> values) -> Status {
                                    cells[std::string(values[0])] = values[1];
                                    return {};
                                  });
  }

  datasets::Datasets& datasets_;
  const std::string group_arn_;
  std::unordered_map<std::string, Cells> cells_;
  Status status_;
};

// One row of the interactions, by the names of its columns.
using Cell = std::function<std::string_view(std::string_view column)>;

void add_row(Report& report, ItemCells& items, const Cell& cell) {
  const std::string_view item = cell("ITEM_ID");
  report.add({.event_type = cell("EVENT_TYPE"),
              .item_id = item,
              .source = cell("EVENT_ATTRIBUTION_SOURCE"),
              .time = parse_integer(cell("TIMESTAMP")).value_or(0),
              .cell = [&](const Metric::Column& column) {
                return column.dataset == DatasetType::kItems ? items.cell(column.name, item) : cell(column.name);
              }});
}

// Rows are noted as they come once the attribution is known to whoever takes them in; before that, each is looked at.
Status add_put_rows(datasets::Datasets& datasets, const datasets::DatasetContent& content, const Window& window,
                    ItemCells& items, Report& report) {
  datasets::PutRows* rows = datasets.put_rows();
  if (rows == nullptr) return {};
  const auto add = [&](const datasets::PutRow& row) -> Status {
    if (window.holds(row.put)) add_row(report, items, [&](std::string_view column) { return row.cell(column); });
    return {};
  };
  if (window.is_first) return rows->for_each(content.id, add);
  return rows->for_each_arrival(content.id, window.from, window.until, add);
}

// The rows of imports of the window that ask for it.
Status add_imported_rows(datasets::Datasets& datasets, datasets::DatasetContent content, const Window& window,
                         ItemCells& items, Report& report) {
  std::vector<Timestamp> wanted;
  TRY(datasets.catalog().database().read([&](sql::Session& session) -> Status {
    wanted.clear();
    for (const Resource& import :
         TRY(datasets.catalog().children(session, ResourceKind::kDatasetImportJob, content.dataset_arn))) {
      const json::value* publishes = json::find(import.details, "publishAttributionMetricsToS3");
      if (publishes != nullptr && *publishes == true) wanted.push_back(import.updated);
    }
    return {};
  }));
  std::erase_if(content.files, [&](const datasets::DatasetFile& file) {
    return !window.holds(file.imported) || std::ranges::find(wanted, file.imported) == wanted.end();
  });
  std::vector<std::string_view> columns;
  for (const datasets::Field& field : content.schema.fields) columns.emplace_back(field.name);
  return datasets.for_each_row(content, datasets::RowSource::kBulk, columns,
                               [&](std::span<const std::string_view> values) -> Status {
                                 add_row(report, items, [&](std::string_view column) -> std::string_view {
                                   for (std::size_t i = 0; i < columns.size(); ++i) {
                                     if (equals_ignore_case(columns[i], column)) return values[i];
                                   }
                                   return {};
                                 });
                                 return {};
                               });
}

Status write_report(objects::Store& store, objects::Location at, std::string_view method, Timestamp time,
                    const Report& report) {
  if (report.empty()) return {};
  at.key += fmt::format("AggregatedAttributionMetrics - {} - {}.csv", method, time.micros / kMicrosPerSecond);
  const Result<objects::ObjectInfo> written = objects::write_object(store, at, TRY(report.csv()));
  if (written) return {};
  if (written.error().kind != ErrorKind::kNotFound) return std::unexpected(written.error());
  log_warning("attribution", "A report was not written because there is no bucket {}", at.bucket);
  return {};
}

Status report(datasets::Datasets& datasets, const Resource& attribution, const Window& window) {
  const json::object* output = json::find_object(attribution.details, "metricsOutputConfig");
  const json::object* place = output == nullptr ? nullptr : json::find_object(*output, "s3DataDestination");
  const auto interactions = TRY(datasets.find_dataset(attribution.parent, DatasetType::kInteractions));
  if (place == nullptr || !interactions) return {};
  const objects::Location folder =
      TRY(datasets::folder_of(json::string_or(*place, "path"), "Invalid S3 output path", "metricsOutputConfig"));
  const std::vector<Metric> metrics = TRY(metrics_of(attribution));
  const datasets::DatasetContent content = TRY(datasets.content(interactions->arn));
  ItemCells items(datasets, attribution.parent);
  Report put(metrics);
  TRY(add_put_rows(datasets, content, window, items, put));
  TRY(items.status());
  TRY(write_report(datasets.store(), folder, "PUT", window.until, put));
  Report bulk(metrics);
  TRY(add_imported_rows(datasets, content, window, items, bulk));
  TRY(items.status());
  return write_report(datasets.store(), folder, "BULK", window.until, bulk);
}

}  // namespace

Status submit_report(sql::Session& session, jobs::Queue& queue, const std::string& attribution_arn) {
  TRY(queue.submit(session, {.kind = std::string(kReportJob),
                             .owner = attribution_arn,
                             .input = {{"arn", attribution_arn}},
                             .not_before = queue.clock().now() + kEveryMicros}));
  return {};
}

Status run_report(datasets::Datasets& datasets, jobs::Context& context) {
  datasets::Catalog& catalog = datasets.catalog();
  const std::string arn = json::string_or(context.job().input, "arn");
  const Result<Resource> attribution = catalog.get(ResourceKind::kMetricAttribution, arn);
  if (!attribution && attribution.error().kind == ErrorKind::kNotFound) return {};
  if (!attribution) return std::unexpected(attribution.error());
  const auto reported = json::find_integer(attribution->details, kReportedUntil);
  const std::int64_t from = reported.value_or(attribution->created.micros);
  // The job's own time, so that an attempt that died is repeated into the same file.
  const Timestamp until = context.job().created + (kEveryMicros - kMarginMicros);
  const Window window{{from}, std::max(until, Timestamp{from}), !reported};
  TRY(report(datasets, *attribution, window));
  TRY(catalog.database().write([&](sql::Session& session) -> Status {
    Result<Resource> now = catalog.get(session, ResourceKind::kMetricAttribution, arn);
    if (!now && now.error().kind == ErrorKind::kNotFound) return {};
    if (!now) return std::unexpected(now.error());
    now->details[kReportedUntil] = window.until.micros;
    TRY(catalog.update(session, *now));
    TRY(context.save(session, {}, {}));
    return submit_report(session, datasets.queue(), arn);
  }));
  return forget_arrivals(datasets, attribution->parent, window.until);
}

Status forget_arrivals(datasets::Datasets& datasets, std::string_view group_arn, Timestamp until) {
  const auto interactions = TRY(datasets.find_dataset(group_arn, DatasetType::kInteractions));
  if (datasets.put_rows() == nullptr || !interactions) return {};
  return datasets.put_rows()->forget_arrivals(TRY(datasets.content(interactions->arn)).id, until);
}

}  // namespace rapport::attribution
