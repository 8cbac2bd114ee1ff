#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "datasets/datasets.h"

namespace rapport::serving {

// A dataset that rows are put into.
struct PutTarget {
  std::string id;  // of the dataset's rows
  std::string group_arn;
  datasets::DatasetType type = datasets::DatasetType::kInteractions;
  datasets::Schema schema;
  datasets::Arrivals arrivals = datasets::Arrivals::kForgotten;  // noted for the reports of a metric attribution
};

// Finds the datasets that Put calls name; remembers each for a second. Thread-safe.
class PutTargets {
 public:
  explicit PutTargets(datasets::Datasets& datasets) : datasets_(datasets) {}

  // kNotFound, kInvalid when it is of another type.
  Result<std::shared_ptr<const PutTarget>> of_dataset(std::string_view arn, datasets::DatasetType type);
  // The Interactions dataset of the group whose event tracker has the id. kInvalid, as the API says it.
  Result<std::shared_ptr<const PutTarget>> of_tracker(std::string_view tracking_id);
  // The Action_Interactions dataset with the id. kNotFound.
  Result<std::shared_ptr<const PutTarget>> of_action_tracking(std::string_view tracking_id);

 private:
  using Find = std::function<Result<PutTarget>()>;
  Result<std::shared_ptr<const PutTarget>> remembered(std::string key, const Find& find);
  Result<PutTarget> target_of(const datasets::Resource& dataset);
  Result<std::optional<datasets::Resource>> with_tracking_id(datasets::ResourceKind kind, std::string_view id);

  struct Entry {
    Timestamp found;
    std::shared_ptr<const PutTarget> target;
  };
  datasets::Datasets& datasets_;
  std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;  // guarded by mutex_
};

}  // namespace rapport::serving
