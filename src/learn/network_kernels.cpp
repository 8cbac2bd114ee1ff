#include "learn/network_kernels.h"

#include <algorithm>
#include <cmath>

// Instruction sets chosen at start; sanitizers do not know the mechanism.
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define RAPPORT_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define RAPPORT_CLONES
#endif

namespace rapport::learn::kernels {

RAPPORT_CLONES void normalize(std::span<const float> x, std::span<const float> gain, std::span<const float> bias,
                              NormOutput output) {
  const std::size_t width = gain.size();
  for (std::size_t row = 0; row * width < x.size(); ++row) {
    const float* in = x.data() + row * width;
    float* normed = output.normed.data() + row * width;
    float* y = output.y.data() + row * width;
    float mean = 0;
    for (std::size_t k = 0; k < width; ++k) mean += in[k];
    mean /= static_cast<float>(width);
    float variance = 1e-6F * static_cast<float>(width);
    for (std::size_t k = 0; k < width; ++k) variance += (in[k] - mean) * (in[k] - mean);
    const float inverse = 1 / std::sqrt(variance / static_cast<float>(width));
    output.inverse_deviations[row] = inverse;
    for (std::size_t k = 0; k < width; ++k) {
      normed[k] = (in[k] - mean) * inverse;
      y[k] = normed[k] * gain[k] + bias[k];
    }
  }
}

RAPPORT_CLONES void normalize_backward(std::span<const float> dy, std::span<const float> gain,
                                       std::span<const float> normed, std::span<const float> inverse_deviations,
                                       NormGradient gradient) {
  const std::size_t width = gain.size();
  for (std::size_t row = 0; row * width < dy.size(); ++row) {
    const float* d = dy.data() + row * width;
    const float* n = normed.data() + row * width;
    float* dx = gradient.x.data() + row * width;
    float sum = 0;
    float along = 0;
    for (std::size_t k = 0; k < width; ++k) {
      gradient.gain[k] += d[k] * n[k];
      gradient.bias[k] += d[k];
      sum += gain[k] * d[k];
      along += gain[k] * d[k] * n[k];
    }
    sum /= static_cast<float>(width);
    along /= static_cast<float>(width);
    for (std::size_t k = 0; k < width; ++k) dx[k] += (gain[k] * d[k] - sum - n[k] * along) * inverse_deviations[row];
  }
}

RAPPORT_CLONES void recur(std::span<const float> inputs, std::size_t dimension, Recurrence output) {
  for (std::size_t row = 0; row * 3 * dimension < inputs.size(); ++row) {
    const float* in = inputs.data() + row * 3 * dimension;
    float* keep = output.keep.data() + row * dimension;
    float* state = output.state.data() + row * dimension;
    float* y = output.y.data() + row * dimension;
    for (std::size_t k = 0; k < dimension; ++k) {
      keep[k] = 1 / (1 + std::exp(-in[k]));
      const float before = row == 0 ? 0 : *(state + k - dimension);
      state[k] = keep[k] * before + (1 - keep[k]) * in[dimension + k];
      const float gate = in[2 * dimension + k];
      y[k] = state[k] * gate / (1 + std::exp(-gate));
    }
  }
}

RAPPORT_CLONES void recur_backward(std::span<const float> inputs, std::size_t dimension, const Recurrence& output,
                                   std::span<const float> dy, std::span<float> d_inputs) {
  const std::size_t rows = dy.size() / dimension;
  constexpr std::size_t kWidthMax = 512;
  float d_state[kWidthMax] = {};
  for (std::size_t row = rows; row-- > 0;) {
    const float* in = inputs.data() + row * 3 * dimension;
    float* d_in = d_inputs.data() + row * 3 * dimension;
    const float* keep = output.keep.data() + row * dimension;
    const float* state = output.state.data() + row * dimension;
    const float* d = dy.data() + row * dimension;
    for (std::size_t k = 0; k < dimension; ++k) {
      const float gate = in[2 * dimension + k];
      const float open = 1 / (1 + std::exp(-gate));
      d_in[2 * dimension + k] = d[k] * state[k] * (open + gate * open * (1 - open));
      const float change = d_state[k] + d[k] * gate * open;
      const float before = row == 0 ? 0 : *(state + k - dimension);
      d_in[k] = change * (before - in[dimension + k]) * keep[k] * (1 - keep[k]);
      d_in[dimension + k] = change * (1 - keep[k]);
      d_state[k] = change * keep[k];
    }
  }
}

RAPPORT_CLONES void silu(std::span<const float> x, std::span<float> y) {
  for (std::size_t k = 0; k < x.size(); ++k) y[k] = x[k] / (1 + std::exp(-x[k]));
}

RAPPORT_CLONES void silu_backward(std::span<const float> x, std::span<const float> dy, std::span<float> dx) {
  for (std::size_t k = 0; k < x.size(); ++k) {
    const float open = 1 / (1 + std::exp(-x[k]));
    dx[k] = dy[k] * (open + x[k] * open * (1 - open));
  }
}

RAPPORT_CLONES float softmax(std::span<float> values) {
  float highest = values[0];
  for (const float value : values) highest = std::max(highest, value);
  float sum = 0;
  for (float& value : values) {
    value = std::exp(value - highest);
    sum += value;
  }
  const float factor = 1 / sum;
  for (float& value : values) value *= factor;
  return highest + std::log(sum);
}

RAPPORT_CLONES void scale(std::span<float> values, float factor) {
  for (float& value : values) value *= factor;
}

RAPPORT_CLONES void take_logarithms(std::span<float> values) {
  for (float& value : values) value = std::log(value);
}

RAPPORT_CLONES void add(std::span<float> sums, std::span<const float> values, float factor) {
  for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += factor * values[k];
}

RAPPORT_CLONES void add_rows(std::span<const float> rows, std::span<float> sums) {
  for (std::size_t row = 0; row * sums.size() < rows.size(); ++row) {
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += rows[row * sums.size() + k];
  }
}

RAPPORT_CLONES void add_to_rows(std::span<float> rows, std::span<const float> row) {
  for (std::size_t at = 0; at * row.size() < rows.size(); ++at) {
    for (std::size_t k = 0; k < row.size(); ++k) rows[at * row.size() + k] += row[k];
  }
}

RAPPORT_CLONES void drop(std::span<float> values, float share, std::uint32_t seed) {
  const auto threshold = static_cast<std::uint32_t>(share * 16777216.0F);  // of 24 bits
  const float kept = 1 / (1 - share);
  for (std::uint32_t k = 0; k < values.size(); ++k) {
    std::uint32_t mixed = (k + seed) * 0x9E3779B1U;
    mixed ^= mixed >> 16;
    mixed *= 0x85EBCA6BU;
    mixed ^= mixed >> 13;
    mixed = (mixed ^ seed) * 0xC2B2AE35U;
    mixed ^= mixed >> 16;
    values[k] = (mixed >> 8) < threshold ? 0 : values[k] * kept;
  }
}

RAPPORT_CLONES void adam(std::span<float> values, std::span<const float> gradient, std::span<float> moments,
                         const AdamStep& step) {
  const AdamStep own = step;
  float* first = moments.data();
  float* second = moments.data() + values.size();
  for (std::size_t k = 0; k < values.size(); ++k) {
    first[k] = 0.9F * first[k] + 0.1F * gradient[k];
    second[k] = 0.99F * second[k] + 0.01F * gradient[k] * gradient[k];
    const float move = own.rate * first[k] / (std::sqrt(second[k] * own.second_factor) + 1e-8F);
    values[k] -= move + own.decay * values[k];
  }
}

}  // namespace rapport::learn::kernels
