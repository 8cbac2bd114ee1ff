#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "datasets/datasets.h"

namespace rapport::serving {

struct NewEventTracker {
  std::string name;
  std::string group_arn;
  datasets::Tags tags = {};
};

// What clients send events by: one for each dataset group. Thread-safe.
class EventTrackers {
 public:
  explicit EventTrackers(datasets::Datasets& datasets) : datasets_(datasets) {}

  // Its details have the trackingId. kAlreadyExists for a second one of a group or of a name, kInvalid while the group
  // has no Interactions dataset.
  Result<datasets::Resource> create(const NewEventTracker& tracker);
  Status remove(std::string_view arn);

 private:
  datasets::Datasets& datasets_;
};

}  // namespace rapport::serving
