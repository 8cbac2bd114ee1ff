#pragma once

#include <string>

#include "base/result.h"
#include "jobs/jobs.h"
#include "objects/store.h"

namespace rapport::training {

class Training;

// The handler of kTrainJob: trains, evaluates, writes the model and makes the version ACTIVE. Begins anew when it is
// run again.
Status run_train(Training& training, jobs::Context& context);

// Trains an ACTIVE version anew on what its datasets hold now; its new model takes the place of the old one, which
// goes. A version for which too little data is left becomes CREATE FAILED. Does nothing for versions that are not
// ACTIVE.
Status train_again(Training& training, const std::string& version_arn, jobs::Context& context);

// Where the report of the model `model_key` of kModelBucket lies: beside it.
objects::Location report_location(std::string_view model_key);

}  // namespace rapport::training
