#include "attribution/attributions.h"

#include <fmt/format.h>

#include <algorithm>

#include "attribution/report_job.h"
#include "datasets/job_files.h"

namespace rapport::attribution {
namespace {

using datasets::DatasetType;
using datasets::Resource;
using datasets::ResourceKind;
using datasets::ValueType;

constexpr std::size_t kMetricsMax = 10;

Result<datasets::Schema> schema_of(datasets::Datasets& datasets, std::string_view group_arn, DatasetType type) {
  const auto dataset = TRY(datasets.find_dataset(group_arn, type));
  if (!dataset) {
    return fail(ErrorKind::kInvalid, fmt::format("The dataset group has no dataset {}", name_of(type)), "metrics");
  }
  return TRY(datasets.content(dataset->arn))
  .schema;
}

bool is_number(ValueType type) {
  return type != ValueType::kString && type != ValueType::kBoolean && type != ValueType::kNull;
}

Status check_output(const json::object& output) {
  const json::object* destination = json::find_object(output, "s3DataDestination");
  if (destination == nullptr) return {};
  TRY(datasets::folder_of(json::string_or(*destination, "path"), "Invalid S3 output path", "metricsOutputConfig"));
  return {};
}

json::array list_of(const std::vector<Metric>& metrics) {
  json::array list;
  for (const Metric& metric : metrics) list.push_back(document_of(metric));
  return list;
}

Status add_metric(std::vector<Metric>& metrics, Metric metric) {
  const auto same = [&](const Metric& known) { return known.name == metric.name; };
  if (std::ranges::any_of(metrics, same)) {
    return fail(ErrorKind::kAlreadyExists, fmt::format("There is a metric of this name already: {}", metric.name),
                "metricName");
  }
  metrics.push_back(std::move(metric));
  return {};
}

Status require_at_most(std::size_t count) {
  if (count <= kMetricsMax) return {};
  return fail(ErrorKind::kLimited, fmt::format("An attribution has at most {} metrics", kMetricsMax), "metrics");
}

}  // namespace

Result<Metric> Attributions::read(const json::object& attribute, std::string_view group_arn) {
  Metric metric = TRY(parse_metric(attribute));
  if (!metric.sum) return metric;
  const datasets::Schema schema = TRY(schema_of(datasets_, group_arn, metric.sum->dataset));
  const datasets::Field* field = schema.find(metric.sum->name);
  if (field != nullptr && is_number(field->type)) return metric;
  return fail(
      ErrorKind::kInvalid,
      fmt::format("A sum needs a column of numbers in {}, not {}", name_of(metric.sum->dataset), metric.sum->name),
      "expression");
}

Result<Resource> Attributions::create(const NewAttribution& attribution) {
  datasets::Catalog& catalog = datasets_.catalog();
  const Resource group = TRY(catalog.get(ResourceKind::kDatasetGroup, attribution.group_arn));
  const datasets::Schema interactions = TRY(schema_of(datasets_, group.arn, DatasetType::kInteractions));
  if (interactions.find("EVENT_TYPE") == nullptr) {
    return fail(ErrorKind::kInvalid, "A metric attribution needs the column EVENT_TYPE in the interactions", "metrics");
  }
  TRY(check_output(attribution.output));
  std::vector<Metric> metrics;
  for (const json::object& metric : attribution.metrics) TRY(add_metric(metrics, TRY(read(metric, group.arn))));
  TRY(require_at_most(metrics.size()));
  Resource resource{.kind = ResourceKind::kMetricAttribution,
                    .name = attribution.name,
                    .parent = group.arn,
                    .status = std::string(datasets::kActive),
                    .details = {{"metrics", list_of(metrics)}, {"metricsOutputConfig", attribution.output}}};
  resource.arn = datasets::make_arn(datasets::scope_of_arn(group.arn), resource.kind, attribution.name);
  TRY(catalog.database().write([&](sql::Session& session) -> Status {
    for (const Resource& other : TRY(catalog.children(session, resource.kind, group.arn))) {
      if (other.arn == resource.arn) continue;  // reported as such below
      return fail(ErrorKind::kLimited,
                  fmt::format("The dataset group has a metric attribution already: {}", other.arn));
    }
    resource = TRY(catalog.create(session, resource));
    return submit_report(session, datasets_.queue(), resource.arn);
  }));
  return resource;
}

Status Attributions::update(std::string_view arn, const AttributionChange& change) {
  datasets::Catalog& catalog = datasets_.catalog();
  const Resource before = TRY(catalog.get(ResourceKind::kMetricAttribution, arn));
  std::vector<Metric> added;
  for (const json::object& metric : change.added) added.push_back(TRY(read(metric, before.parent)));
  if (change.output) TRY(check_output(*change.output));
  return catalog.database().write([&](sql::Session& session) -> Status {
    Resource resource = TRY(catalog.get(session, ResourceKind::kMetricAttribution, arn));
    std::vector<Metric> metrics = TRY(metrics_of(resource));
    for (const std::string& name : change.removed) {
      const auto gone = std::erase_if(metrics, [&](const Metric& metric) { return metric.name == name; });
      if (gone == 0) return fail(ErrorKind::kInvalid, fmt::format("There is no metric {}", name), "removeMetrics");
    }
    for (const Metric& metric : added) TRY(add_metric(metrics, metric));
    TRY(require_at_most(metrics.size()));
    resource.details["metrics"] = list_of(metrics);
    if (change.output) resource.details["metricsOutputConfig"] = *change.output;
    return catalog.update(session, resource);
  });
}

Status Attributions::remove(std::string_view arn) {
  datasets::Catalog& catalog = datasets_.catalog();
  std::string group;
  TRY(catalog.database().write([&](sql::Session& session) -> Status {
    group = TRY(catalog.get(session, ResourceKind::kMetricAttribution, arn))
    .parent;
    return catalog.remove(session, arn);
  }));
  return forget_arrivals(datasets_, group, catalog.clock().now() + kMicrosPerSecond);
}

Result<std::vector<Metric>> Attributions::metrics(std::string_view arn) {
  return metrics_of(TRY(datasets_.catalog().get(ResourceKind::kMetricAttribution, arn)));
}

void Attributions::register_jobs(jobs::Workers& workers) {
  workers.handle(
      std::string(kReportJob), [this](jobs::Context& context) { return run_report(datasets_, context); },
      jobs::AfterSuccess::kForget);
  // One report that cannot be written is not the last.
  workers.on_failure(std::string(kReportJob), [this](sql::Session& session, const jobs::Job& job) {
    return submit_report(session, datasets_.queue(), json::string_or(job.input, "arn"));
  });
}

Result<std::vector<Metric>> metrics_of(const Resource& attribution) {
  std::vector<Metric> metrics;
  if (const json::array* list = json::find_array(attribution.details, "metrics")) {
    for (const json::value& metric : *list) metrics.push_back(TRY(parse_metric(metric.as_object())));
  }
  return metrics;
}

}  // namespace rapport::attribution
