// Batch inference and batch segment jobs.

#include "personalize/documents.h"
#include "personalize/operations.h"

namespace rapport::personalize {
namespace {

using datasets::Resource;
using datasets::ResourceKind;
using datasets::Scope;

constexpr KindNames kInferenceJobs{ResourceKind::kBatchInferenceJob,
                                   "DescribeBatchInferenceJob",
                                   "ListBatchInferenceJobs",
                                   "batchInferenceJobArn",
                                   "batchInferenceJob",
                                   "batchInferenceJobs",
                                   "solutionVersionArn"};
constexpr KindNames kSegmentJobs{ResourceKind::kBatchSegmentJob,
                                 "DescribeBatchSegmentJob",
                                 "ListBatchSegmentJobs",
                                 "batchSegmentJobArn",
                                 "batchSegmentJob",
                                 "batchSegmentJobs",
                                 "solutionVersionArn"};

batch::NewJob job_of(const json::object& input) {
  return {.name = json::string_or(input, "jobName"),
          .version_arn = json::string_or(input, "solutionVersionArn"),
          .results_max = json::find_integer(input, "numResults").value_or(25),
          .details = members_of(input, {"filterArn", "jobInput", "jobOutput", "roleArn", "batchInferenceJobConfig",
                                        "batchInferenceJobMode", "themeGenerationConfig"}),
          .tags = tags_of(input)};
}

}  // namespace

void register_batch_operations(contract::Contract& contract, datasets::Catalog& catalog, batch::Batches& batches) {
  implement_reading(contract, catalog, kInferenceJobs);
  implement_reading(contract, catalog, kSegmentJobs);
  implement(contract, "CreateBatchInferenceJob",
            [&batches](const json::object& input, const Scope&) -> Result<json::object> {
              return json::object{{"batchInferenceJobArn", TRY(batches.create_inference_job(job_of(input))).arn}};
            });
  implement(contract, "CreateBatchSegmentJob",
            [&batches](const json::object& input, const Scope&) -> Result<json::object> {
              return json::object{{"batchSegmentJobArn", TRY(batches.create_segment_job(job_of(input))).arn}};
            });
}

}  // namespace rapport::personalize
