#pragma once

// Matrix factorisation of implicit feedback by alternating least squares: "Collaborative Filtering for Implicit
// Feedback Datasets" (Hu, Koren, Volinsky 2008) with the regularisation and the care of "Revisiting the Performance of
// iALS on Item Recommendation Benchmarks" (Rendle, Krichene, Zhang, Koren 2022).

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "learn/histories.h"
#include "learn/row_solver.h"
#include "learn/training_control.h"

namespace rapport::learn {

// The loss is, over users u and items i with vectors w and h,
//   sum over met pairs c (1 - w.h)^2  +  unobserved_weight * sum over all pairs (w.h)^2
//   + regularization * (sum over u (met(u) + unobserved_weight * items) |w|^2 + the same for items),
// so that frequent users and items are regularised more; c is what the meeting counts, 1 unless told.
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

// products[k] = factors[k] . vector for every k. REQUIRES products.size() == factors.count.
void multiply(const Factors& factors, std::span<const float> vector, std::span<float> products);

}  // namespace rapport::learn
