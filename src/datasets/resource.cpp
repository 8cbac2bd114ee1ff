#include "datasets/resource.h"

#include <fmt/format.h>

#include "base/text.h"

namespace rapport::datasets {

std::string_view arn_word(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::kSchema: return "schema";
    case ResourceKind::kDatasetGroup: return "dataset-group";
    case ResourceKind::kDataset: return "dataset";
    case ResourceKind::kDatasetImportJob: return "dataset-import-job";
    case ResourceKind::kSolution:
    case ResourceKind::kSolutionVersion: return "solution";
    case ResourceKind::kBatchSegmentJob: return "batch-segment-job";
    case ResourceKind::kBatchInferenceJob: return "batch-inference-job";
    case ResourceKind::kDatasetExportJob: return "dataset-export-job";
    case ResourceKind::kDataDeletionJob: return "data-deletion-job";
    case ResourceKind::kEventTracker: return "event-tracker";
    case ResourceKind::kFilter: return "filter";
    case ResourceKind::kCampaign: return "campaign";
    case ResourceKind::kRecommender: return "recommender";
    case ResourceKind::kMetricAttribution: return "metric-attribution";
  }
  return "";
}

std::string make_arn(const Scope& scope, ResourceKind kind, std::string_view path) {
  return fmt::format("arn:aws:personalize:{}:{}:{}/{}", scope.region, scope.account, arn_word(kind), path);
}

std::string_view path_of_arn(std::string_view arn) {
  const std::size_t slash = arn.find('/');
  return slash == std::string_view::npos ? std::string_view{} : arn.substr(slash + 1);
}

Scope scope_of_arn(std::string_view arn) {
  const std::vector<std::string_view> parts = split(arn, ':');
  if (parts.size() < 6) return {};
  return {std::string(parts[3]), std::string(parts[4])};
}

bool is_being_created(std::string_view status) {
  return status == kCreatePending || status == kCreateInProgress || status == kCreateStopping;
}

}  // namespace rapport::datasets
