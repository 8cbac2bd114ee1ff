#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "datasets/dataset_type.h"
#include "json/json.h"

namespace rapport::attribution {

// A metric of an attribution: events of a type are counted, or a column of theirs or of their items is summed.
struct Metric {
  struct Column {
    datasets::DatasetType dataset = datasets::DatasetType::kItems;  // or kInteractions
    std::string name;
  };
  std::string event_type;
  std::string name;
  std::string expression;
  std::optional<Column> sum;  // nothing: the events are counted
};

// A MetricAttribute of the wire: {eventType, metricName, expression}, expression `SAMPLECOUNT()`, `SUM(Items.COLUMN)`
// or `SUM(Interactions.COLUMN)` in any case. kInvalid with field "expression".
Result<Metric> parse_metric(const json::object& attribute);
json::object document_of(const Metric& metric);

}  // namespace rapport::attribution
