#include "learn/sequence_network.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/random.h"
#include "learn/matrix_product.h"
#include "learn/network_kernels.h"

namespace rapport::learn {
namespace {

using kernels::NormGradient;
using kernels::Recurrence;

constexpr float kVectorDeviation = 0.05F;

std::size_t block_size(const NetworkShape& shape) {
  const std::size_t d = shape.dimension;
  const std::size_t f = shape.hidden();
  return 2 * d + 3 * d * d + 3 * d + d * d + 2 * d + d * f + f + f * d + d;
}

std::span<const float> part(const std::vector<float>& all, std::size_t begin, std::size_t count) {
  return std::span(all).subspan(begin, count);
}

// The rows of one history in a matrix of `width` columns.
template <class T>
std::span<T> rows_of(std::span<T> matrix, const TokenBatch& batch, std::size_t sequence, std::size_t width) {
  const std::size_t begin = batch.begins[sequence];
  const std::size_t end = sequence + 1 < batch.begins.size() ? batch.begins[sequence + 1] : batch.items.size();
  return matrix.subspan(begin * width, (end - begin) * width);
}

}  // namespace

std::size_t SequenceNetwork::dense_size(const NetworkShape& shape) {
  return std::size_t{4} * shape.dimension + shape.blocks * block_size(shape);
}

BlockPlaces SequenceNetwork::places(std::uint32_t block) const {
  const std::size_t d = shape.dimension;
  const std::size_t f = shape.hidden();
  BlockPlaces places{};
  places.norm = 4 * d + block * block_size(shape);
  places.recurrent = places.norm + 2 * d;
  places.recurrent_bias = places.recurrent + 3 * d * d;
  places.out = places.recurrent_bias + 3 * d;
  places.norm_hidden = places.out + d * d;
  places.hidden = places.norm_hidden + 2 * d;
  places.hidden_bias = places.hidden + d * f;
  places.back = places.hidden_bias + f;
  places.back_bias = places.back + f * d;
  return places;
}

bool SequenceNetwork::fits() const {
  return shape.dimension > 0 && shape.dimension <= 512 && shape.blocks <= 16 &&
         vectors.size() == std::size_t{shape.items} * shape.dimension && biases.size() == shape.items &&
         dense.size() == dense_size(shape);
}

SequenceNetwork SequenceNetwork::random(const NetworkShape& shape, std::uint64_t seed) {
  Random random(seed);
  SequenceNetwork network{shape, {}, std::vector<float>(shape.items, 0), std::vector<float>(dense_size(shape), 0)};
  network.vectors.resize(std::size_t{shape.items} * shape.dimension);
  for (float& value : network.vectors) value = kVectorDeviation * static_cast<float>(random.normal());
  const std::size_t d = shape.dimension;
  const auto ones = [&](std::size_t place) { std::fill_n(network.dense.begin() + static_cast<long>(place), d, 1.0F); };
  const auto normal = [&](std::size_t place, std::size_t count, std::size_t fan_in) {
    const double deviation = 1 / std::sqrt(static_cast<double>(fan_in));
    for (std::size_t k = 0; k < count; ++k) network.dense[place + k] = static_cast<float>(deviation * random.normal());
  };
  ones(network.input_norm());
  ones(network.output_norm());
  for (std::uint32_t block = 0; block < shape.blocks; ++block) {
    const BlockPlaces places = network.places(block);
    ones(places.norm);
    ones(places.norm_hidden);
    normal(places.recurrent, 3 * d * d, d);
    normal(places.out, d * d, d);
    normal(places.hidden, d * shape.hidden(), d);
    normal(places.back, d * shape.hidden(), shape.hidden());
    // Memories from a place to some fifty.
    for (std::size_t k = 0; k < d; ++k) {
      network.dense[places.recurrent_bias + k] = 4 * static_cast<float>(k) / static_cast<float>(d);
    }
  }
  return network;
}

void NetworkPass::drop(std::span<float> values, std::uint32_t layer) const {
  if (dropout_.share > 0) kernels::drop(values, dropout_.share, dropout_.seed * 64 + layer);
}

void NetworkPass::norm_forward(const SequenceNetwork& network, std::size_t place, std::span<const float> x,
                               Norm& norm) const {
  const std::size_t d = network.shape.dimension;
  norm.normed.resize(x.size());
  norm.y.resize(x.size());
  norm.inverse_deviations.resize(x.size() / d);
  kernels::normalize(x, part(network.dense, place, d), part(network.dense, place + d, d),
                     {norm.normed, norm.inverse_deviations, norm.y});
}

void NetworkPass::norm_backward(const SequenceNetwork& network, std::size_t place, const Norm& norm,
                                std::span<const float> dy, std::span<float> dense) {
  const std::size_t d = network.shape.dimension;
  kernels::normalize_backward(dy, part(network.dense, place, d), norm.normed, norm.inverse_deviations,
                              {dx_, dense.subspan(place, d), dense.subspan(place + d, d)});
}

std::span<const float> NetworkPass::forward(const SequenceNetwork& network, const TokenBatch& batch,
                                            const Dropout& dropout) {
  const std::size_t d = network.shape.dimension;
  dropout_ = dropout;
  gathered_.resize(batch.items.size() * d);
  for (std::size_t k = 0; k < batch.items.size(); ++k) {
    std::copy_n(network.vectors.data() + batch.items[k] * d, d, gathered_.data() + k * d);
  }
  norm_forward(network, network.input_norm(), gathered_, input_);
  x_ = input_.y;
  drop(x_, 0);
  blocks_.resize(network.shape.blocks);
  for (std::uint32_t index = 0; index < network.shape.blocks; ++index) block_forward(network, batch, index);
  norm_forward(network, network.output_norm(), x_, output_);
  return output_.y;
}

void NetworkPass::block_forward(const SequenceNetwork& network, const TokenBatch& batch, std::uint32_t index) {
  const std::size_t d = network.shape.dimension;
  const std::size_t f = network.shape.hidden();
  const std::size_t rows = batch.items.size();
  const BlockPlaces places = network.places(index);
  Block& block = blocks_[index];

  norm_forward(network, places.norm, x_, block.before_recurrence);
  block.inputs.resize(rows * 3 * d);
  for (std::vector<float>* own : {&block.keep, &block.state, &block.y, &branch_}) own->resize(rows * d);
  multiply_matrices({block.before_recurrence.y, d}, {part(network.dense, places.recurrent, 3 * d * d), 3 * d},
                    block.inputs);
  kernels::add_to_rows(block.inputs, part(network.dense, places.recurrent_bias, 3 * d));
  for (std::size_t k = 0; k < batch.begins.size(); ++k) {
    kernels::recur(rows_of<const float>(block.inputs, batch, k, 3 * d), d,
                   {rows_of<float>(block.keep, batch, k, d), rows_of<float>(block.state, batch, k, d),
                    rows_of<float>(block.y, batch, k, d)});
  }
  multiply_matrices({block.y, d}, {part(network.dense, places.out, d * d), d}, branch_);
  drop(branch_, 1 + 2 * index);
  kernels::add(x_, branch_, 1);

  norm_forward(network, places.norm_hidden, x_, block.before_hidden);
  block.hidden.resize(rows * f);
  block.active.resize(rows * f);
  multiply_matrices({block.before_hidden.y, d}, {part(network.dense, places.hidden, d * f), f}, block.hidden);
  kernels::add_to_rows(block.hidden, part(network.dense, places.hidden_bias, f));
  kernels::silu(block.hidden, block.active);
  multiply_matrices({block.active, f}, {part(network.dense, places.back, f * d), d}, branch_);
  kernels::add_to_rows(branch_, part(network.dense, places.back_bias, d));
  drop(branch_, 2 + 2 * index);
  kernels::add(x_, branch_, 1);
}

std::span<const float> NetworkPass::backward(const SequenceNetwork& network, const TokenBatch& batch,
                                             std::span<const float> d_out, std::span<float> dense) {
  dx_.assign(d_out.size(), 0);
  norm_backward(network, network.output_norm(), output_, d_out, dense);
  for (std::uint32_t index = network.shape.blocks; index-- > 0;) block_backward(network, batch, index, dense);
  branch_ = dx_;
  drop(branch_, 0);
  dx_.assign(d_out.size(), 0);
  norm_backward(network, network.input_norm(), input_, branch_, dense);
  return dx_;
}

void NetworkPass::block_backward(const SequenceNetwork& network, const TokenBatch& batch, std::uint32_t index,
                                 std::span<float> dense) {
  const std::size_t d = network.shape.dimension;
  const std::size_t f = network.shape.hidden();
  const BlockPlaces places = network.places(index);
  Block& block = blocks_[index];

  branch_ = dx_;
  drop(branch_, 2 + 2 * index);
  kernels::add_rows(branch_, dense.subspan(places.back_bias, d));
  multiply_matrices(MatrixView{block.active, f}.transposed(), {branch_, d}, dense.subspan(places.back, f * d),
                    Into::kAdd);
  d_wide_.resize(block.active.size());
  multiply_matrices({branch_, d}, MatrixView{part(network.dense, places.back, f * d), d}.transposed(), d_wide_);
  kernels::silu_backward(block.hidden, d_wide_, d_wide_);
  kernels::add_rows(d_wide_, dense.subspan(places.hidden_bias, f));
  multiply_matrices(MatrixView{block.before_hidden.y, d}.transposed(), {d_wide_, f},
                    dense.subspan(places.hidden, d * f), Into::kAdd);
  d_narrow_.resize(dx_.size());
  multiply_matrices({d_wide_, f}, MatrixView{part(network.dense, places.hidden, d * f), f}.transposed(), d_narrow_);
  norm_backward(network, places.norm_hidden, block.before_hidden, d_narrow_, dense);

  branch_ = dx_;
  drop(branch_, 1 + 2 * index);
  multiply_matrices(MatrixView{block.y, d}.transposed(), {branch_, d}, dense.subspan(places.out, d * d), Into::kAdd);
  multiply_matrices({branch_, d}, MatrixView{part(network.dense, places.out, d * d), d}.transposed(), d_narrow_);
  d_wide_.resize(block.inputs.size());
  for (std::size_t k = 0; k < batch.begins.size(); ++k) {
    const Recurrence known{rows_of<float>(block.keep, batch, k, d), rows_of<float>(block.state, batch, k, d), {}};
    kernels::recur_backward(rows_of<const float>(block.inputs, batch, k, 3 * d), d, known,
                            rows_of<const float>(d_narrow_, batch, k, d), rows_of<float>(d_wide_, batch, k, 3 * d));
  }
  kernels::add_rows(d_wide_, dense.subspan(places.recurrent_bias, 3 * d));
  multiply_matrices(MatrixView{block.before_recurrence.y, d}.transposed(), {d_wide_, 3 * d},
                    dense.subspan(places.recurrent, 3 * d * d), Into::kAdd);
  multiply_matrices({d_wide_, 3 * d}, MatrixView{part(network.dense, places.recurrent, 3 * d * d), 3 * d}.transposed(),
                    d_narrow_);
  norm_backward(network, places.norm, block.before_recurrence, d_narrow_, dense);
}

}  // namespace rapport::learn
