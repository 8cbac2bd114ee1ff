#include "sample/samples.h"

#include <utility>

#include "base/text.h"
#include "sample/run.h"
#include "sample/state.h"

namespace rapport::sample {
namespace {

constexpr std::size_t kAttemptsLooked = 100;

// Asking twice at the same moment makes one job: both name it alike.
std::string job_id(const std::string& name, std::size_t number) {
  return "sample-" + to_lower(name) + "-" + std::to_string(number);
}

SampleState state_of(const jobs::Job& job) {
  switch (job.state) {
    case jobs::State::kPending: return job.attempts == 0 ? SampleState::kPending : SampleState::kRunning;
    case jobs::State::kRunning: return SampleState::kRunning;
    case jobs::State::kSucceeded: return SampleState::kReady;
    default: return SampleState::kFailed;
  }
}

}  // namespace

Result<std::optional<jobs::Job>> Samples::latest(const std::string& name) {
  auto jobs = TRY(with_.queue.list(kJobKind, to_lower(name), "", 1));
  if (jobs.empty()) return std::nullopt;
  return std::move(jobs.front());
}

Result<Sample> Samples::start(const SampleRequest& request) {
  const std::string owner = to_lower(request.name);
  const auto before = TRY(with_.queue.list(kJobKind, owner, "", kAttemptsLooked));
  if (!before.empty()) {
    Sample sample = TRY(sample_of(before.front()));
    const auto there = sample.application.empty() ? Status() : with_.applications.require(sample.application);
    if (!there && there.error().kind != ErrorKind::kNotFound) return std::unexpected(there.error());
    if (there && sample.state != SampleState::kFailed) return sample;
  }
  const jobs::NewJob job{.kind = std::string(kJobKind),
                         .owner = owner,
                         .input = input_of(request),
                         .id = job_id(request.name, before.size() + 1)};
  const auto submitted = with_.queue.submit(job);
  if (!submitted && submitted.error().kind != ErrorKind::kAlreadyExists) return std::unexpected(submitted.error());
  with_.queue.wake();
  return get(request.name);
}

Result<Sample> Samples::get(const std::string& name) {
  const auto job = TRY(latest(name));
  if (!job) return fail(ErrorKind::kNotFound, "No sample data of this name was loaded: " + name);
  return sample_of(*job);
}

Result<Sample> Samples::sample_of(const jobs::Job& job) {
  const auto request = request_of(job.input);
  const auto progress = SampleProgress::from(job.progress);
  Sample sample{.name = request.name,
                .state = state_of(job),
                .step = job.attempts == 0 ? "WAITING" : "DONE",
                .progress = progress.whole(),
                .users = request.users,
                .application = progress.application,
                .dataset_group = progress.dataset_group,
                .created = job.created,
                .completed = job.finished,
                .failure = job.state == jobs::State::kFailed ? job.failure : ""};
  if (job.attempts > 0 && progress.step < kSteps.size()) sample.step = kSteps[progress.step].name;
  if (sample.state != SampleState::kReady) return sample;
  // The tables come in by jobs of their own.
  const auto tables = TRY(state_of_tables(with_.datasets, progress.dataset_group));
  if (!tables.failure.empty()) {
    sample.state = SampleState::kFailed;
    sample.failure = tables.failure;
  } else if (!tables.ready) {
    sample.state = SampleState::kRunning;
    sample.step = "DATASETS";
    sample.progress = 0.99;
    sample.completed.reset();
  }
  return sample;
}

void Samples::serve(jobs::Workers& workers) {
  workers.handle(std::string(kJobKind), [this](jobs::Context& context) { return run(context); });
}

Status Samples::run(jobs::Context& context) { return SampleRun(with_, context).run(); }

}  // namespace rapport::sample
