#pragma once

#include "base/result.h"
#include "demo/demo_data.h"
#include "learn/evaluation.h"

namespace rapport::demo {

// What simple rules reach on the same split and the same queries (every value of the asked attribute).
struct Baselines {
  learn::SegmentMetrics most_active;            // the users with most interactions
  learn::SegmentMetrics most_frequent_viewers;  // the users with most interactions with the attribute's items
};

Result<Baselines> evaluate_baselines(const DemoData& data);

}  // namespace rapport::demo
