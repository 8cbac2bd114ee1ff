#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "datasets/datasets.h"
#include "datasets/put_rows.h"
#include "serving/put_targets.h"
#include "serving/put_values.h"
#include "serving/served_lists.h"

namespace rapport::serving {

// The Put calls of the events API: all rows of a call are durable when it returns, or none is. Thread-safe.
class Intake {
 public:
  Intake(datasets::Datasets& datasets, datasets::PutRows& rows, const ServedLists& served)
      : targets_(datasets), rows_(rows), served_(served) {}

  // An event that names a recommendation and no impression has seen the list that was served.
  Status put_events(std::string_view tracking_id, std::span<NewEvent> events);
  // kInvalid for event types that are not Taken, Not Taken or Viewed.
  Status put_action_interactions(std::string_view tracking_id, std::span<NewEvent> events);
  // Items, users or actions, as the dataset's type says.
  Status put_entities(std::string_view dataset_arn, datasets::DatasetType type, std::span<const NewEntity> entities);

 private:
  Status put(const PutTarget& target, std::span<NewEvent> events);

  PutTargets targets_;
  datasets::PutRows& rows_;
  const ServedLists& served_;
};

}  // namespace rapport::serving
