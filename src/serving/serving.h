#pragma once

#include <stop_token>

#include "base/clock.h"
#include "datasets/datasets.h"
#include "datasets/put_rows.h"
#include "feature_store/feature_store.h"
#include "filters/filters.h"
#include "jobs/jobs.h"
#include "serving/campaigns.h"
#include "serving/deployments.h"
#include "serving/event_trackers.h"
#include "serving/explanations.h"
#include "serving/intake.h"
#include "serving/recommendations.h"
#include "serving/recommenders.h"
#include "serving/served_lists.h"
#include "training/training.h"

namespace rapport::serving {

// All of the module, wired. Thread-safe.
class Serving {
 public:
  struct Collaborators {
    datasets::Datasets& datasets;
    datasets::PutRows& put_rows;
    records::Store& records;
    feature_store::FeatureStore& features;
    filters::Filters& filters;
    training::Training& training;
    const Clock& clock;
  };
  explicit Serving(const Collaborators& with);

  Deployments& deployments() { return deployments_; }
  Campaigns& campaigns() { return campaigns_; }
  Recommenders& recommenders() { return recommenders_; }
  EventTrackers& event_trackers() { return event_trackers_; }
  Recommendations& recommendations() { return recommendations_; }
  // For those who do not show the list itself to its user: it is no impression.
  Recommendations& unseen_recommendations() { return unseen_recommendations_; }
  ServedLists& served_lists() { return served_; }
  Intake& intake() { return intake_; }

  Result<Explanation> explain(const Deployment& deployment, const ExplanationRequest& request) {
    return serving::explain(deployments_.features(), deployment, request, clock_.now());
  }

  void register_jobs(jobs::Workers& workers);
  // What is to be done now and then: campaigns follow their solutions, models get the items that came.
  Status tick();
  // Does so every second until told to stop.
  void run(const std::stop_token& stop);

 private:
  const Clock& clock_;
  ServedLists served_;
  Deployments deployments_;
  Campaigns campaigns_;
  Recommenders recommenders_;
  EventTrackers event_trackers_;
  Recommendations recommendations_;
  Recommendations unseen_recommendations_;
  Intake intake_;
};

}  // namespace rapport::serving
