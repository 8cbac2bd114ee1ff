#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "datasets/datasets.h"
#include "jobs/jobs.h"
#include "json/json.h"
#include "serving/deployments.h"

namespace rapport::serving {

struct NewCampaign {
  std::string name;
  std::string version_arn;    // of a solution version, or <solution>/$LATEST
  json::object details = {};  // minProvisionedTPS, campaignConfig: kept and shown
  datasets::Tags tags = {};
};

inline constexpr std::string_view kDeployJob = "personalize.deploy";

// Campaigns: solution versions that answer requests. Errors are the API's. Thread-safe.
class Campaigns {
 public:
  explicit Campaigns(Deployments& deployments) : deployments_(deployments) {}

  // Begins to load the model; the campaign is ACTIVE when requests can be answered.
  Result<datasets::Resource> create(const NewCampaign& campaign);
  // solutionVersionArn, minProvisionedTPS, campaignConfig. What was deployed before answers until the change is done.
  Status update(std::string_view arn, const json::object& changes);
  // kConflict while it is being created or changed.
  Status remove(std::string_view arn);

  // Begins the deployment of newer versions to campaigns that follow their solution's latest.
  Status follow_latest();

  void register_jobs(jobs::Workers& workers);

 private:
  Status run(jobs::Context& context);
  Result<datasets::Resource> begin(const std::string& arn);
  Result<std::string> wanted_version(sql::Session& session, const std::string& arn, const json::object& details);
  Status submit(sql::Session& session, datasets::Resource& campaign);

  datasets::Catalog& catalog() { return deployments_.training().datasets().catalog(); }
  jobs::Queue& queue() { return deployments_.training().datasets().queue(); }

  Deployments& deployments_;
};

}  // namespace rapport::serving
