#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "attribution/metric.h"

namespace rapport::attribution {

// An interaction as the report reads it.
struct Interaction {
  std::string_view event_type;
  std::string_view item_id;
  std::string_view source;  // EVENT_ATTRIBUTION_SOURCE; may be empty
  std::int64_t time = 0;    // Unix seconds
  // The text of a column of the interaction or, for kItems, of its item; empty when there is none.
  std::function<std::string_view(const Metric::Column& column)> cell;
};

// Sums of events by metric, source and quarter of an hour. Not thread-safe.
class Report {
 public:
  static constexpr std::int64_t kBucketSeconds = 900;
  static constexpr std::string_view kUnknownSource = "SOURCE_NAME_UNDEFINED";
  static constexpr std::size_t kSourcesMax = 100;  // further ones count as unknown

  // REQUIRES that the metrics outlive the report.
  explicit Report(std::span<const Metric> metrics) : metrics_(metrics) {}

  void add(const Interaction& interaction);
  bool empty() const { return sums_.empty(); }
  // METRIC_NAME,EVENT_TYPE,VALUE,MATH_FUNCTION,EVENT_ATTRIBUTION_SOURCE,TIMESTAMP
  Result<std::string> csv() const;

 private:
  std::string_view source_of(const Interaction& interaction);

  std::span<const Metric> metrics_;
  std::set<std::string, std::less<>> sources_;
  std::map<std::tuple<std::int64_t, std::size_t, std::string>, double> sums_;  // by bucket, metric and source
};

}  // namespace rapport::attribution
