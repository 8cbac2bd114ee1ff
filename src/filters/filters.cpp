#include "filters/filters.h"

#include <fmt/format.h>

#include <array>

namespace rapport::filters {
namespace {

using datasets::DatasetType;
using datasets::Resource;
using datasets::ResourceKind;

constexpr std::size_t kParsedMax = 1000;
constexpr std::array kTypes = {DatasetType::kInteractions, DatasetType::kItems, DatasetType::kUsers,
                               DatasetType::kActions, DatasetType::kActionInteractions};

Result<std::map<DatasetType, datasets::Schema>> schemas_of(datasets::Datasets& datasets, std::string_view group_arn) {
  std::map<DatasetType, datasets::Schema> schemas;
  for (const DatasetType type : kTypes) {
    const auto dataset = TRY(datasets.find_dataset(group_arn, type));
    if (dataset) schemas[type] = TRY(datasets.content(dataset->arn))
    .schema;
  }
  return schemas;
}

Status require_unused(sql::Session& session, datasets::Catalog& catalog, std::string_view arn) {
  for (const ResourceKind kind : {ResourceKind::kBatchInferenceJob, ResourceKind::kBatchSegmentJob}) {
    for (const Resource& job : TRY(catalog.children(session, kind, ""))) {
      if (json::string_or(job.details, "filterArn") != arn || !datasets::is_being_created(job.status)) continue;
      return fail(ErrorKind::kConflict, fmt::format("Resource {} is in use by {}", arn, job.arn));
    }
  }
  return {};
}

}  // namespace

Result<Resource> Filters::create(const NewFilter& filter) {
  datasets::Catalog& catalog = datasets_.catalog();
  const Resource group = TRY(catalog.get(ResourceKind::kDatasetGroup, filter.group_arn));
  const Filter parsed = TRY(Filter::parse(filter.expression));
  const auto schemas = TRY(schemas_of(datasets_, group.arn));
  Schemas known;
  for (const auto& [type, schema] : schemas) known[type] = &schema;
  TRY(parsed.check(known));
  Resource resource{.kind = ResourceKind::kFilter,
                    .name = filter.name,
                    .parent = group.arn,
                    .status = std::string(datasets::kActive),
                    .details = {{"filterExpression", filter.expression}}};
  resource.arn = datasets::make_arn(datasets::scope_of_arn(group.arn), resource.kind, filter.name);
  TRY(catalog.database().write([&](sql::Session& session) -> Status {
    TRY(catalog.get(session, ResourceKind::kDatasetGroup, group.arn));
    resource = TRY(catalog.create(session, resource, filter.tags));
    return {};
  }));
  return resource;
}

Status Filters::remove(std::string_view arn) {
  datasets::Catalog& catalog = datasets_.catalog();
  return catalog.database().write([&](sql::Session& session) -> Status {
    TRY(catalog.get(session, ResourceKind::kFilter, arn));
    TRY(require_unused(session, catalog, arn));
    return catalog.remove(session, arn);
  });
}

Result<Filter> Filters::get(std::string_view arn, std::string_view group_arn) {
  const Resource resource = TRY(datasets_.catalog().get(ResourceKind::kFilter, arn));
  if (resource.parent != group_arn) {
    return fail(ErrorKind::kInvalid, fmt::format("The filter is of another dataset group, {}", resource.parent),
                "filterArn");
  }
  return parsed(json::string_or(resource.details, "filterExpression"));
}

Result<Filter> Filters::parsed(const std::string& expression) {
  const std::scoped_lock lock(mutex_);
  if (const auto known = parsed_.find(expression); known != parsed_.end()) return known->second;
  Filter filter = TRY(Filter::parse(expression));
  if (parsed_.size() == kParsedMax) parsed_.clear();
  parsed_.emplace(expression, filter);
  return filter;
}

}  // namespace rapport::filters
