#pragma once

// A network that reads a history item by item and foretells the next: item vectors, blocks of a gated linear
// recurrence and a feed-forward layer, each normalised before and added to what it read, and the item vectors again as
// the output layer ("Linear Recurrent Units for Sequential Recommendation", Yue et al. 2024, with gates that depend on
// the item as in "Were RNNs All We Needed?", Feng et al. 2024).

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rapport::learn {

struct NetworkShape {
  std::uint32_t items = 0;
  std::uint32_t dimension = 64;  // at most 512
  std::uint32_t blocks = 2;

  std::size_t hidden() const { return std::size_t{2} * dimension; }
};

// Places of one block's parameters.
struct BlockPlaces {
  std::size_t norm, recurrent, recurrent_bias, out, norm_hidden, hidden, hidden_bias, back, back_bias;
};

// All numbers of a network. Copyable; reading is thread-safe.
struct SequenceNetwork {
  NetworkShape shape;
  std::vector<float> vectors;  // items x dimension
  std::vector<float> biases;   // of each item's output
  std::vector<float> dense;    // everything else

  static SequenceNetwork random(const NetworkShape& shape, std::uint64_t seed);
  bool fits() const;  // whether the parts have the sizes of the shape

  BlockPlaces places(std::uint32_t block) const;
  std::size_t input_norm() const { return 0; }
  std::size_t output_norm() const { return std::size_t{2} * shape.dimension; }
  static std::size_t dense_size(const NetworkShape& shape);
};

// Histories to read, one after the other.
struct TokenBatch {
  std::vector<std::uint32_t> items;
  std::vector<std::uint32_t> targets;  // parallel: what came next; empty when only reading
  std::vector<std::size_t> begins;     // of each history in items
};

// Which share of the numbers between the layers is left out, and (by the seed) which.
struct Dropout {
  float share = 0;
  std::uint32_t seed = 0;
};

// Reads histories with a network and carries gradients back. One a thread; reused, it keeps its work space.
class NetworkPass {
 public:
  // What the network makes of each place of the batch: places x dimension. REQUIRES known items. The result lives until
  // the next call.
  std::span<const float> forward(const SequenceNetwork& network, const TokenBatch& batch, const Dropout& dropout = {});
  // After forward with the same arguments: adds the gradient of the dense part to `dense` and puts that of the item
  // vectors read, places x dimension, into the result.
  std::span<const float> backward(const SequenceNetwork& network, const TokenBatch& batch, std::span<const float> d_out,
                                  std::span<float> dense);

 private:
  struct Norm {
    std::vector<float> normed, inverse_deviations, y;
  };
  struct Block {
    Norm before_recurrence, before_hidden;
    std::vector<float> inputs, keep, state, y;
    std::vector<float> hidden, active;
  };
  void norm_forward(const SequenceNetwork& network, std::size_t place, std::span<const float> x, Norm& norm) const;
  void norm_backward(const SequenceNetwork& network, std::size_t place, const Norm& norm, std::span<const float> dy,
                     std::span<float> dense);
  void block_forward(const SequenceNetwork& network, const TokenBatch& batch, std::uint32_t index);
  void block_backward(const SequenceNetwork& network, const TokenBatch& batch, std::uint32_t index,
                      std::span<float> dense);
  void drop(std::span<float> values, std::uint32_t layer) const;

  Dropout dropout_;
  Norm input_, output_;
  std::vector<Block> blocks_;
  std::vector<float> gathered_, x_, dx_, branch_, d_wide_, d_narrow_;
};

}  // namespace rapport::learn
