// Metric attributions.

#include "personalize/documents.h"
#include "personalize/operations.h"

namespace rapport::personalize {
namespace {

using attribution::Attributions;
using datasets::ResourceKind;
using datasets::Scope;

constexpr KindNames kAttributions{ResourceKind::kMetricAttribution,
                                  "DescribeMetricAttribution",
                                  "ListMetricAttributions",
                                  "metricAttributionArn",
                                  "metricAttribution",
                                  "metricAttributions",
                                  "datasetGroupArn"};

std::vector<json::object> objects_of(const json::object& input, std::string_view member) {
  std::vector<json::object> found;
  if (const json::array* list = json::find_array(input, member)) {
    for (const json::value& value : *list) found.push_back(value.as_object());
  }
  return found;
}

json::object output_of(const json::object& input) {
  const json::object* output = json::find_object(input, "metricsOutputConfig");
  return output == nullptr ? json::object{} : *output;
}

Result<json::object> create(Attributions& attributions, const json::object& input) {
  const auto made = TRY(attributions.create({.name = json::string_or(input, "name"),
                                             .group_arn = json::string_or(input, "datasetGroupArn"),
                                             .metrics = objects_of(input, "metrics"),
                                             .output = output_of(input)}));
  return json::object{{"metricAttributionArn", made.arn}};
}

Result<json::object> update(Attributions& attributions, const json::object& input) {
  attribution::AttributionChange change{.added = objects_of(input, "addMetrics")};
  if (const json::array* removed = json::find_array(input, "removeMetrics")) {
    for (const json::value& name : *removed) change.removed.emplace_back(json::view(name.as_string()));
  }
  if (json::find(input, "metricsOutputConfig") != nullptr) change.output = output_of(input);
  const std::string arn = json::string_or(input, "metricAttributionArn");
  TRY(attributions.update(arn, change));
  return json::object{{"metricAttributionArn", arn}};
}

// At most ten: one page.
Result<json::object> list_metrics(Attributions& attributions, const json::object& input) {
  if (!json::string_or(input, "nextToken").empty()) {
    return fail(ErrorKind::kInvalid, "The token is not one of this list; begin again without", "nextToken");
  }
  json::array metrics;
  for (const auto& metric : TRY(attributions.metrics(json::string_or(input, "metricAttributionArn")))) {
    metrics.push_back(attribution::document_of(metric));
  }
  return json::object{{"metrics", std::move(metrics)}};
}

}  // namespace

void register_attribution_operations(contract::Contract& contract, Attributions& attributions) {
  implement_reading(contract, attributions.datasets().catalog(), kAttributions);
  implement(contract, "CreateMetricAttribution",
            [&attributions](const json::object& input, const Scope&) { return create(attributions, input); });
  implement(contract, "UpdateMetricAttribution",
            [&attributions](const json::object& input, const Scope&) { return update(attributions, input); });
  implement(contract, "ListMetricAttributionMetrics",
            [&attributions](const json::object& input, const Scope&) { return list_metrics(attributions, input); });
  implement(contract, "DeleteMetricAttribution",
            [&attributions](const json::object& input, const Scope&) -> Result<json::object> {
              TRY(attributions.remove(json::string_or(input, "metricAttributionArn")));
              return json::object{};
            });
}

}  // namespace rapport::personalize
