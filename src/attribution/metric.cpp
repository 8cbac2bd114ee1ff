#include "attribution/metric.h"

#include "filters/expression_reader.h"

namespace rapport::attribution {
namespace {

using datasets::DatasetType;

Result<std::optional<Metric::Column>> parse_expression(std::string_view text) {
  filters::ExpressionReader reader(text, "The metric's expression", "expression");
  std::optional<Metric::Column> sum;
  if (reader.take_word("SUM")) {
    if (!reader.take("(")) return reader.expected("'('");
    const auto dataset = datasets::dataset_type_from(reader.take_name());
    if (dataset != DatasetType::kItems && dataset != DatasetType::kInteractions) {
      return reader.expected("Items or Interactions");
    }
    if (!reader.take(".")) return reader.expected("'.'");
    sum = Metric::Column{*dataset, std::string(reader.take_name())};
    if (sum->name.empty()) return reader.expected("the name of a column");
  } else {
    if (!reader.take_word("SAMPLECOUNT")) return reader.expected("SAMPLECOUNT() or SUM(Items.COLUMN)");
    if (!reader.take("(")) return reader.expected("'('");
  }
  if (!reader.take(")")) return reader.expected("')'");
  if (!reader.at_end()) return reader.expected("the end");
  return sum;
}

}  // namespace

Result<Metric> parse_metric(const json::object& attribute) {
  Metric metric{.event_type = json::string_or(attribute, "eventType"),
                .name = json::string_or(attribute, "metricName"),
                .expression = json::string_or(attribute, "expression"),
                .sum = {}};
  metric.sum = TRY(parse_expression(metric.expression));
  return metric;
}

json::object document_of(const Metric& metric) {
  return {{"eventType", metric.event_type}, {"metricName", metric.name}, {"expression", metric.expression}};
}

}  // namespace rapport::attribution
