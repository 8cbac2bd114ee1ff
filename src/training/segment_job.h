#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "jobs/jobs.h"
#include "training/training.h"

namespace rapport::training {

// The handler of kSegmentJob: one output file per input file, each whole or not there. Goes on with the next file when
// it is run again.
Status run_segments(Training& training, jobs::Context& context);

// One line of an output file, without its end, in the form of the real service's files:
// {"input": {"itemId": "105"}, "output": {"usersList": ["1"], "recommendedUsers": ["1"]}, "error": null}
// An input that is no object is shown as a text.
std::string segment_line(std::string_view input, const Result<std::vector<ScoredUser>>& users);

}  // namespace rapport::training
