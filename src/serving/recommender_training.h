#pragma once

#include "base/result.h"
#include "datasets/resource.h"
#include "jobs/jobs.h"
#include "sql/database.h"
#include "training/training.h"

namespace rapport::serving {

// A recommender is trained at its creation, when its training columns change, every seven days while it is ACTIVE, and
// after users were erased from its group.

// Trains the use case as `details` say and writes the model; its key and modelMetrics go into the resource in memory.
Status train_recommender(training::Training& training, datasets::Resource& recommender, const json::object& details,
                         jobs::Context& context);
// The model is published: what attempts of the job that died have written goes.
Status remove_dead_attempts(training::Training& training, const datasets::Resource& recommender, const jobs::Job& job);

// Lets the schedule begin anew, seven days from now. Changes the details; the caller stores them.
Status schedule_retraining(sql::Session& session, training::Training& training, datasets::Resource& recommender);
// Ends the schedule: a training that waits finds itself outdated.
void unschedule_retraining(datasets::Resource& recommender);
bool is_scheduled(const datasets::Resource& recommender);

// The handler of training::kRecommenderTrainJob. What was trained before answers until the new model is there, and
// keeps answering when a scheduled training fails.
Status run_retraining(training::Training& training, jobs::Context& context);
// Of such a job that failed for good. After an erasure the recommender becomes CREATE FAILED: its model must go.
Status retraining_failed(sql::Session& session, training::Training& training, const jobs::Job& job);

}  // namespace rapport::serving
