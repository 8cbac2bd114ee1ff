#pragma once

// Matrix factorisation of implicit feedback by alternating least squares: "Collaborative Filtering for Implicit
// Feedback Datasets" (Hu, Koren, Volinsky 2008) with the regularisation and the care of "Revisiting the Performance of
// iALS on Item Recommendation Benchmarks" (Rendle, Krichene, Zhang, Koren 2022).

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "learn/histories.h"
#include "learn/training_control.h"

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

// The loss is, over users u and items i with vectors w and h,
//   sum over met pairs (1 - w.h)^2  +  unobserved_weight * sum over all pairs (w.h)^2
//   + regularization * (sum over u (met(u) + unobserved_weight * items) |w|^2 + the same for items),
// so that frequent users and items are regularised more.
struct AlsParameters {
  std::uint32_t dimension = 64;
  std::uint32_t epochs = 6;
  float regularization = 0.003F;
  float unobserved_weight = 0.1F;
  std::uint64_t seed = 1;
};

struct Factorization {
  Factors users;
  Factors items;
};

// Exact least squares (Cholesky) in every half step, all cores. The result depends on the histories and the parameters
// only. kConflict when stopped. Progress covers 0..1.
Result<Factorization> factorize(const Histories& histories, const AlsParameters& parameters,
                                const TrainingControl& control);

// One row of a least-squares half step: the vector x that minimises
//   sum over k weights[k] * (1 - x.others[members[k]])^2 + unobserved_weight * sum over all others (x.other)^2
//   + ridge * |x|^2.
// Reused for many rows by one thread.
class RowSolver {
 public:
  // `gram` is unobserved_weight * (others^T others), dimension x dimension, lower triangle of a column-major matrix.
  RowSolver(const Factors& others, std::span<const float> gram);
  // `weights` may be empty: every weight is 1.
  void solve(std::span<const std::uint32_t> members, std::span<const float> weights, float ridge, std::span<float> row);

 private:
  const Factors& others_;
  std::span<const float> gram_;
  std::vector<float> gathered_;  // the members' vectors, times the roots of their weights
  std::vector<float> roots_;
  std::vector<float> matrix_;
};

// products[k] = factors[k] . vector for every k. REQUIRES products.size() == factors.count.
void multiply(const Factors& factors, std::span<const float> vector, std::span<float> products);

// unobserved_weight * (factors^T factors), for RowSolver.
std::vector<float> gram_matrix(const Factors& factors, float unobserved_weight);

}  // namespace rapport::learn
