#include "learn/parallel.h"

#include <algorithm>

namespace rapport::learn {

unsigned worker_count(const TrainingControl& control) {
  return control.threads > 0 ? control.threads : std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace rapport::learn
