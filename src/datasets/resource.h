#pragma once

// datasets: schemas, dataset groups, datasets and their imports, as Amazon Personalize knows them. This header: what
// every resource of that API is, whatever its kind.

#include <string>
#include <string_view>

#include "base/clock.h"
#include "json/json.h"

namespace rapport::datasets {

enum class ResourceKind {
  kSchema,
  kDatasetGroup,
  kDataset,
  kDatasetImportJob,
  kSolution,
  kSolutionVersion,
  kBatchSegmentJob,
  kBatchInferenceJob,
  kDatasetExportJob,
  kDataDeletionJob,
  kEventTracker,
  kFilter,
  kCampaign,
  kRecommender,
  kMetricAttribution,
};
inline constexpr int kResourceKinds = static_cast<int>(ResourceKind::kMetricAttribution) + 1;
// The word that begins the resource's part of an ARN: `dataset-group`. Versions share the word of their solution.
std::string_view arn_word(ResourceKind kind);

// Whose resources they are: two parts of every ARN.
struct Scope {
  std::string region = "us-east-1";
  std::string account = "000000000000";
};

// `arn:aws:personalize:<region>:<account>:<word>/<path>`.
std::string make_arn(const Scope& scope, ResourceKind kind, std::string_view path);
// What follows the first slash: `NAME`, `GROUP/TYPE` of a dataset, `SOLUTION/ID` of a version.
std::string_view path_of_arn(std::string_view arn);
// The region and account of an ARN.
Scope scope_of_arn(std::string_view arn);

// The exact texts of the API.
inline constexpr std::string_view kCreatePending = "CREATE PENDING";
inline constexpr std::string_view kCreateInProgress = "CREATE IN_PROGRESS";
inline constexpr std::string_view kActive = "ACTIVE";
inline constexpr std::string_view kCreateFailed = "CREATE FAILED";
inline constexpr std::string_view kCreateStopping = "CREATE STOPPING";
inline constexpr std::string_view kCreateStopped = "CREATE STOPPED";

// True while a job works on it.
bool is_being_created(std::string_view status);

// A resource as stored. `parent` is the ARN of what lists it (a dataset's group, a version's solution) or empty; `job`
// is the id of the job that makes it or empty; `details` are the members of the wire's structure that have no place
// here.
struct Resource {
  std::string arn = {};
  ResourceKind kind = ResourceKind::kSchema;
  std::string name = {};
  std::string parent = {};
  std::string status = {};  // empty for schemas, which have none
  std::string failure_reason = {};
  std::string job = {};
  json::object details = {};
  Timestamp created = {};
  Timestamp updated = {};
};

}  // namespace rapport::datasets
