#include "learn/network_training.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/check.h"
#include "base/clock.h"
#include "base/random.h"
#include "learn/matrix_product.h"
#include "learn/network_kernels.h"
#include "learn/parallel.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kShards = 4;        // parts of a batch, whatever the number of threads
constexpr std::size_t kPlacesOnce = 256;  // places whose chances are worked out together
constexpr double kWarmUp = 0.05;          // of all steps
constexpr std::size_t kRowsOnce = 256;

// A piece of a history: `count` places to foretell, beginning after items[begin].
struct Window {
  std::uint32_t user = 0;
  std::uint32_t begin = 0;
  std::uint32_t count = 0;
};

// The items that a step chooses among, with their places.
struct Candidates {
  std::vector<std::uint32_t> items;
  std::vector<float> vectors;  // of the items, one after the other
  std::vector<float> biases;   // less the logarithm of how likely each was to be drawn
};

// One part of a step, with its own gradients. Indices of the batch and the gradient are those of the candidates.
struct Shard {
  TokenBatch batch;
  NetworkPass pass;
  NetworkGradient gradient;
  std::vector<float> chances, d_out;
  double loss = 0;
};

// Adds the loss of what the network made of the batch and its gradients; d_out gets that of `read`.
double foretell(const Candidates& candidates, std::span<const float> read, std::span<const std::uint32_t> targets,
                Shard& shard) {
  const std::size_t d = read.size() / targets.size();
  const std::size_t choices = candidates.items.size();
  shard.d_out.resize(read.size());
  double loss = 0;
  for (std::size_t begin = 0; begin < targets.size(); begin += kPlacesOnce) {
    const std::size_t count = std::min(kPlacesOnce, targets.size() - begin);
    const MatrixView rows{read.subspan(begin * d, count * d), d};
    const MatrixView vectors{candidates.vectors, d};
    shard.chances.resize(count * choices);
    const std::span<float> chances = shard.chances;
    multiply_matrices(rows, vectors.transposed(), chances);
    kernels::add_to_rows(chances, candidates.biases);
    for (std::size_t k = 0; k < count; ++k) {
      const std::span<float> row = chances.subspan(k * choices, choices);
      const float wanted = row[targets[begin + k]];
      loss += kernels::softmax(row) - wanted;
      row[targets[begin + k]] -= 1;
    }
    multiply_matrices({chances, choices}, vectors, std::span(shard.d_out).subspan(begin * d, count * d));
    multiply_matrices(MatrixView{chances, choices}.transposed(), rows, shard.gradient.vectors, Into::kAdd);
    kernels::add_rows(chances, shard.gradient.biases);
  }
  return loss;
}

// The whole loss of a shard whose gradient has the right sizes. slots[item]: its place among the candidates.
void run(const SequenceNetwork& network, const Candidates& candidates, std::span<const std::uint32_t> slots,
         const Dropout& dropout, Shard& shard) {
  shard.loss = 0;
  if (shard.batch.items.empty()) return;
  const std::size_t d = network.shape.dimension;
  std::vector<std::uint32_t> targets;
  for (const std::uint32_t item : shard.batch.targets) targets.push_back(slots[item]);
  const auto read = shard.pass.forward(network, shard.batch, dropout);
  shard.loss = foretell(candidates, read, targets, shard);
  const auto d_read = shard.pass.backward(network, shard.batch, shard.d_out, shard.gradient.dense);
  for (std::size_t k = 0; k < shard.batch.items.size(); ++k) {
    kernels::add(std::span(shard.gradient.vectors).subspan(slots[shard.batch.items[k]] * d, d),
                 d_read.subspan(k * d, d), 1);
  }
}

class Trainer {
 public:
  Trainer(const Histories& histories, const NetworkTraining& training, const TrainingControl& control)
      : histories_(histories),
        training_(training),
        control_(control),
        random_(training.seed),
        network_(SequenceNetwork::random({histories.item_count(), training.dimension, training.blocks}, training.seed)),
        vector_moments_(2 * network_.vectors.size(), 0),
        bias_moments_(2 * network_.biases.size(), 0),
        dense_moments_(2 * network_.dense.size(), 0),
        slots_(histories.item_count()),
        shards_(kShards) {
    for (std::uint32_t item = 0; item < histories.item_count(); ++item) {
      meetings_ += static_cast<double>(histories.meetings(item).size());
    }
  }

  Result<TrainedNetwork> train(const std::function<void(const TrainedNetwork&)>& observe) {
    TrainedNetwork result;
    begun_ = monotonic_seconds();
    places_ = std::min(static_cast<double>(training_.places), meetings_ * training_.epochs_max);
    while (done_ < places_) {
      const double loss = run_epoch();
      if (control_.stop.stop_requested()) return fail(ErrorKind::kConflict, "The training was stopped.");
      if (loss == 0) break;  // there is nothing to foretell
      result.curve.push_back({static_cast<std::uint32_t>(result.curve.size() + 1), loss});
      if (observe) {
        result.network = network_;
        observe(result);
      }
    }
    result.network = std::move(network_);
    return result;
  }

