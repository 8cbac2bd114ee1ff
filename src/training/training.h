#pragma once

// training: solutions, their versions (trained models) and what is inferred from them, as Amazon Personalize knows
// them.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "datasets/datasets.h"
#include "jobs/jobs.h"
#include "json/json.h"
#include "learn/action_model.h"
#include "learn/item_model.h"
#include "training/training_data.h"

namespace rapport::training {

struct NewSolution {
  std::string name;
  std::string group_arn;
  std::string recipe_arn;
  json::object details = {};  // performHPO, performAutoTraining, eventType, solutionConfig...: kept and shown
  datasets::Tags tags = {};
};

enum class TrainingType { kManual, kAutomatic };

struct NewVersion {
  std::string solution_arn;
  std::string name = {};
  std::string training_mode = "FULL";  // or UPDATE
  TrainingType training_type = TrainingType::kManual;
  datasets::Tags tags = {};
};

struct NewDeletionJob {
  std::string name;
  std::string group_arn;
  std::string location;       // s3://bucket/file.csv or a folder ending in '/': CSV with a column USER_ID
  json::object details = {};  // roleArn: kept and shown
  datasets::Tags tags = {};
};

// Which users a query is to give.
struct InferenceLimits {
  std::size_t users_max = 25;
  std::optional<double> score_min = {};
};

// The score is the probability of at least one matching interaction while the user makes a quarter of the past number.
struct ScoredUser {
  std::string user_id;
  double score = 0;
};

struct TrainingOptions {
  TrainingMinimum minimum = {};
  unsigned threads = 0;  // 0: one for each core
};

inline constexpr std::string_view kTrainJob = "personalize.train";
// Trains a recommender anew, {"arn": ...}; serving, which has the recommenders, handles it.
inline constexpr std::string_view kRecommenderTrainJob = "personalize.recommender-train";
// Where models lie: `<solution>/<version>-<attempt>.model`.
inline constexpr std::string_view kModelBucket = "rapport-models";

class ModelCache;

// The learning side of the API; resources are in datasets.catalog(). Errors are the API's. Thread-safe.
class Training {
 public:
  Training(datasets::Datasets& datasets, TrainingOptions options);
  ~Training();

  Result<datasets::Resource> create_solution(const NewSolution& solution);
  // performAutoTraining, performIncrementalUpdate, solutionUpdateConfig.
  Status update_solution(std::string_view arn, const json::object& changes);
  // With its versions and their models. kConflict while one is being trained.
  Status delete_solution(std::string_view arn);

  // Begins a training.
  Result<datasets::Resource> create_version(const NewVersion& version);
  Status stop_version(std::string_view arn);
  // How far a training is, as it last said: a stage, and the share of that stage, 0 to 1. Nothing before it begins and
  // after it ended.
  struct Progress {
    std::string status;  // of the version
    std::optional<double> share;
    std::string stage;  // "reading the data", "evaluating"
  };
  Result<Progress> progress(std::string_view version_arn);
  // {"coverage": 0.1234, ...}. kConflict until the version is ACTIVE.
  Result<json::object> metrics(std::string_view version_arn);

  // What the model is made of and how good it is (training/report.h). kConflict until the version is ACTIVE.
  Result<json::object> report(std::string_view version_arn);

  // For our own callers: the group's newest solution with this recipe, made when there is none.
  Result<datasets::Resource> ensure_solution(std::string_view group_arn, std::string_view recipe_name);
  Result<std::optional<datasets::Resource>> newest_active_version(std::string_view solution_arn);

  // Before there is a model: kInvalid for an attribute query that cannot be read, with the position.
  static Status check_query(std::string_view attribute_query);
  // The users for `ITEMS.genres = "Action"` by falling score. kConflict unless the version is ACTIVE, kInvalid for a
  // query that cannot be read or does not fit the recipe, kNotFound for values unknown at training.
  Result<std::vector<ScoredUser>> infer_users(std::string_view version_arn, std::string_view attribute_query,
                                              const InferenceLimits& limits);
  // The users for one item, of a version with the recipe aws-item-affinity.
  Result<std::vector<ScoredUser>> infer_users_of_item(std::string_view version_arn, std::string_view item_id,
                                                      const InferenceLimits& limits);

  // The model of an ACTIVE version, from memory or read in milliseconds; kConflict while the version is not ACTIVE,
  // kInvalid when its recipe makes another kind of model.
  Result<std::shared_ptr<const learn::ItemModel>> item_model(std::string_view version_arn);
  Result<std::shared_ptr<const learn::ActionModel>> action_model(std::string_view version_arn);

  // The model in an object of kModelBucket.
  Result<std::shared_ptr<const learn::ItemModel>> item_model_at(const std::string& key);

  // Begins to erase users from a group's datasets and from the models trained on them.
  Result<datasets::Resource> create_deletion_job(const NewDeletionJob& job);

  // The handlers of this module's kinds of jobs.
  void register_jobs(jobs::Workers& workers);

  datasets::Datasets& datasets() { return datasets_; }
  const TrainingOptions& options() const { return options_; }

 private:
  datasets::Datasets& datasets_;
  const TrainingOptions options_;
  std::unique_ptr<ModelCache> models_;
};

}  // namespace rapport::training
