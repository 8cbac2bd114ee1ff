#include "base/metrics.h"

#include <gtest/gtest.h>

namespace rapport {
namespace {

TEST(Metrics, PrintsPrometheusText) {
  Metrics metrics;
  metrics.counter("rapport_requests_total", "Requests answered.", {{"operation", "Get\"App"}}).add(2);
  metrics.counter("rapport_requests_total", "Requests answered.", {{"operation", "Get\"App"}}).add();
  metrics.gauge("rapport_up", "One while running.", [] { return 1.0; });
  EXPECT_EQ(metrics.prometheus_text(),
            "# HELP rapport_requests_total Requests answered.\n# TYPE rapport_requests_total counter\n"
            "rapport_requests_total{operation=\"Get\\\"App\"} 3\n"
            "# HELP rapport_up One while running.\n# TYPE rapport_up gauge\nrapport_up 1\n");
}

}  // namespace
}  // namespace rapport
