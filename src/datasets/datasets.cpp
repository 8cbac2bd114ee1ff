#include "datasets/datasets.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/random.h"
#include "datasets/export_job.h"
#include "datasets/import_job.h"
#include "datasets/resource_job.h"
#include "datasets/statements.h"

namespace rapport::datasets {
namespace {

Result<Schema> schema_of(sql::Session& session, Catalog& catalog, std::string_view schema_arn) {
  const Resource resource = TRY(catalog.get(session, ResourceKind::kSchema, schema_arn));
  return parse_schema(json::string_or(resource.details, "schema"));
}

// Refuses while something of `kind` below `parent` stands in the way.
Status require_none(sql::Session& session, Catalog& catalog, ResourceKind kind, std::string_view parent) {
  const Page page = TRY(catalog.list(session, kind, parent, {.token = "", .limit = 1}));
  if (page.resources.empty()) return {};
  return fail(ErrorKind::kConflict,
              fmt::format("Resource {} is in use; delete first {}", parent, page.resources[0].arn));
}

Status require_no_work(sql::Session& session, Catalog& catalog, ResourceKind kind, std::string_view parent) {
  for (const Resource& resource : TRY(catalog.children(session, kind, parent))) {
    if (is_being_created(resource.status)) {
      return fail(ErrorKind::kConflict,
                  fmt::format("Resource {} is in use by {}, which is {}", parent, resource.arn, resource.status));
    }
  }
  return {};
}

std::string id_of(const Resource& dataset) {
  return fmt::format("{:016x}{:016x}", stable_hash(dataset.arn), static_cast<std::uint64_t>(dataset.created.micros));
}

json::object with_optional(json::object details, std::string_view name, const std::string& value) {
  if (!value.empty()) details[name] = value;
  return details;
}

}  // namespace

Result<Resource> Datasets::create_schema(const Scope& scope, const NewSchema& schema) {
  const Schema parsed = TRY(parse_schema(schema.schema));
  const Domain domain = TRY(domain_from(schema.domain));
  if (const auto type = dataset_type_from(parsed.name)) {
    Status fits = check_schema(parsed, *type, domain);
    if (!fits) return fail(fits.error().kind, fits.error().message, "schema");
  }
  Resource resource{.arn = make_arn(scope, ResourceKind::kSchema, schema.name),
                    .kind = ResourceKind::kSchema,
                    .name = schema.name,
                    .details = with_optional({{"schema", schema.schema}}, "domain", schema.domain)};
  TRY(catalog_.database().write([&](sql::Session& session) -> Status {
    resource = TRY(catalog_.create(session, resource));
    return {};
  }));
  return resource;
}

Status Datasets::delete_schema(std::string_view arn) {
  return catalog_.database().write([&](sql::Session& session) -> Status {
    TRY(catalog_.get(session, ResourceKind::kSchema, arn));
    for (const Resource& dataset : TRY(catalog_.children(session, ResourceKind::kDataset, ""))) {
      if (json::string_or(dataset.details, "schemaArn") == arn) {
        return fail(ErrorKind::kConflict, fmt::format("The schema is in use by the dataset {}", dataset.arn));
      }
    }
    return catalog_.remove(session, arn);
  });
}

Result<Resource> Datasets::create_dataset_group(const Scope& scope, const NewDatasetGroup& group) {
  TRY(domain_from(group.domain));
  Resource resource{.arn = make_arn(scope, ResourceKind::kDatasetGroup, group.name),
                    .kind = ResourceKind::kDatasetGroup,
                    .name = group.name,
                    .status = std::string(kActive),
                    .details = with_optional(group.details, "domain", group.domain)};
  TRY(catalog_.database().write([&](sql::Session& session) -> Status {
    resource = TRY(catalog_.create(session, resource, group.tags));
    return {};
  }));
  return resource;
}

Status Datasets::delete_dataset_group(std::string_view arn) {
  return catalog_.database().write([&](sql::Session& session) -> Status {
    TRY(catalog_.get(session, ResourceKind::kDatasetGroup, arn));
    for (const ResourceKind kind : {ResourceKind::kEventTracker, ResourceKind::kRecommender, ResourceKind::kSolution}) {
      TRY(require_none(session, catalog_, kind, arn));
    }
    TRY(require_none(session, catalog_, ResourceKind::kEventTracker, arn));
    TRY(require_none(session, catalog_, ResourceKind::kRecommender, arn));
    TRY(require_none(session, catalog_, ResourceKind::kMetricAttribution, arn));
    TRY(require_none(session, catalog_, ResourceKind::kDataset, arn));
    for (const Resource& filter : TRY(catalog_.children(session, ResourceKind::kFilter, arn))) {
      TRY(catalog_.remove(session, filter.arn));
    }
    return catalog_.remove(session, arn);
  });
}

Result<Resource> Datasets::create_dataset(const NewDataset& dataset) {
  const std::optional<DatasetType> type = dataset_type_from(dataset.type);
  if (!type) {
    return fail(
        ErrorKind::kInvalid,
        fmt::format("The dataset type must be Interactions, Items, Users, Actions or Action_Interactions, not {}",
                    dataset.type),
        "datasetType");
  }
  Resource created;
  TRY(catalog_.database().write([&](sql::Session& session) -> Status {
    const Resource group = TRY(catalog_.get(session, ResourceKind::kDatasetGroup, dataset.group_arn));
    const Schema schema = TRY(schema_of(session, catalog_, dataset.schema_arn));
    TRY(check_schema(schema, *type, TRY(domain_from(json::string_or(group.details, "domain")))));
    Resource resource{.arn = make_arn(scope_of_arn(group.arn), ResourceKind::kDataset,
                                      fmt::format("{}/{}", group.name, name_of(*type))),
                      .kind = ResourceKind::kDataset,
                      .name = dataset.name,
                      .parent = group.arn,
                      .status = std::string(kActive),
                      .details = {{"datasetType", name_of(*type)}, {"schemaArn", dataset.schema_arn}}};
    if (*type == DatasetType::kActionInteractions) resource.details["trackingId"] = random_uuid();
    created = TRY(catalog_.create(session, std::move(resource), dataset.tags));
    return {};
  }));
  return created;
}

Status Datasets::update_dataset(std::string_view arn, std::string_view schema_arn) {
  return catalog_.database().write([&](sql::Session& session) -> Status {
    Resource dataset = TRY(catalog_.get(session, ResourceKind::kDataset, arn));
    TRY(require_no_work(session, catalog_, ResourceKind::kDatasetImportJob, arn));
    const DatasetContent now = TRY(content(session, arn));
    const Schema wanted = TRY(schema_of(session, catalog_, schema_arn));
    const Resource group = TRY(catalog_.get(session, ResourceKind::kDatasetGroup, dataset.parent));
    TRY(check_schema(wanted, now.type, TRY(domain_from(json::string_or(group.details, "domain")))));
    for (const Field& field : now.schema.fields) {
      if (wanted.find(field.name) == nullptr) {
        return fail(ErrorKind::kInvalid, fmt::format("The new schema must keep the field {}", field.name), "schemaArn");
      }
    }
    const double now_seconds = catalog_.clock().now().seconds();
    dataset.details["schemaArn"] = schema_arn;
    dataset.details["latestDatasetUpdate"] = {{"schemaArn", schema_arn},
                                              {"status", kActive},
                                              {"creationDateTime", now_seconds},
                                              {"lastUpdatedDateTime", now_seconds}};
    return catalog_.update(session, dataset);
  });
}

Status Datasets::delete_dataset(std::string_view arn) {
  std::string id;
  TRY(catalog_.database().write([&](sql::Session& session) -> Status {
    const Resource dataset = TRY(catalog_.get(session, ResourceKind::kDataset, arn));
    id = id_of(dataset);
    TRY(require_no_work(session, catalog_, ResourceKind::kDatasetImportJob, arn));
    for (const Resource& solution : TRY(catalog_.children(session, ResourceKind::kSolution, dataset.parent))) {
      TRY(require_no_work(session, catalog_, ResourceKind::kSolutionVersion, solution.arn));
    }
    std::vector<std::string> keys;
    for (const DatasetFile& file : TRY(files_of(session, dataset.arn))) keys.push_back(file.key);
    TRY(submit_removal(session, queue_, kDatasetBucket, keys));
    TRY(session.execute(kDeleteFiles, {dataset.arn}));
    return catalog_.remove(session, arn);
  }));
  queue_.wake();
  if (put_rows_ == nullptr) return {};
  return put_rows_->erase(id);
}

Result<std::optional<Resource>> Datasets::find_dataset(std::string_view group_arn, DatasetType type) {
  std::optional<Resource> found;
  TRY(catalog_.database().read([&](sql::Session& session) -> Status {
    found.reset();
    for (Resource& dataset : TRY(catalog_.children(session, ResourceKind::kDataset, group_arn))) {
      if (json::string_or(dataset.details, "datasetType") == name_of(type)) found = std::move(dataset);
    }
    return {};
  }));
  return found;
}

Result<DatasetContent> Datasets::content(sql::Session& session, std::string_view dataset_arn) {
  const Resource dataset = TRY(catalog_.get(session, ResourceKind::kDataset, dataset_arn));
  DatasetContent content;
  content.dataset_arn = dataset.arn;
  content.id = id_of(dataset);
  content.type = dataset_type_from(json::string_or(dataset.details, "datasetType")).value_or(content.type);
  content.schema = TRY(schema_of(session, catalog_, json::string_or(dataset.details, "schemaArn")));
  content.files = TRY(files_of(session, dataset.arn));
  return content;
}

Result<DatasetContent> Datasets::content(std::string_view dataset_arn) {
  DatasetContent found;
  TRY(catalog_.database().read([&](sql::Session& session) -> Status {
    found = TRY(content(session, dataset_arn));
    return {};
  }));
  return found;
}

void Datasets::register_jobs(jobs::Workers& workers) {
  workers.handle(std::string(kImportJob), [this](jobs::Context& context) { return run_import(*this, context); });
  workers.on_failure(std::string(kImportJob), [this](sql::Session& session, const jobs::Job& job) {
    return mark_failed(session, catalog_, ResourceKind::kDatasetImportJob, job);
  });
  workers.handle(std::string(kExportJob), [this](jobs::Context& context) { return run_export(*this, context); });
  workers.on_failure(std::string(kExportJob), [this](sql::Session& session, const jobs::Job& job) {
    return mark_failed(session, catalog_, ResourceKind::kDatasetExportJob, job);
  });
  workers.handle(std::string(kRemoveObjectsJob),
                 [this](jobs::Context& context) { return run_removal(store_, context.job()); });
}

}  // namespace rapport::datasets