 private:
  // Every history in pieces, cut at other places in every epoch, in random order.
  std::vector<Window> windows() {
    std::vector<Window> windows;
    for (std::uint32_t user = 0; user < histories_.user_count(); ++user) {
      const auto length = static_cast<std::uint32_t>(histories_.of(user).size());
      if (length < 2) continue;
      const std::uint32_t places = length - 1;
      std::uint32_t begin = 0;
      std::uint32_t count =
          places <= training_.window ? places : static_cast<std::uint32_t>(1 + random_.below(training_.window));
      while (begin < places) {
        windows.push_back({user, begin, count});
        begin += count;
        count = std::min(training_.window, places - begin);
      }
    }
    for (std::size_t k = windows.size(); k > 1; --k) std::swap(windows[k - 1], windows[random_.below(k)]);
    return windows;
  }

  double run_epoch() {
    const std::vector<Window> all = windows();
    double read = 0;
    double loss = 0;
    for (std::size_t next = 0; next < all.size() && done_ < places_ && !control_.stop.stop_requested();) {
      next += fill_shards(std::span(all).subspan(next));
      std::size_t places = 0;
      for (const Shard& shard : shards_) places += shard.batch.items.size();
      loss += step(done_ / places_, places);
      read += static_cast<double>(places);
      done_ += static_cast<double>(places);
      keep_to_time();
      if (control_.progress) control_.progress(std::min(1.0, done_ / places_), "reading histories");
    }
    return loss / std::max(1.0, read);
  }

  void keep_to_time() {
    const double seconds = monotonic_seconds() - begun_;
    if (training_.seconds_max <= 0 || seconds * 20 < training_.seconds_max) return;
    places_ = std::min(places_, done_ * training_.seconds_max / seconds);
  }

  // Deals windows out to the shards until they hold a batch; gives how many it took.
  std::size_t fill_shards(std::span<const Window> windows) {
    for (Shard& shard : shards_) shard.batch = {};
    std::size_t taken = 0;
    std::size_t places = 0;
    while (taken < windows.size() && places < training_.batch) {
      const Window& window = windows[taken++];
      TokenBatch& batch =
          std::ranges::min_element(shards_, {}, [](const Shard& shard) { return shard.batch.items.size(); })->batch;
      const auto history = histories_.of(window.user).subspan(window.begin, window.count + 1);
      batch.begins.push_back(batch.items.size());
      batch.items.insert(batch.items.end(), history.begin(), history.end() - 1);
      batch.targets.insert(batch.targets.end(), history.begin() + 1, history.end());
      places += window.count;
    }
    return taken;
  }

  // All items, or those of the batch and some more.
  void choose_candidates(std::size_t places) {
    const std::uint32_t items = network_.shape.items;
    const bool all = items <= training_.candidates_max;
    candidates_.items.clear();
    constexpr std::uint32_t kAbsent = 0xffffffff;
    if (all) {
      candidates_.items.resize(items);
      std::iota(candidates_.items.begin(), candidates_.items.end(), 0U);
    } else {
      std::ranges::fill(slots_, kAbsent);
      const auto take = [&](std::uint32_t item) {
        if (slots_[item] != kAbsent) return;
        slots_[item] = 0;
        candidates_.items.push_back(item);
      };
      for (const Shard& shard : shards_) {
        for (const std::uint32_t item : shard.batch.items) take(item);
        for (const std::uint32_t item : shard.batch.targets) take(item);
      }
      while (candidates_.items.size() < training_.candidates_max)
        take(static_cast<std::uint32_t>(random_.below(items)));
      std::ranges::sort(candidates_.items);
    }
    const std::size_t d = network_.shape.dimension;
    candidates_.vectors.resize(candidates_.items.size() * d);
    candidates_.biases.resize(candidates_.items.size());
    for (std::size_t slot = 0; slot < candidates_.items.size(); ++slot) {
      const std::uint32_t item = candidates_.items[slot];
      slots_[item] = static_cast<std::uint32_t>(slot);
      std::copy_n(network_.vectors.data() + item * d, d, candidates_.vectors.data() + slot * d);
      candidates_.biases[slot] = network_.biases[item] - (all ? 0 : log_chance_drawn(item, places));
    }
  }
  float log_chance_drawn(std::uint32_t item, std::size_t places) const {
    const double share = static_cast<double>(histories_.meetings(item).size()) / meetings_;
    const double met = 1 - std::exp(-share * static_cast<double>(places));
    const double drawn = static_cast<double>(training_.candidates_max) / network_.shape.items;
    return static_cast<float>(std::log(met + (1 - met) * drawn));
  }

