#include "learn/implicit_als.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/random.h"
#include "learn/parallel.h"

namespace rapport::learn {
namespace {

Factors random_factors(std::uint32_t count, std::uint32_t dimension, Random& random) {
  Factors factors{count, dimension, std::vector<float>(std::size_t{count} * dimension)};
  const double deviation = 0.1 / std::sqrt(dimension);
  for (float& value : factors.values) value = static_cast<float>(deviation * random.normal());
  return factors;
}

struct HalfStep {
  Factors& rows;  // to be solved
  const Factors& others;
  std::size_t meetings;  // of rows with others
};

// Where most rows have few members.
std::optional<GramBasis> basis_for(const HalfStep& step, std::span<const float> gram) {
  if (2 * step.meetings > std::size_t{step.rows.count} * step.others.dimension) return std::nullopt;
  return GramBasis(step.others, gram);
}

// The others that a row met, and what each counts (none: each 1).
struct Members {
  std::vector<std::uint32_t> indices;
  std::vector<float> weights;
};

// Solves every row against the others. fill(row, members) gives whom the row met.
template <class Fill>
void solve_rows(const HalfStep& step, const AlsParameters& parameters, const TrainingControl& control,
                const Fill& fill) {
  const Factors& others = step.others;
  const std::vector<float> gram = gram_matrix(others, parameters.unobserved_weight);
  const std::optional<GramBasis> basis = basis_for(step, gram);
  const unsigned workers = worker_count(control);
  std::vector<RowSolver> solvers(workers, RowSolver(others, gram, basis ? &*basis : nullptr));
  std::vector<Members> scratch(workers);
  parallel_for(workers, step.rows.count, control.stop, [&](std::size_t index, unsigned worker) {
    const auto row = static_cast<std::uint32_t>(index);
    Members& members = scratch[worker];
    fill(row, members);
    const float frequency =
        static_cast<float>(members.indices.size()) + parameters.unobserved_weight * static_cast<float>(others.count);
    solvers[worker].solve(members.indices, members.weights, parameters.regularization * frequency, step.rows.of(row));
  });
}

}  // namespace

Result<Factorization> factorize(const Histories& histories, const AlsParameters& parameters,
                                const TrainingControl& control) {
  Random random(parameters.seed);
  Factorization result;
  result.users = random_factors(histories.user_count(), parameters.dimension, random);
  result.items = random_factors(histories.item_count(), parameters.dimension, random);
  const auto items_of = [&](std::uint32_t user, Members& members) {
    const auto items = histories.of(user);
    const auto weights = histories.weights_of(user);
    members.indices.assign(items.begin(), items.end());
    members.weights.assign(weights.begin(), weights.end());
  };
  const auto users_of = [&](std::uint32_t item, Members& members) {
    members.indices.clear();
    members.weights.clear();
    for (const Meeting& meeting : histories.meetings(item)) {
      members.indices.push_back(meeting.user);
      if (histories.is_weighed()) members.weights.push_back(histories.weight(meeting));
    }
  };
  const std::size_t meetings = histories.items().size();
  for (std::uint32_t epoch = 0; epoch <= parameters.epochs; ++epoch) {
    solve_rows({result.users, result.items, meetings}, parameters, control, items_of);
    if (epoch < parameters.epochs) solve_rows({result.items, result.users, meetings}, parameters, control, users_of);
    if (control.stop.stop_requested()) return fail(ErrorKind::kConflict, "The training was stopped.");
    if (control.progress) control.progress((epoch + 1.0) / (parameters.epochs + 1.0), "factorising");
  }
  return result;
}

}  // namespace rapport::learn
