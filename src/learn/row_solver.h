#pragma once

// The least squares of one row of a factorisation.

#include <cstdint>
#include <span>
#include <vector>

namespace rapport::learn {

// `count` vectors of `dimension` numbers, one after the other.
struct Factors {
  std::uint32_t count = 0;
  std::uint32_t dimension = 0;
  std::vector<float> values;

  std::span<float> of(std::uint32_t index) { return {values.data() + std::size_t{index} * dimension, dimension}; }
  std::span<const float> of(std::uint32_t index) const {
    return {values.data() + std::size_t{index} * dimension, dimension};
  }
};

// unobserved_weight * (factors^T factors), for RowSolver.
std::vector<float> gram_matrix(const Factors& factors, float unobserved_weight);

// The others seen along the axes of their Gram matrix, which is diagonal there: rows of few members are then solved in
// the space of their members, in a tenth of the time. Immutable: thread-safe.
class GramBasis {
 public:
  GramBasis(const Factors& others, std::span<const float> gram);
  const Factors& others() const { return others_; }               // turned
  std::span<const float> axes() const { return axes_; }           // dimension x dimension, column by column
  std::span<const float> eigenvalues() const { return values_; }  // of the Gram matrix, never negative

 private:
  std::vector<float> axes_;
  std::vector<float> values_;
  Factors others_;
};

// One row of a least-squares half step: the vector x that minimises
//   sum over k weights[k] * (1 - x.others[members[k]])^2 + unobserved_weight * sum over all others (x.other)^2
//   + ridge * |x|^2.
// Reused for many rows by one thread.
class RowSolver {
 public:
  // `gram` is unobserved_weight * (others^T others), dimension x dimension, lower triangle of a column-major matrix.
  // `basis`, of the same, speeds up short rows; it may be absent.
  RowSolver(const Factors& others, std::span<const float> gram, const GramBasis* basis = nullptr);
  // `weights` may be empty: every weight is 1. REQUIRES ridge > 0.
  void solve(std::span<const std::uint32_t> members, std::span<const float> weights, float ridge, std::span<float> row);

 private:
  void gather(const Factors& from, std::span<const std::uint32_t> members, std::span<const float> weights);
  void solve_among_members(float ridge, std::span<float> row);

  const Factors& others_;
  std::span<const float> gram_;
  const GramBasis* basis_;
  std::vector<float> gathered_;  // the members' vectors, times the roots of their weights
  std::vector<float> roots_;
  std::vector<float> matrix_;
  std::vector<float> scaled_;  // gathered_ over the diagonal
};

// products[k] = factors[k] . vector for every k. REQUIRES products.size() == factors.count.
void multiply(const Factors& factors, std::span<const float> vector, std::span<float> products);

}  // namespace rapport::learn