  // `share` of the training is done.
  double step(double share, std::size_t places) {
    ++steps_;
    choose_candidates(places);
    const unsigned workers = worker_count(control_);
    parallel_for(workers, kShards, {}, [&](std::size_t index, unsigned) {
      Shard& shard = shards_[index];
      shard.gradient.vectors.assign(candidates_.vectors.size(), 0);
      shard.gradient.biases.assign(candidates_.biases.size(), 0);
      shard.gradient.dense.assign(network_.dense.size(), 0);
      const auto seed = static_cast<std::uint32_t>(training_.seed * 0x9E3779B1U + steps_ * kShards + index);
      run(network_, candidates_, slots_, {training_.dropout, seed}, shard);
    });
    double loss = 0;
    for (const Shard& shard : shards_) loss += shard.loss;
    update(share, places);
    return loss;
  }

  void update(double share, std::size_t places) {
    const double rate =
        training_.rate * (share < kWarmUp ? share / kWarmUp : 0.5 * (1 + std::cos(std::numbers::pi * share)));
    const kernels::AdamStep adam{static_cast<float>(rate / (1 - std::pow(0.9, steps_))),
                                 static_cast<float>(1 / (1 - std::pow(0.99, steps_))),
                                 static_cast<float>(rate) * training_.decay};
    const float mean = 1 / static_cast<float>(places);
    const std::size_t d = network_.shape.dimension;
    const std::size_t pieces = (candidates_.items.size() + kRowsOnce - 1) / kRowsOnce;
    NetworkGradient& sum = shards_[0].gradient;
    parallel_for(worker_count(control_), pieces + 1, {}, [&](std::size_t piece, unsigned) {
      if (piece == pieces) {
        for (std::size_t k = 1; k < kShards; ++k) kernels::add(sum.dense, shards_[k].gradient.dense, 1);
        kernels::scale(sum.dense, mean);
        kernels::adam(network_.dense, sum.dense, dense_moments_, adam);
        return;
      }
      const std::size_t end = std::min(candidates_.items.size(), (piece + 1) * kRowsOnce);
      for (std::size_t slot = piece * kRowsOnce; slot < end; ++slot) {
        const auto row = [&](std::vector<float>& all, std::size_t at, std::size_t width) {
          return std::span(all).subspan(at * width, width);
        };
        for (std::size_t k = 1; k < kShards; ++k) {
          kernels::add(row(sum.vectors, slot, d), row(shards_[k].gradient.vectors, slot, d), 1);
          sum.biases[slot] += shards_[k].gradient.biases[slot];
        }
        kernels::scale(row(sum.vectors, slot, d), mean);
        sum.biases[slot] *= mean;
        const std::uint32_t item = candidates_.items[slot];
        kernels::adam(row(network_.vectors, item, d), row(sum.vectors, slot, d), row(vector_moments_, item, 2 * d),
                      adam);
        kernels::adam(row(network_.biases, item, 1), row(sum.biases, slot, 1), row(bias_moments_, item, 2), adam);
      }
    });
  }

  const Histories& histories_;
  const NetworkTraining& training_;
  const TrainingControl& control_;
  Random random_;
  SequenceNetwork network_;
  std::vector<float> vector_moments_, bias_moments_, dense_moments_;
  std::vector<std::uint32_t> slots_;
  std::vector<Shard> shards_;
  Candidates candidates_;
  double meetings_ = 0;
  double places_ = 0;  // to read in all
  double done_ = 0;
  double begun_ = 0;
  std::uint32_t steps_ = 0;
};

}  // namespace

double network_loss(const SequenceNetwork& network, const TokenBatch& batch, const Dropout& dropout,
                    NetworkGradient& gradient) {
  Candidates candidates;
  candidates.items.resize(network.shape.items);
  std::iota(candidates.items.begin(), candidates.items.end(), 0U);
  candidates.vectors = network.vectors;
  candidates.biases = network.biases;
  Shard shard;
  shard.batch = batch;
  shard.gradient.vectors.assign(network.vectors.size(), 0);
  shard.gradient.biases.assign(network.biases.size(), 0);
  shard.gradient.dense.assign(network.dense.size(), 0);
  run(network, candidates, candidates.items, dropout, shard);
  gradient = std::move(shard.gradient);
  return shard.loss;
}

Result<TrainedNetwork> train_network(const Histories& histories, const NetworkTraining& training,
                                     const TrainingControl& control,
                                     const std::function<void(const TrainedNetwork&)>& observe) {
  return Trainer(histories, training, control).train(observe);
}

}  // namespace rapport::learn
