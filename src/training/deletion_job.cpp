#include "training/deletion_job.h"

#include <fmt/format.h>

#include <unordered_set>

#include "base/log.h"
#include "datasets/erasure.h"
#include "datasets/job_files.h"
#include "datasets/resource_job.h"
#include "formats/csv.h"
#include "formats/gzip.h"
#include "training/train_job.h"
#include "training/training.h"

namespace rapport::training {
namespace {

using datasets::Resource;
using datasets::ResourceKind;

constexpr std::string_view kComplaint = "Invalid Data location";

Status read_users(objects::Store& store, const objects::Location& at, std::unordered_set<std::string>& users) {
  formats::CsvReader reader(formats::gunzip(TRY(datasets::object_source(store, at))));
  TRY(reader.read_header());
  const std::optional<std::size_t> column = reader.column("USER_ID");
  if (!column) return fail(ErrorKind::kInvalid, "Input CSV is missing the following columns:[USER_ID].");
  while (TRY(reader.next())) users.emplace(reader.fields()[*column]);
  return {};
}

Result<std::unordered_set<std::string>> users_of(objects::Store& store, const Resource& resource) {
  const json::object* source = json::find_object(resource.details, "dataSource");
  const std::string url = source == nullptr ? "" : json::string_or(*source, "dataLocation");
  const datasets::InputFiles input {
    .at = TRY(datasets::location_of(url, kComplaint, "dataSource"))
    , .complaint = kComplaint, .depth = datasets::InputFiles::Depth::kSubfolders, .endings = {".csv", ".csv.gz"}
  };
  std::unordered_set<std::string> users;
  for (const objects::ObjectInfo& file : TRY(datasets::list_input(store, input))) {
    TRY(read_users(store, {input.at.bucket, file.key}, users));
  }
  return users;
}

// Recommenders train by jobs of their own, tried until nothing else changes the recommender meanwhile.
Status train_recommenders_again(Training& training, const std::string& group_arn) {
  constexpr int kAttempts = 20;
  datasets::Datasets& datasets = training.datasets();
  TRY(datasets.catalog().database().write([&](sql::Session& session) -> Status {
    for (const Resource& one : TRY(datasets.catalog().children(session, ResourceKind::kRecommender, group_arn))) {
      TRY(datasets.queue().submit(session, {.kind = std::string(kRecommenderTrainJob),
                                            .owner = one.arn,
                                            .input = {{"arn", one.arn}},
                                            .attempts_max = kAttempts}));
    }
    return {};
  }));
  datasets.queue().wake();
  return {};
}

Status train_group_again(Training& training, const std::string& group_arn, jobs::Context& context) {
  TRY(train_recommenders_again(training, group_arn));
  datasets::Catalog& catalog = training.datasets().catalog();
  std::vector<std::string> versions;
  TRY(catalog.database().read([&](sql::Session& session) -> Status {
    versions.clear();
    for (const Resource& solution : TRY(catalog.children(session, ResourceKind::kSolution, group_arn))) {
      for (const Resource& version : TRY(catalog.children(session, ResourceKind::kSolutionVersion, solution.arn))) {
        versions.push_back(version.arn);
      }
    }
    return {};
  }));
  for (const std::string& version : versions) TRY(train_again(training, version, context));
  return {};
}

}  // namespace

Result<Resource> Training::create_deletion_job(const NewDeletionJob& job) {
  TRY(datasets::location_of(job.location, kComplaint, "dataSource"));
  Resource resource{
      .kind = ResourceKind::kDataDeletionJob, .name = job.name, .parent = job.group_arn, .details = job.details};
  resource.details["dataSource"] = {{"dataLocation", job.location}};
  resource = TRY(datasets::create_with_job(datasets_.catalog(), datasets_.queue(),
                                           {.resource = std::move(resource),
                                            .parent_kind = ResourceKind::kDatasetGroup,
                                            .job_kind = kDeletionJob,
                                            .tags = job.tags,
                                            .pending = kDeletionPending}));
  datasets_.queue().wake();
  return resource;
}

Status run_deletion(Training& training, jobs::Context& context) {
  datasets::Datasets& datasets = training.datasets();
  datasets::Catalog& catalog = datasets.catalog();
  std::optional<Resource> resource =
      TRY(datasets::begin_job(catalog, ResourceKind::kDataDeletionJob, context.job(),
                              {.in_progress = kDeletionInProgress, .done = kDeletionCompleted}));
  if (!resource) return {};
  const auto users = TRY(users_of(datasets.store(), *resource));
  // What an attempt that died had erased already counts too.
  const std::int64_t before = json::find_integer(resource->details, "numDeleted").value_or(0);
  const auto erased = TRY(datasets::erase_users(datasets, resource->parent, users, context));
  resource->details["numDeleted"] = before + static_cast<std::int64_t>(erased);
  TRY(catalog.database().write([&](sql::Session& session) { return catalog.update(session, *resource); }));
  if (erased + static_cast<std::uint64_t>(before) > 0) TRY(train_group_again(training, resource->parent, context));
  TRY(datasets::finish_job(catalog, *resource, context, {}, kDeletionCompleted));
  log_info("training", "Erased {} rows of {} users from {}", erased, users.size(), resource->parent);
  return {};
}

}  // namespace rapport::training
