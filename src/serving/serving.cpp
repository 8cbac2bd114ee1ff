#include "serving/serving.h"

#include <chrono>
#include <condition_variable>

#include "base/log.h"

namespace rapport::serving {
namespace {

constexpr std::chrono::milliseconds kBetweenTicks{1000};

}  // namespace

Serving::Serving(const Collaborators& with)
    : clock_(with.clock),
      served_(with.records, with.clock),
      deployments_(with.training, with.features),
      campaigns_(deployments_),
      recommenders_(deployments_),
      event_trackers_(with.datasets),
      recommendations_({.features = with.features, .filters = with.filters, .served = &served_, .clock = with.clock}),
      unseen_recommendations_({.features = with.features, .filters = with.filters, .clock = with.clock}),
      intake_(with.datasets, with.put_rows, served_) {}

void Serving::register_jobs(jobs::Workers& workers) {
  campaigns_.register_jobs(workers);
  recommenders_.register_jobs(workers);
}

Status Serving::tick() {
  TRY(campaigns_.follow_latest());
  return deployments_.add_new_items();
}

void Serving::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  while (!stopped.wait_for(lock, stop, kBetweenTicks, [&] { return stop.stop_requested(); })) {
    const Status done = tick();
    if (!done) log_warning("serving", "Cannot bring deployments up to date: {}", done.error().message);
  }
}

}  // namespace rapport::serving
