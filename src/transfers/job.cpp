#include "transfers/job.h"

#include <utility>

namespace rapport::transfers {
namespace {

constexpr std::size_t kFailuresMax = 100;

std::string status_of(const jobs::Job& job, const std::string& stage) {
  switch (job.state) {
    case jobs::State::kPending: return job.attempts == 0 ? "CREATED" : "PENDING_JOB";
    case jobs::State::kRunning:
      if (job.cancel_requested) return "FAILING";
      return stage.empty() ? "PREPARING_FOR_INITIALIZATION" : stage;
    case jobs::State::kSucceeded: return "COMPLETED";
    default: return "FAILED";
  }
}

}  // namespace

void Progress::add_failure(std::string failure) {
  if (failures.size() < kFailuresMax) failures.push_back(std::move(failure));
}

json::object Progress::document() const {
  return {{"Status", status},
          {"TotalPieces", total_pieces},
          {"CompletedPieces", completed_pieces},
          {"FailedPieces", failed_pieces},
          {"Processed", total_processed},
          {"Failed", total_failures},
          {"Failures", array_of(failures)}};
}

Progress Progress::from(const json::object& document) {
  const auto number = [&](std::string_view name) { return json::find_integer(document, name).value_or(0); };
  Progress progress;
  progress.status = json::string_or(document, "Status");
  progress.total_pieces = number("TotalPieces");
  progress.completed_pieces = number("CompletedPieces");
  progress.failed_pieces = number("FailedPieces");
  progress.total_processed = number("Processed");
  progress.total_failures = number("Failed");
  progress.failures = texts_of(document, "Failures");
  return progress;
}

TransferJob TransferJob::from(const jobs::Job& job) {
  TransferJob transfer{Progress::from(job.progress), job.id, job.owner, job.created, job.finished};
  transfer.status = status_of(job, transfer.status);
  if (job.state == jobs::State::kFailed && transfer.failures.empty()) transfer.failures.push_back(job.failure);
  return transfer;
}

Result<jobs::Job> find_job(jobs::Queue& queue, std::string_view kind, const std::string& app, const std::string& id,
                           std::string_view absent) {
  auto job = queue.get(id);
  if (!job && job.error().kind != ErrorKind::kNotFound) return job;
  if (!job || job->kind != kind || job->owner != app) return fail(ErrorKind::kNotFound, std::string(absent));
  return job;
}

json::array array_of(const std::vector<std::string>& texts) {
  json::array array;
  for (const auto& text : texts) array.emplace_back(text);
  return array;
}

std::vector<std::string> texts_of(const json::object& document, std::string_view name) {
  std::vector<std::string> texts;
  if (const auto* array = json::find_array(document, name)) {
    for (const auto& element : *array) texts.emplace_back(json::view(element.as_string()));
  }
  return texts;
}

}  // namespace rapport::transfers
