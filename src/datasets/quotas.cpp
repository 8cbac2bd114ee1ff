#include "datasets/quotas.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "datasets/catalog.h"

namespace rapport::datasets {
namespace {

enum class Counted { kOfParent, kOfGroup, kOfAccount, kInTheMaking };

struct Quota {
  ResourceKind kind;
  std::string_view called;
  std::size_t most;
  Counted counted;
};

constexpr std::array kQuotas = {
    Quota{ResourceKind::kDatasetGroup, "dataset group", 5, Counted::kOfAccount},
    Quota{ResourceKind::kSchema, "schema", 500, Counted::kOfAccount},
    Quota{ResourceKind::kSolution, "solution", 10, Counted::kOfParent},
    Quota{ResourceKind::kRecommender, "recommender", 5, Counted::kOfParent},
    Quota{ResourceKind::kFilter, "filter", 30, Counted::kOfParent},
    Quota{ResourceKind::kCampaign, "campaign", 5, Counted::kOfGroup},
    Quota{ResourceKind::kDatasetImportJob, "dataset import job", 5, Counted::kInTheMaking},
    Quota{ResourceKind::kDatasetExportJob, "dataset export job", 5, Counted::kInTheMaking},
    Quota{ResourceKind::kDataDeletionJob, "data deletion job", 5, Counted::kInTheMaking},
    Quota{ResourceKind::kBatchInferenceJob, "batch inference job", 5, Counted::kInTheMaking},
    Quota{ResourceKind::kBatchSegmentJob, "batch segment job", 5, Counted::kInTheMaking},
    Quota{ResourceKind::kSolutionVersion, "solution version", 20, Counted::kInTheMaking},
};

bool is_in_the_making(const Resource& resource) {
  return is_being_created(resource.status) || resource.status == "PENDING" || resource.status == "IN_PROGRESS";
}

// Those of all solutions of the group that the campaign's solution belongs to.
Result<std::size_t> campaigns_of_group(sql::Session& session, Catalog& catalog, const Resource& campaign) {
  const Resource solution = TRY(catalog.get(session, ResourceKind::kSolution, campaign.parent));
  std::size_t count = 0;
  for (const Resource& one : TRY(catalog.children(session, ResourceKind::kSolution, solution.parent))) {
    count += TRY(catalog.children(session, ResourceKind::kCampaign, one.arn))
    .size();
  }
  return count;
}

Result<std::size_t> count(sql::Session& session, Catalog& catalog, const Quota& quota, const Resource& resource) {
  if (quota.counted == Counted::kOfGroup) return campaigns_of_group(session, catalog, resource);
  const std::string_view parent = quota.counted == Counted::kOfParent ? std::string_view(resource.parent) : "";
  const std::vector<Resource> all = TRY(catalog.children(session, quota.kind, parent));
  if (quota.counted != Counted::kInTheMaking) return all.size();
  return static_cast<std::size_t>(std::ranges::count_if(all, is_in_the_making));
}

}  // namespace

Status check_quota(sql::Session& session, Catalog& catalog, const Resource& resource) {
  const auto quota = std::ranges::find(kQuotas, resource.kind, &Quota::kind);
  if (quota == kQuotas.end() || TRY(count(session, catalog, *quota, resource)) < quota->most) return {};
  if (quota->counted == Counted::kInTheMaking) {
    return fail(ErrorKind::kLimited,
                fmt::format("More than {} resources with PENDING or IN_PROGRESS status.", quota->most));
  }
  return fail(
      ErrorKind::kLimited,
      fmt::format("Cannot create a {}. More than {} resources in ACTIVE state. Please delete some and try again.",
                  quota->called, quota->most));
}

}  // namespace rapport::datasets
