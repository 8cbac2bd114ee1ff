#pragma once

// batch: files of questions answered by a solution version, without a campaign.

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "datasets/datasets.h"
#include "feature_store/feature_store.h"
#include "filters/filters.h"
#include "jobs/jobs.h"
#include "serving/deployments.h"
#include "training/training.h"

namespace rapport::batch {

struct NewJob {
  std::string name = {};
  std::string version_arn = {};
  std::int64_t results_max = 25;
  // filterArn, jobInput, jobOutput, roleArn, batchInferenceJobConfig...: kept and shown.
  json::object details = {};
  datasets::Tags tags = {};
};

inline constexpr std::string_view kInferenceJob = "personalize.batch-inference";
inline constexpr std::string_view kSegmentJob = "personalize.batch-segment";

struct Collaborators {
  training::Training& training;
  serving::Deployments& deployments;
  feature_store::FeatureStore& features;
  filters::Filters& filters;
  const Clock& clock;
};

// Errors are the API's: kConflict unless the version is ACTIVE, kInvalid with the member. Thread-safe.
class Batches {
 public:
  explicit Batches(const Collaborators& with) : with_(with) {}

  // Items for users, items that go with items, or lists ranked: as the version's recipe has it.
  Result<datasets::Resource> create_inference_job(const NewJob& job);
  // Users for items or attributes of items, of a version that makes segments.
  Result<datasets::Resource> create_segment_job(const NewJob& job);

  // The handlers of this module's kinds of jobs.
  void register_jobs(jobs::Workers& workers);

 private:
  Collaborators with_;
};

}  // namespace rapport::batch
