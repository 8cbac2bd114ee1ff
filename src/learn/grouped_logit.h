#pragma once

// Logistic regressions of several tasks that share what they can: the weights of a task are the sum of the weights of
// its groups (all tasks, the tasks of one kind, the task alone), each with a ridge penalty, so that a task with few
// examples stays near its groups.

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "learn/ramps.h"
#include "learn/training_control.h"

namespace rapport::learn {

struct LogitExamples {
  std::uint32_t feature_count = 0;
  std::vector<std::uint64_t> begins = {0};  // of each example in values, and the end
  std::vector<FeatureValue> values;
  std::vector<std::uint32_t> tasks;
  std::vector<std::uint8_t> labels;  // 0 or 1

  void add(const FeatureRow& row, std::uint32_t task, bool label);
  std::size_t size() const { return labels.size(); }
  std::span<const FeatureValue> row(std::size_t example) const {
    return {values.data() + begins[example], values.data() + begins[example + 1]};
  }
};

struct TaskGroups {
  std::uint32_t group_count = 0;
  std::vector<std::vector<std::uint32_t>> of_tasks;  // each task's groups
  std::vector<float> penalties;                      // of each group: penalty / 2 * |weights|^2, but for feature 0
};

// weights[task * feature_count + feature], after penalised maximum likelihood by L-BFGS (Nocedal 1980). Examples
// outside `chosen` (ascending) do not count. The same whatever the number of threads. kConflict when stopped.
Result<std::vector<float>> fit_grouped_logit(const LogitExamples& examples, std::span<const std::uint32_t> chosen,
                                             const TaskGroups& groups, const TrainingControl& control);

// The logit of one example.
double logit_of(std::span<const FeatureValue> row, std::span<const float> weights);

}  // namespace rapport::learn
