#include "attribution/report.h"

#include <fmt/format.h>

#include "base/text.h"
#include "formats/csv.h"
#include "formats/source.h"

namespace rapport::attribution {

std::string_view Report::source_of(const Interaction& interaction) {
  if (interaction.source.empty()) return kUnknownSource;
  if (const auto known = sources_.find(interaction.source); known != sources_.end()) return *known;
  if (sources_.size() == kSourcesMax) return kUnknownSource;
  return *sources_.emplace(interaction.source).first;
}

void Report::add(const Interaction& interaction) {
  const std::int64_t bucket = interaction.time / kBucketSeconds * kBucketSeconds;
  for (std::size_t i = 0; i < metrics_.size(); ++i) {
    const Metric& metric = metrics_[i];
    if (!equals_ignore_case(metric.event_type, interaction.event_type)) continue;
    double value = 1;
    if (metric.sum) value = parse_double(interaction.cell(*metric.sum)).value_or(0);
    sums_[{bucket, i, std::string(source_of(interaction))}] += value;
  }
}

Result<std::string> Report::csv() const {
  std::string text;
  formats::CsvWriter writer(formats::text_sink(text));
  TRY(writer.write_row(
      {"METRIC_NAME", "EVENT_TYPE", "VALUE", "MATH_FUNCTION", "EVENT_ATTRIBUTION_SOURCE", "TIMESTAMP"}));
  for (const auto& [key, sum] : sums_) {
    const auto& [bucket, index, source] = key;
    const Metric& metric = metrics_[index];
    const std::string value = fmt::format("{:#}", sum);  // 12.0
    const std::string time = fmt::format("{}", bucket);
    TRY(writer.write_row({metric.name, metric.event_type, value, metric.sum ? "sum" : "samplecount", source, time}));
  }
  TRY(writer.finish());
  return text;
}

}  // namespace rapport::attribution
