#include "learn/implicit_als.h"

#include <f77blas.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "base/random.h"
#include "learn/parallel.h"

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

Factors random_factors(std::uint32_t count, std::uint32_t dimension, Random& random) {
  Factors factors{count, dimension, std::vector<float>(std::size_t{count} * dimension)};
  const double deviation = 0.1 / std::sqrt(dimension);
  for (float& value : factors.values) value = static_cast<float>(deviation * random.normal());
  return factors;
}

// Solves every row of `rows` against `others`. members_of(row, scratch) gives the indices of the row's met others.
template <class MembersOf>
void half_step(Factors& rows, const Factors& others, const AlsParameters& parameters, const TrainingControl& control,
               const MembersOf& members_of) {
  const std::vector<float> gram = gram_matrix(others, parameters.unobserved_weight);
  const unsigned workers = worker_count(control);
  std::vector<RowSolver> solvers(workers, RowSolver(others, gram));
  std::vector<std::vector<std::uint32_t>> scratch(workers);
  parallel_for(workers, rows.count, control.stop, [&](std::size_t index, unsigned worker) {
    const auto row = static_cast<std::uint32_t>(index);
    const std::span<const std::uint32_t> members = members_of(row, scratch[worker]);
    const float frequency =
        static_cast<float>(members.size()) + parameters.unobserved_weight * static_cast<float>(others.count);
    solvers[worker].solve(members, {}, parameters.regularization * frequency, rows.of(row));
  });
}

}  // namespace

std::vector<float> gram_matrix(const Factors& factors, float unobserved_weight) {
  openblas_set_num_threads(1);  // our threads are the parallelism; also keeps the order of additions fixed
  std::vector<float> gram(std::size_t{factors.dimension} * factors.dimension, 0);
  add_outer_products(factors.values, unobserved_weight, gram, factors.dimension);
  return gram;
}

RowSolver::RowSolver(const Factors& others, std::span<const float> gram)
    : others_(others), gram_(gram), matrix_(gram.size()) {}

void RowSolver::solve(std::span<const std::uint32_t> members, std::span<const float> weights, float ridge,
                      std::span<float> row) {
  const std::uint32_t dimension = others_.dimension;
  gathered_.resize(members.size() * dimension);
  roots_.assign(members.size(), 1.0F);
  for (std::size_t k = 0; k < members.size(); ++k) {
    const std::span copy(gathered_.data() + k * dimension, dimension);
    std::ranges::copy(others_.of(members[k]), copy.begin());
    if (weights.empty()) continue;
    roots_[k] = std::sqrt(weights[k]);
    for (float& value : copy) value *= roots_[k];
  }
  std::ranges::copy(gram_, matrix_.begin());
  add_outer_products(gathered_, 1.0F, matrix_, dimension);
  for (std::size_t d = 0; d < dimension; ++d) matrix_[d * dimension + d] += ridge;
  // The weights of the right-hand side are root times root, one of them in gathered_ already.
  multiply_matrix('N', gathered_, dimension, roots_, row);
  solve_positive_definite(matrix_, row);
}

void multiply(const Factors& factors, std::span<const float> vector, std::span<float> products) {
  multiply_matrix('T', factors.values, factors.dimension, vector, products);
}

Result<Factorization> factorize(const Histories& histories, const AlsParameters& parameters,
                                const TrainingControl& control) {
  Random random(parameters.seed);
  Factorization result;
  result.users = random_factors(histories.user_count(), parameters.dimension, random);
  result.items = random_factors(histories.item_count(), parameters.dimension, random);
  const auto items_of = [&](std::uint32_t user, auto&) { return histories.of(user); };
  const auto users_of = [&](std::uint32_t item, std::vector<std::uint32_t>& scratch) {
    scratch.clear();
    for (const Meeting& meeting : histories.meetings(item)) scratch.push_back(meeting.user);
    return std::span<const std::uint32_t>(scratch);
  };
  for (std::uint32_t epoch = 0; epoch <= parameters.epochs; ++epoch) {
    half_step(result.users, result.items, parameters, control, items_of);
    if (epoch < parameters.epochs) half_step(result.items, result.users, parameters, control, users_of);
    if (control.stop.stop_requested()) return fail(ErrorKind::kConflict, "The training was stopped.");
    if (control.progress) control.progress((epoch + 1.0) / (parameters.epochs + 1.0), "factorising");
  }
  return result;
}

}  // namespace rapport::learn
