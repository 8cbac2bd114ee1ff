#include "serving/put_targets.h"

#include <fmt/format.h>

namespace rapport::serving {
namespace {

using datasets::DatasetType;
using datasets::Resource;
using datasets::ResourceKind;

constexpr std::int64_t kRememberedMicros = kMicrosPerSecond;
constexpr std::size_t kEntriesMax = 10'000;

}  // namespace

Result<std::shared_ptr<const PutTarget>> PutTargets::remembered(std::string key, const Find& find) {
  const Timestamp now = datasets_.catalog().clock().now();
  {
    const std::scoped_lock lock(mutex_);
    const auto entry = entries_.find(key);
    if (entry != entries_.end() && now - entry->second.found < kRememberedMicros) return entry->second.target;
  }
  auto target = std::make_shared<const PutTarget>(TRY(find()));
  const std::scoped_lock lock(mutex_);
  if (entries_.size() >= kEntriesMax) entries_.clear();
  entries_[std::move(key)] = {now, target};
  return target;
}

Result<PutTarget> PutTargets::target_of(const Resource& dataset) {
  datasets::DatasetContent content = TRY(datasets_.content(dataset.arn));
  PutTarget target{.id = std::move(content.id),
                   .group_arn = dataset.parent,
                   .type = content.type,
                   .schema = std::move(content.schema)};
  if (target.type != DatasetType::kInteractions) return target;
  datasets::Catalog& catalog = datasets_.catalog();
  TRY(catalog.database().read([&](sql::Session& session) -> Status {
    const auto attributions = TRY(catalog.children(session, ResourceKind::kMetricAttribution, dataset.parent));
    target.arrivals = attributions.empty() ? datasets::Arrivals::kForgotten : datasets::Arrivals::kNoted;
    return {};
  }));
  return target;
}

Result<std::optional<Resource>> PutTargets::with_tracking_id(ResourceKind kind, std::string_view id) {
  std::optional<Resource> found;
  datasets::Catalog& catalog = datasets_.catalog();
  TRY(catalog.database().read([&](sql::Session& session) -> Status {
    found.reset();
    for (Resource& resource : TRY(catalog.children(session, kind, ""))) {
      if (json::string_or(resource.details, "trackingId") == id) found = std::move(resource);
    }
    return {};
  }));
  return found;
}

Result<std::shared_ptr<const PutTarget>> PutTargets::of_dataset(std::string_view arn, DatasetType type) {
  auto target = TRY(remembered(std::string(arn), [&]() -> Result<PutTarget> {
    return target_of(TRY(datasets_.catalog().get(ResourceKind::kDataset, arn)));
  }));
  if (target->type == type) return target;
  return fail(ErrorKind::kInvalid,
              fmt::format("The dataset must be of the type {}, it is of {}", datasets::name_of(type),
                          datasets::name_of(target->type)),
              "datasetArn");
}

Result<std::shared_ptr<const PutTarget>> PutTargets::of_tracker(std::string_view tracking_id) {
  return remembered(fmt::format("tracker {}", tracking_id), [&]() -> Result<PutTarget> {
    const auto tracker = TRY(with_tracking_id(ResourceKind::kEventTracker, tracking_id));
    if (!tracker) {
      return fail(ErrorKind::kInvalid, fmt::format("No event tracker has the tracking id {}", tracking_id),
                  "trackingId");
    }
    const auto dataset = TRY(datasets_.find_dataset(tracker->parent, DatasetType::kInteractions));
    if (!dataset) {
      return fail(ErrorKind::kInvalid,
                  fmt::format("The dataset group has no Interactions dataset to put events into: {}", tracker->parent),
                  "trackingId");
    }
    return target_of(*dataset);
  });
}

Result<std::shared_ptr<const PutTarget>> PutTargets::of_action_tracking(std::string_view tracking_id) {
  return remembered(fmt::format("actions {}", tracking_id), [&]() -> Result<PutTarget> {
    const auto dataset = TRY(with_tracking_id(ResourceKind::kDataset, tracking_id));
    if (dataset) return target_of(*dataset);
    return fail(
        ErrorKind::kNotFound,
        fmt::format("No Action interactions dataset has the tracking id {}; take it from DescribeDataset", tracking_id),
        "trackingId");
  });
}

}  // namespace rapport::serving
