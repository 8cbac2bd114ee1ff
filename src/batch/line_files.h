#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "datasets/datasets.h"
#include "jobs/jobs.h"
#include "json/json.h"

namespace rapport::batch {

// Where a job of this module reads and writes: jobInput.s3DataSource.path and jobOutput.s3DataDestination.path.
struct Places {
  objects::Location input;   // a file, or a folder
  objects::Location output;  // a folder: its key is empty or ends in '/'
};
// kInvalid with the API's words; also when the two are the same.
Result<Places> places_of(const json::object& details);

// The line that answers an object, without its end. An error is of the line alone when it is kInvalid or kNotFound;
// any other stops the job. Called from several threads at once.
using Answer = std::function<Result<json::object>(const json::object& question)>;
// Turns question and answer into the line that is written.
using Write = std::function<std::string(std::string_view question, const Result<json::object>& answer)>;

struct LineWork {
  Answer answer;
  Write write;
};

// Answers every file: `<folder>/<name>.out` for each, lines in their order, and `_CHECK`. A job that is run again goes
// on behind the last file that was finished. kUnavailable when the job is to stop.
Status answer_files(objects::Store& store, const Places& places, const LineWork& work, jobs::Context& context);

// "User error: <message>" as a JSON text.
std::string error_text(const Error& error);

}  // namespace rapport::batch
