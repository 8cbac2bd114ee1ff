#pragma once

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include "learn/training_control.h"

namespace rapport::learn {

// The number of worker threads a control asks for, at least 1.
unsigned worker_count(const TrainingControl& control);

// Calls body(index, worker) once for every index in [0, count), from `workers` threads; worker < workers. Which worker
// takes which index is not fixed, so body must write only to places of its index or of its worker. No index is begun
// after `stop` was requested.
template <class Body>
void parallel_for(unsigned workers, std::size_t count, const std::stop_token& stop, const Body& body) {
  std::atomic<std::size_t> next{0};
  const auto work = [&](unsigned worker) {
    for (std::size_t index = next++; index < count && !stop.stop_requested(); index = next++) body(index, worker);
  };
  std::vector<std::jthread> threads;
  for (unsigned worker = 1; worker < workers && worker < count; ++worker) threads.emplace_back(work, worker);
  work(0);
}

}  // namespace rapport::learn
