#pragma once

// attribution: which recommendations led to which events. Metric attributions with Personalize's names and lifecycles.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attribution/metric.h"
#include "base/result.h"
#include "datasets/datasets.h"
#include "jobs/jobs.h"

namespace rapport::attribution {

struct NewAttribution {
  std::string name = {};
  std::string group_arn = {};
  std::vector<json::object> metrics = {};  // MetricAttributes
  json::object output = {};                // metricsOutputConfig
};

struct AttributionChange {
  std::vector<json::object> added = {};
  std::vector<std::string> removed = {};  // names of metrics
  std::optional<json::object> output = {};
};

inline constexpr std::string_view kReportJob = "personalize.attribution-report";

// Errors are the API's. Thread-safe.
class Attributions {
 public:
  explicit Attributions(datasets::Datasets& datasets) : datasets_(datasets) {}

  // One a group, at most 10 metrics. kInvalid when the group's interactions have no EVENT_TYPE or a metric cannot be
  // read or sums a column that is not there or no number.
  Result<datasets::Resource> create(const NewAttribution& attribution);
  // kAlreadyExists for a metric of a name that is there, kInvalid for a removed one that is not.
  Status update(std::string_view arn, const AttributionChange& change);
  Status remove(std::string_view arn);
  Result<std::vector<Metric>> metrics(std::string_view arn);

  void register_jobs(jobs::Workers& workers);

  datasets::Datasets& datasets() { return datasets_; }

 private:
  Result<Metric> read(const json::object& attribute, std::string_view group_arn);

  datasets::Datasets& datasets_;
};

// The metrics in an attribution's details.
Result<std::vector<Metric>> metrics_of(const datasets::Resource& attribution);

}  // namespace rapport::attribution
