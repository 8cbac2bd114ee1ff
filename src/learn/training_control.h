#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string_view>

namespace rapport::learn {

// How a training runs; it never changes what is learned: the same data, parameters and seed give the same model bit for
// bit whatever the number of threads.
struct TrainingControl {
  unsigned threads = 0;  // 0: one for each core
  std::stop_token stop = {};
  // Called from the training thread with the share done (0..1, never falling) and what is being done.
  std::function<void(double share, std::string_view stage)> progress = {};
};

// What a training cost.
struct TrainingCost {
  double seconds = 0;
  std::uint64_t memory_bytes_peak = 0;  // of the model's own arrays and work space
};

}  // namespace rapport::learn
