#pragma once

#include <string>
#include <utility>

#include "base/result.h"
#include "demo/api.h"
#include "demo/demo_data.h"
#include "demo/progress.h"

namespace rapport::demo {

struct TrainedSolution {
  std::string arn;
  double training_seconds = 0;
  double coverage = 0;
  double hits_at_1_percent = 0;
  double recall_at_1_percent = 0;
};

// The steps of the loop that Personalize's API offers: data sets in, a trained model out.
class Learning {
 public:
  Learning(Api& api, const DemoData& data, std::string suffix, std::string bucket, Progress& progress)
      : api_(api), data_(data), suffix_(std::move(suffix)), bucket_(std::move(bucket)), progress_(progress) {}

  Status import_tables();
  Result<TrainedSolution> train();

 private:
  Status import_table(const TableFile& table, const std::string& type);
  // Waits until the thing that `operation` describes under `member` is ACTIVE; gives its description.
  Result<json::object> wait_active(const std::string& operation, const json::object& input, const std::string& member,
                                   double usual_seconds);

  Api& api_;
  const DemoData& data_;
  std::string suffix_;
  std::string bucket_;
  Progress& progress_;
  std::string dataset_group_arn_;
};

}  // namespace rapport::demo
