#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "datasets/datasets.h"
#include "jobs/jobs.h"
#include "json/json.h"
#include "serving/deployments.h"

namespace rapport::serving {

struct NewRecommender {
  std::string name;
  std::string group_arn;
  std::string recipe_arn;
  json::object details = {};  // recommenderConfig: kept and shown
  datasets::Tags tags = {};
};

inline constexpr std::string_view kRecommenderJob = "personalize.recommender";

// Recommenders: the use cases of domain dataset groups, each trained and deployed as one. Errors are the API's.
// Thread-safe.
class Recommenders {
 public:
  explicit Recommenders(Deployments& deployments) : deployments_(deployments) {}

  // Begins the training; it is ACTIVE when requests can be answered. kInvalid when the use case is not of the group's
  // domain.
  Result<datasets::Resource> create(const NewRecommender& recommender);
  // Members that `config` lacks keep their value. Trains anew when columns for training change; what was trained before
  // answers until then.
  Status update(std::string_view arn, const json::object& config);
  Status start(std::string_view arn);  // kConflict unless INACTIVE; trains nothing, goes on with the weekly trainings
  Status stop(std::string_view arn);   // kConflict unless ACTIVE; no more trainings
  // kConflict while it is being created, started, stopped or changed.
  Status remove(std::string_view arn);

  void register_jobs(jobs::Workers& workers);

 private:
  Status change(std::string_view arn, const std::function<Status(datasets::Resource&)>& edit);
  Status submit(sql::Session& session, datasets::Resource& recommender);
  Status run(jobs::Context& context);
  enum class Trained { kNo, kYes };
  Status publish(const datasets::Resource& begun, const json::object& wanted, Trained trained, jobs::Context& context);
  Status finish(sql::Session& session, const jobs::Job& job);

  datasets::Catalog& catalog() { return deployments_.training().datasets().catalog(); }
  jobs::Queue& queue() { return deployments_.training().datasets().queue(); }

  Deployments& deployments_;
};

}  // namespace rapport::serving
