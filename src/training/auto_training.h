#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "datasets/resource.h"
#include "jobs/jobs.h"
#include "sql/database.h"

namespace rapport::training {

class Training;

inline constexpr std::string_view kAutoTrainJob = "personalize.auto-train";

// The days between trainings that solutionConfig.autoTrainingConfig.schedulingExpression says, `rate(7 days)` when it
// says nothing. kInvalid for another form or for days outside 1..30.
Result<std::int64_t> training_days(const json::object& details);

// Lets the schedule of a solution begin anew: the first version an hour from now, unless somebody makes one meanwhile.
// Does nothing when performAutoTraining is not true. Changes the solution's details; the caller stores them.
Status schedule_training(sql::Session& session, Training& training, datasets::Resource& solution);

// The handler of kAutoTrainJob: begins a training and waits for the next.
Status run_auto_train(Training& training, jobs::Context& context);

}  // namespace rapport::training
