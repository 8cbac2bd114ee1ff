#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "feature_store/feature_store.h"
#include "serving/deployment.h"
#include "training/training.h"

namespace rapport::serving {

// The models that answer requests, in memory. Changes of their resources are seen within a second. Thread-safe.
class Deployments {
 public:
  Deployments(training::Training& training, feature_store::FeatureStore& features)
      : training_(training), features_(features) {}

  // kNotFound; kInvalid while it is not ACTIVE.
  Result<std::shared_ptr<const Deployment>> of_campaign(std::string_view arn);
  Result<std::shared_ptr<const Deployment>> of_recommender(std::string_view arn);
  // A version's model as a campaign with these details would deploy it. kConflict unless it is ACTIVE.
  Result<std::shared_ptr<const Deployment>> of_version(std::string_view version_arn, const json::object& details);

  // Gives models the items that came since they were trained.
  Status add_new_items();

  feature_store::FeatureStore& features() { return features_; }
  training::Training& training() { return training_; }

 private:
  // Up to where the items of the group are in the model.
  struct ItemsSeen {
    std::uint64_t generation = 0;
    std::uint64_t version = 0;
    double next_look = 0;  // monotonic seconds
    bool operator==(const ItemsSeen&) const = default;
  };
  struct Entry {
    Timestamp looked;   // when the resource was last read
    Timestamp updated;  // when it last changed
    std::shared_ptr<const Deployment> deployment;
    ItemsSeen seen = {};
  };
  Result<std::shared_ptr<const Deployment>> find(datasets::ResourceKind kind, std::string_view arn);
  Result<std::shared_ptr<const Deployment>> made_from(const datasets::Resource& resource);
  Result<std::shared_ptr<const Deployment>> of_trained(const datasets::Resource& recommender);
  Status add_new_items(const std::string& arn, Entry entry);

  training::Training& training_;
  feature_store::FeatureStore& features_;
  std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;  // by ARN; guarded by mutex_
};

// What a version or recommender is deployed with.
Exploration exploration_of(const training::Recipe& recipe, const json::object& details);

}  // namespace rapport::serving
