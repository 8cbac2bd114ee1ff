#include "jobs/row.h"

#include <array>

namespace rapport::jobs {
namespace {

Result<json::object> object_from(const std::string& text) {
  auto document = json::parse(text);
  if (!document || !document->is_object()) {
    return fail(ErrorKind::kInternal, "A stored job has a damaged document: " + text.substr(0, 80));
  }
  return std::move(document->get_object());
}

State state_from(std::string_view name) {
  static constexpr std::array kStates = {State::kPending, State::kRunning, State::kSucceeded, State::kFailed,
                                         State::kCancelled};
  for (const State state : kStates) {
    if (name_of(state) == name) return state;
  }
  return State::kFailed;
}

}  // namespace

Result<Job> job_from_row(const sql::Row& row, std::size_t first) {
  Job job;
  job.id = row.text(first);
  job.kind = row.text(first + 1);
  job.owner = row.text(first + 2);
  job.state = state_from(row.text(first + 3));
  job.input = TRY(object_from(row.text(first + 4)));
  job.checkpoint = TRY(object_from(row.text(first + 5)));
  job.progress = TRY(object_from(row.text(first + 6)));
  job.failure = row.text(first + 7);
  job.attempts = static_cast<int>(row.integer(first + 8));
  job.created = {row.integer(first + 9)};
  job.updated = {row.integer(first + 10)};
  if (!row.is_null(first + 11)) job.finished = Timestamp{row.integer(first + 11)};
  job.cancel_requested = row.integer(first + 12) != 0;
  return job;
}

}  // namespace rapport::jobs
