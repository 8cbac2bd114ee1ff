#pragma once

// Measures what a model of affinity names for items and for attributes on the interactions that followed.
//
// While users times queries stay below about 64 million everybody and everything is asked for, as Personalize defines
// the metrics. Beyond, the work is bounded: a seeded sample of the users (32,768) and of the items or attribute values
// with anybody to find among them; the list is then the top 1 % of the sample and hits are scaled to all users.

#include <cstdint>
#include <vector>

#include "learn/affinity_model.h"
#include "learn/attribute_affinity.h"
#include "learn/dataset.h"
#include "learn/evaluation.h"
#include "learn/segment_baselines.h"
#include "learn/training_control.h"

namespace rapport::learn {

// `newer` followed what the model knows.
struct SegmentTest {
  const AffinityModel& model;
  const std::vector<Interaction>& newer;
  std::uint64_t seed = 1;
};

struct SegmentResults {
  SegmentMetrics of_model;
  BaselineMetrics of_baselines;  // on the same queries and users
};

SegmentResults evaluate_item_segments(const SegmentTest& test, const TrainingControl& control);
// Over all values of all columns.
SegmentResults evaluate_attribute_segments(const SegmentTest& test, const AttributeWeights& weights,
                                           const ItemAttributes& attributes, const TrainingControl& control);

}  // namespace rapport::learn
