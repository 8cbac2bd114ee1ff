#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "datasets/datasets.h"
#include "filters/filter.h"

namespace rapport::filters {

struct NewFilter {
  std::string name = {};
  std::string group_arn = {};
  std::string expression = {};
  datasets::Tags tags = {};
};

// The filters of dataset groups: resources of datasets.catalog(), ACTIVE at once. Errors are the API's. Thread-safe.
class Filters {
 public:
  explicit Filters(datasets::Datasets& datasets) : datasets_(datasets) {}

  // kInvalid for an expression that cannot be read or reads columns that the group's datasets lack.
  Result<datasets::Resource> create(const NewFilter& filter);
  // kConflict while a batch job that uses it is not done.
  Status remove(std::string_view arn);
  // The filter, which must be of the group. kNotFound, kInvalid with field "filterArn".
  Result<Filter> get(std::string_view arn, std::string_view group_arn);

 private:
  Result<Filter> parsed(const std::string& expression);

  datasets::Datasets& datasets_;
  std::mutex mutex_;
  std::map<std::string, Filter, std::less<>> parsed_;  // by expression; guarded by mutex_
};

}  // namespace rapport::filters
