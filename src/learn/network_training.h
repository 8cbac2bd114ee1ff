#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"
#include "learn/histories.h"
#include "learn/sequence_network.h"
#include "learn/training_control.h"

namespace rapport::learn {

struct NetworkTraining {
  std::uint32_t dimension = 64;
  std::uint32_t blocks = 2;
  std::uint64_t places = 1'000'000;  // of histories read in all
  std::uint32_t epochs_max = 10;     // but no more rounds through the data
  double seconds_max = 0;            // fewer places are read when it would take longer; 0 is no limit
  std::uint32_t window = 100;        // items read at a time
  std::uint32_t batch = 2048;        // places a step
  float rate = 2e-3F;
  float dropout = 0.2F;
  float decay = 0.0F;
  std::uint32_t candidates_max = 16384;  // items a step tells the next one from: all when there are not more
  std::uint64_t seed = 1;
};

struct NetworkEpoch {
  std::uint32_t epoch = 0;
  double loss = 0;  // mean negative logarithm of the chance given to what came next, dropout included
};

struct TrainedNetwork {
  SequenceNetwork network;
  std::vector<NetworkEpoch> curve;
};

// Adam with a rate that rises, then falls to 0. The same whatever the number of threads, unless seconds_max cuts the
// training short. kConflict when stopped. `observe` sees the network after every epoch; it may be empty.
Result<TrainedNetwork> train_network(const Histories& histories, const NetworkTraining& training,
                                     const TrainingControl& control,
                                     const std::function<void(const TrainedNetwork&)>& observe = {});

// The loss of one batch with gradients, for `dense` and for the vectors and biases of all items, added to; the way
// train_network computes them.
struct NetworkGradient {
  std::vector<float> vectors, biases, dense;
};
double network_loss(const SequenceNetwork& network, const TokenBatch& batch, const Dropout& dropout,
                    NetworkGradient& gradient);

}  // namespace rapport::learn
