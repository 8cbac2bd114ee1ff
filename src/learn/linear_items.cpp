#include "learn/linear_items.h"

#include <f77blas.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"

extern "C" void openblas_set_num_threads(int threads);

namespace rapport::learn {
namespace {

// How many users met both items; the upper triangle of a row-major matrix, with the regularization on the diagonal.
std::vector<float> meetings_of_both(const Histories& histories, float regularization) {
  const std::size_t n = histories.item_count();
  std::vector<float> both(n * n, 0);
  for (std::uint32_t user = 0; user < histories.user_count(); ++user) {
    std::vector<std::uint32_t> items(histories.of(user).begin(), histories.of(user).end());
    std::ranges::sort(items);
    for (std::size_t a = 0; a < items.size(); ++a) {
      float* row = both.data() + items[a] * n;
      for (std::size_t b = a; b < items.size(); ++b) row[items[b]] += 1;
    }
  }
  for (std::size_t item = 0; item < n; ++item) both[item * n + item] += regularization;
  return both;
}

// The inverse of a symmetric positive definite matrix, upper triangle of row-major form, in place.
void invert(std::vector<float>& matrix, std::size_t size) {
  openblas_set_num_threads(1);  // keeps the order of additions fixed
  char lower = 'L';             // row-major upper is column-major lower
  blasint n = static_cast<blasint>(size);
  blasint info = 0;
  spotrf_(&lower, &n, matrix.data(), &n, &info);
  CHECK(info == 0);  // the regularization keeps it positive definite
  spotri_(&lower, &n, matrix.data(), &n, &info);
  CHECK(info == 0);
}

}  // namespace

LinearTable learn_linear_items(const Histories& histories, const LinearParameters& parameters) {
  LinearTable table;
  const std::size_t n = histories.item_count();
  if (n == 0 || n > parameters.items_max) return table;
  std::vector<float> inverse = meetings_of_both(histories, parameters.regularization);
  invert(inverse, n);
  std::vector<std::pair<std::uint32_t, float>> row;
  for (std::size_t item = 0; item < n; ++item) {
    row.clear();
    for (std::size_t other = 0; other < n; ++other) {
      if (other == item || histories.meetings(static_cast<std::uint32_t>(other)).empty()) continue;
      const float entry = inverse[std::min(item, other) * n + std::max(item, other)];
      row.emplace_back(other, -entry / inverse[other * n + other]);
    }
    if (row.size() > parameters.row_limit) {
      const auto farther = [](const auto& a, const auto& b) {
        return std::abs(a.second) > std::abs(b.second) ||
               (std::abs(a.second) == std::abs(b.second) && a.first < b.first);
      };
      std::ranges::nth_element(row, row.begin() + parameters.row_limit, farther);
      row.resize(parameters.row_limit);
      std::ranges::sort(row);
    }
    for (const auto& [other, weight] : row) {
      table.items.push_back(other);
      table.weights.push_back(weight);
    }
    table.begins.push_back(table.items.size());
  }
  return table;
}

}  // namespace rapport::learn
