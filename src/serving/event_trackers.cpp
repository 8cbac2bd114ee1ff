#include "serving/event_trackers.h"

#include <fmt/format.h>

#include "base/random.h"

namespace rapport::serving {
namespace {

using datasets::Resource;
using datasets::ResourceKind;

Status check_is_only(sql::Session& session, datasets::Catalog& catalog, const NewEventTracker& tracker) {
  for (const Resource& other : TRY(catalog.children(session, ResourceKind::kEventTracker, ""))) {
    if (other.parent == tracker.group_arn) {
      return fail(ErrorKind::kAlreadyExists, fmt::format("The dataset group has an event tracker: {}", other.arn));
    }
    const bool same_name = other.name == tracker.name && datasets::scope_of_arn(other.arn).account ==
                                                             datasets::scope_of_arn(tracker.group_arn).account;
    if (same_name) {
      return fail(ErrorKind::kAlreadyExists, fmt::format("Another event tracker has the name {}", tracker.name));
    }
  }
  return {};
}

}  // namespace

Result<Resource> EventTrackers::create(const NewEventTracker& tracker) {
  datasets::Catalog& catalog = datasets_.catalog();
  const datasets::Scope scope = datasets::scope_of_arn(tracker.group_arn);
  Resource resource{.arn = datasets::make_arn(scope, ResourceKind::kEventTracker, random_hex(4)),
                    .kind = ResourceKind::kEventTracker,
                    .name = tracker.name,
                    .parent = tracker.group_arn,
                    .status = std::string(datasets::kActive),
                    .details = {{"accountId", scope.account}, {"trackingId", random_uuid()}}};
  TRY(catalog.database().write([&](sql::Session& session) -> Status {
    TRY(catalog.get(session, ResourceKind::kDatasetGroup, tracker.group_arn));
    TRY(check_is_only(session, catalog, tracker));
    bool has_interactions = false;
    for (const Resource& dataset : TRY(catalog.children(session, ResourceKind::kDataset, tracker.group_arn))) {
      has_interactions = has_interactions || json::string_or(dataset.details, "datasetType") == "INTERACTIONS";
    }
    if (!has_interactions) {
      return fail(ErrorKind::kInvalid, "The dataset group has no Interactions dataset; create one first",
                  "datasetGroupArn");
    }
    resource = TRY(catalog.create(session, resource, tracker.tags));
    return {};
  }));
  return resource;
}

Status EventTrackers::remove(std::string_view arn) {
  datasets::Catalog& catalog = datasets_.catalog();
  return catalog.database().write([&](sql::Session& session) -> Status {
    TRY(catalog.get(session, ResourceKind::kEventTracker, arn));
    return catalog.remove(session, arn);
  });
}

}  // namespace rapport::serving
