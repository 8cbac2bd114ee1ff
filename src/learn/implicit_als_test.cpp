#include "learn/implicit_als.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "base/random.h"
#include "learn/taste_world.h"

namespace rapport::learn {
namespace {

Factors random_vectors(std::uint32_t count, std::uint32_t dimension, std::uint64_t seed) {
  Random random(seed);
  Factors factors{count, dimension, {}};
  for (std::uint32_t k = 0; k < count * dimension; ++k) factors.values.push_back(static_cast<float>(random.normal()));
  return factors;
}

// Gaussian elimination with pivoting, in double.
std::vector<double> solve_densely(std::vector<std::vector<double>> a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t column = 0; column < n; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column; row < n; ++row) {
      if (std::abs(a[row][column]) > std::abs(a[pivot][column])) pivot = row;
    }
    std::swap(a[column], a[pivot]);
    std::swap(b[column], b[pivot]);
    for (std::size_t row = column + 1; row < n; ++row) {
      const double factor = a[row][column] / a[column][column];
      for (std::size_t k = column; k < n; ++k) a[row][k] -= factor * a[column][k];
      b[row] -= factor * b[column];
    }
  }
  for (std::size_t row = n; row-- > 0;) {
    for (std::size_t k = row + 1; k < n; ++k) b[row] -= a[row][k] * b[k];
    b[row] /= a[row][row];
  }
  return b;
}

// The normal equations of RowSolver's loss, written out over all others.
std::vector<double> naive_row(const Factors& others, const std::vector<std::uint32_t>& members,
                              const std::vector<float>& weights, double unobserved, double ridge) {
  const std::size_t n = others.dimension;
  std::vector<std::vector<double>> a(n, std::vector<double>(n, 0));
  std::vector<double> b(n, 0);
  for (std::size_t i = 0; i < n; ++i) a[i][i] = ridge;
  const auto add = [&](std::uint32_t other, double weight) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) a[i][j] += weight * others.of(other)[i] * others.of(other)[j];
    }
  };
  for (std::uint32_t other = 0; other < others.count; ++other) add(other, unobserved);
  for (std::size_t k = 0; k < members.size(); ++k) {
    const double weight = weights.empty() ? 1 : weights[k];
    add(members[k], weight);
    for (std::size_t i = 0; i < n; ++i) b[i] += weight * others.of(members[k])[i];
  }
  return solve_densely(a, b);
}

TEST(RowSolver, SolvesTheNormalEquations) {
  const Factors others = random_vectors(40, 9, 5);
  const std::vector<float> gram = gram_matrix(others, 0.25F);
  const GramBasis basis(others, gram);
  RowSolver solver(others, gram);
  RowSolver short_solver(others, gram, &basis);
  const std::vector<std::vector<std::uint32_t>> rows = {
      {}, {3}, {1, 5, 39}, {2, 8, 21, 30}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};
  for (const auto& members : rows) {
    std::vector<float> fading;
    for (std::size_t k = 0; k < members.size(); ++k) fading.push_back(0.1F + 0.07F * static_cast<float>(k));
    for (const auto& weights : {std::vector<float>{}, fading}) {
      std::vector<float> row(9);
      solver.solve(members, weights, 0.3F, row);
      const std::vector<double> expected = naive_row(others, members, weights, 0.25, 0.3);
      for (std::size_t d = 0; d < row.size(); ++d) EXPECT_NEAR(row[d], expected[d], 1e-4) << members.size();
      short_solver.solve(members, weights, 0.3F, row);
      for (std::size_t d = 0; d < row.size(); ++d) EXPECT_NEAR(row[d], expected[d], 1e-4) << members.size();
    }
  }
}

TEST(Multiply, GivesTheProductsInOrder) {
  const Factors factors = random_vectors(17, 5, 2);
  const Factors vector = random_vectors(1, 5, 3);
  std::vector<float> products(17);
  multiply(factors, vector.of(0), products);
  for (std::uint32_t k = 0; k < 17; ++k) {
    float sum = 0;
    for (std::size_t d = 0; d < 5; ++d) sum += factors.of(k)[d] * vector.of(0)[d];
    EXPECT_NEAR(products[k], sum, 1e-5);
  }
}

class FactorizeTest : public testing::Test {
 protected:
  FactorizeTest() : histories_(make_world()) {}
  static Histories make_world() {
    TasteWorldOptions options;
    options.users = 300;
    options.items = 200;
    const TasteWorld world = make_taste_world(options);
    return Histories(world.data.interactions, options.users, options.items);
  }
  static Factorization factorized(const Histories& histories, std::uint64_t seed, unsigned threads) {
    AlsParameters parameters;
    parameters.dimension = 16;
    parameters.seed = seed;
    return factorize(histories, parameters, {.threads = threads, .stop = {}, .progress = {}}).value();
  }
  double loss(const Factorization& result, const AlsParameters& parameters) const {
    double sum = 0;
    std::vector<float> products(result.items.count);
    for (std::uint32_t user = 0; user < result.users.count; ++user) {
      multiply(result.items, result.users.of(user), products);
      for (const float product : products) sum += parameters.unobserved_weight * product * product;
      for (const std::uint32_t item : histories_.of(user)) sum += (1 - products[item]) * (1 - products[item]);
    }
    return sum;
  }
  Histories histories_;
};

TEST_F(FactorizeTest, IsTheSameForAnyNumberOfThreads) {
  const Factorization one = factorized(histories_, 4, 1);
  const Factorization three = factorized(histories_, 4, 3);
  EXPECT_EQ(one.users.values, three.users.values);
  EXPECT_EQ(one.items.values, three.items.values);
  EXPECT_NE(one.users.values, factorized(histories_, 5, 1).users.values);
}

TEST_F(FactorizeTest, FitsBetterWithMoreEpochs) {
  AlsParameters parameters;
  parameters.dimension = 16;
  double before = std::numeric_limits<double>::infinity();
  for (const std::uint32_t epochs : {0U, 1U, 4U}) {
    parameters.epochs = epochs;
    const double now = loss(factorize(histories_, parameters, {}).value(), parameters);
    EXPECT_LT(now, before) << epochs;
    before = now;
  }
}

TEST_F(FactorizeTest, StopsWhenAsked) {
  std::stop_source stop;
  TrainingControl control{.threads = 2, .stop = stop.get_token(), .progress = {}};
  control.progress = [&](double, std::string_view) { stop.request_stop(); };
  const auto result = factorize(histories_, {}, control);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::kConflict);
}

}  // namespace
}  // namespace rapport::learn
