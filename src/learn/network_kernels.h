#pragma once

// The loops a network spends its time in besides products of matrices. Each is compiled for several instruction sets;
// on one machine the results are always the same. Matrices are row-major.

#include <cstddef>
#include <cstdint>
#include <span>

namespace rapport::learn::kernels {

// Each row of `x` (rows of gain.size() numbers): normed = (x - mean) / deviation, y = gain * normed + bias;
// deviations[row] is 1 / deviation.
struct NormOutput {
  std::span<float> normed;
  std::span<float> inverse_deviations;
  std::span<float> y;
};
void normalize(std::span<const float> x, std::span<const float> gain, std::span<const float> bias, NormOutput output);
// dx += what the change of y by dy means for x; gain and bias gradients are added to as well.
struct NormGradient {
  std::span<float> x;
  std::span<float> gain;
  std::span<float> bias;
};
void normalize_backward(std::span<const float> dy, std::span<const float> gain, std::span<const float> normed,
                        std::span<const float> inverse_deviations, NormGradient gradient);

// Row by row of [decay | input | gate] (width 3 d): keep = sigmoid(decay), state = keep * state before
// + (1 - keep) * input, y = state * silu(gate). The state before row 0 is 0.
struct Recurrence {
  std::span<float> keep;   // rows x d
  std::span<float> state;  // rows x d
  std::span<float> y;      // rows x d
};
void recur(std::span<const float> inputs, std::size_t dimension, Recurrence output);
// Puts the gradient of the inputs into d_inputs; dy is that of y.
void recur_backward(std::span<const float> inputs, std::size_t dimension, const Recurrence& output,
                    std::span<const float> dy, std::span<float> d_inputs);

void silu(std::span<const float> x, std::span<float> y);
void silu_backward(std::span<const float> x, std::span<const float> dy, std::span<float> dx);

// values = exp(values) / their sum; gives the logarithm of that sum.
float softmax(std::span<float> values);
void scale(std::span<float> values, float factor);
void take_logarithms(std::span<float> values);  // natural, of each
void add(std::span<float> sums, std::span<const float> values, float factor);
// Each row of sums.size() numbers is added to sums.
void add_rows(std::span<const float> rows, std::span<float> sums);
// The row is added to each of the rows.
void add_to_rows(std::span<float> rows, std::span<const float> row);

// Sets a share of the values to 0 and divides the others by 1 - share; which ones, the seed says.
void drop(std::span<float> values, float share, std::uint32_t seed);

// One step of Adam: with the two moments corrected for their start by the steps' factors.
struct AdamStep {
  float rate = 0;           // the learning rate, divided by 1 - 0.9^step
  float second_factor = 0;  // 1 / (1 - 0.99^step)
  float decay = 0;          // share of each value that is lost
};
void adam(std::span<float> values, std::span<const float> gradient, std::span<float> moments, const AdamStep& step);

}  // namespace rapport::learn::kernels
