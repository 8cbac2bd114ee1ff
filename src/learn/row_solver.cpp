#include "learn/row_solver.h"

#include <f77blas.h>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "learn/matrix_product.h"

extern "C" void openblas_set_num_threads(int threads);

namespace rapport::learn {
namespace {

// a (lower triangle, column-major, n x n) += alpha * x x^T for x of n rows and k columns, column-major.
void add_outer_products(std::span<const float> x, float alpha, std::span<float> a, std::uint32_t dimension) {
  char lower = 'L';
  char plain = 'N';
  blasint n = static_cast<blasint>(dimension);
  blasint k = static_cast<blasint>(x.size() / dimension);
  float one = 1;
  ssyrk_(&lower, &plain, &n, &k, &alpha, const_cast<float*>(x.data()), &n, &one, a.data(), &n);
}

// out = m x ('N') or m^T x ('T') for the column-major matrix m with `rows` rows.
void multiply_matrix(char form, std::span<const float> m, std::uint32_t rows, std::span<const float> x,
                     std::span<float> out) {
  if (m.empty()) {
    std::ranges::fill(out, 0.0F);
    return;
  }
  blasint n = static_cast<blasint>(rows);
  blasint columns = static_cast<blasint>(m.size() / rows);
  blasint one = 1;
  float alpha = 1;
  float beta = 0;
  sgemv_(&form, &n, &columns, &alpha, const_cast<float*>(m.data()), &n, const_cast<float*>(x.data()), &one, &beta,
         out.data(), &one);
}

// Solves a x = row by Cholesky, in place. `a` is symmetric positive definite, its lower triangle given.
void solve_positive_definite(std::span<float> a, std::span<float> row) {
  char lower = 'L';
  blasint n = static_cast<blasint>(row.size());
  blasint one = 1;
  blasint info = 0;
  spotrf_(&lower, &n, a.data(), &n, &info);
  CHECK(info == 0);  // the ridge keeps it positive definite
  spotrs_(&lower, &n, &one, a.data(), &n, row.data(), &n, &info);
}

}  // namespace

std::vector<float> gram_matrix(const Factors& factors, float unobserved_weight) {
  openblas_set_num_threads(1);  // our threads are the parallelism; also keeps the order of additions fixed
  std::vector<float> gram(std::size_t{factors.dimension} * factors.dimension, 0);
  add_outer_products(factors.values, unobserved_weight, gram, factors.dimension);
  return gram;
}

GramBasis::GramBasis(const Factors& others, std::span<const float> gram)
    : others_{others.count, others.dimension, std::vector<float>(others.values.size())} {
  const Eigen::Index n = others.dimension;
  const Eigen::MatrixXd matrix = Eigen::Map<const Eigen::MatrixXf>(gram.data(), n, n).cast<double>();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solved(matrix);  // reads the lower triangle
  const Eigen::MatrixXf axes = solved.eigenvectors().cast<float>();
  axes_.assign(axes.data(), axes.data() + axes.size());
  for (const double value : solved.eigenvalues()) values_.push_back(static_cast<float>(std::max(0.0, value)));
  // Column by column is the transposed row by row.
  multiply_matrices({others.values, others.dimension}, MatrixView{axes_, others.dimension}.transposed(),
                    others_.values);
}

RowSolver::RowSolver(const Factors& others, std::span<const float> gram, const GramBasis* basis)
    : others_(others), gram_(gram), basis_(basis), matrix_(gram.size()) {}

void RowSolver::gather(const Factors& from, std::span<const std::uint32_t> members, std::span<const float> weights) {
  const std::uint32_t dimension = from.dimension;
  gathered_.resize(members.size() * dimension);
  roots_.assign(members.size(), 1.0F);
  for (std::size_t k = 0; k < members.size(); ++k) {
    const std::span copy(gathered_.data() + k * dimension, dimension);
    std::ranges::copy(from.of(members[k]), copy.begin());
    if (weights.empty()) continue;
    roots_[k] = std::sqrt(weights[k]);
    for (float& value : copy) value *= roots_[k];
  }
}

void RowSolver::solve(std::span<const std::uint32_t> members, std::span<const float> weights, float ridge,
                      std::span<float> row) {
  const std::uint32_t dimension = others_.dimension;
  if (basis_ != nullptr && 2 * members.size() <= dimension) {
    gather(basis_->others(), members, weights);
    return solve_among_members(ridge, row);
  }
  gather(others_, members, weights);
  matrix_.assign(gram_.begin(), gram_.end());
  add_outer_products(gathered_, 1.0F, matrix_, dimension);
  for (std::size_t d = 0; d < dimension; ++d) matrix_[d * dimension + d] += ridge;
  // The weights of the right-hand side are root times root, one of them in gathered_ already.
  multiply_matrix('N', gathered_, dimension, roots_, row);
  solve_positive_definite(matrix_, row);
}

// With A the gathered rows and D the diagonal, (D + A^T A)^-1 A^T r = D^-1 A^T (1 + A D^-1 A^T)^-1 r.
void RowSolver::solve_among_members(float ridge, std::span<float> row) {
  const std::size_t dimension = others_.dimension;
  const std::size_t count = roots_.size();
  std::ranges::fill(row, 0.0F);
  if (count == 0) return;
  scaled_.resize(gathered_.size());
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t d = 0; d < dimension; ++d) {
      scaled_[k * dimension + d] = gathered_[k * dimension + d] / (basis_->eigenvalues()[d] + ridge);
    }
  }
  matrix_.resize(count * count);
  multiply_matrices({gathered_, dimension}, MatrixView{scaled_, dimension}.transposed(), matrix_);
  for (std::size_t k = 0; k < count; ++k) matrix_[k * count + k] += 1;
  solve_positive_definite(matrix_, roots_);
  matrix_.resize(dimension);
  multiply_matrix('N', scaled_, others_.dimension, roots_, matrix_);
  multiply_matrix('N', basis_->axes(), others_.dimension, matrix_, row);
}

void multiply(const Factors& factors, std::span<const float> vector, std::span<float> products) {
  multiply_matrix('T', factors.values, factors.dimension, vector, products);
}

}  // namespace rapport::learn
