#pragma once

#include <cstdint>
#include <span>

namespace rapport::learn {

// A row-major matrix as a factor of a product, read as it is or transposed.
struct MatrixView {
  enum class Form { kPlain, kTransposed };
  std::span<const float> values;
  std::size_t columns = 0;  // as stored
  Form form = Form::kPlain;

  MatrixView transposed() const { return {values, columns, Form::kTransposed}; }
};

enum class Into { kOverwrite, kAdd };

// product (row-major) = a b, or += a b. On the calling thread only, so that the order of additions is fixed.
void multiply_matrices(const MatrixView& a, const MatrixView& b, std::span<float> product,
                       Into into = Into::kOverwrite);

}  // namespace rapport::learn
