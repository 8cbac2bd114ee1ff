#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"
#include "sample/samples.h"

namespace rapport::sample {

// What is made, in this order, each with its share of the whole time.
struct Step {
  std::string_view name;
  double share;
};
inline constexpr std::array<Step, 7> kSteps = {{{"MAKING_WORLD", 0.05},
                                                {"AUDIENCE", 0.25},
                                                {"TEMPLATES", 0.02},
                                                {"SEGMENTS", 0.03},
                                                {"CAMPAIGNS", 0.1},
                                                {"EVENTS", 0.4},
                                                {"DATASETS", 0.15}}};

// A campaign that was recorded: what its events name.
struct RecordedCampaign {
  std::string id;
  std::vector<std::string> runs;  // by treatment
};

// How far a sample is: the checkpoint and the progress of its job. Every step before `step` is done.
struct SampleProgress {
  std::size_t step = 0;
  double share = 0;  // of the step
  std::string application;
  std::string dataset_group;
  std::vector<RecordedCampaign> campaigns;

  double whole() const;  // 0 to 1
  json::object document() const;
  static SampleProgress from(const json::object& document);
};

json::object input_of(const SampleRequest& request);
SampleRequest request_of(const json::object& input);

}  // namespace rapport::sample
