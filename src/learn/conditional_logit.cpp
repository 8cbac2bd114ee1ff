#include "learn/conditional_logit.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "learn/parallel.h"

namespace rapport::learn {
namespace {

constexpr int kStepsMax = 30;
constexpr int kHalvingsMax = 20;
constexpr double kRepeatShareMin = 0.02;  // of interactions with items met before, from which on items are wanted again

// The log-likelihood with its first two derivatives by the weights.
struct Curvature {
  double value = 0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd hessian;  // of the negative
};

using Features = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

Curvature curvature_of(const ChoiceSet& set, const Eigen::VectorXd& weights) {
  const Eigen::Index kinds = weights.size() / 2;
  const Features features(set.features.data(), static_cast<Eigen::Index>(set.features.size()) / kinds, kinds);
  const Eigen::VectorXf effective = (weights.head(kinds) + set.context * weights.tail(kinds)).cast<float>();
  const Eigen::VectorXd utility = (features * effective).cast<double>();
  const double highest = utility.maxCoeff();
  Eigen::VectorXd share = (utility.array() - highest).exp();
  const double sum = share.sum();
  share /= sum;
  const double choices = static_cast<double>(set.chosen.size());

  Eigen::VectorXd difference = Eigen::VectorXd::Zero(kinds);  // chosen less expected features
  double value = -choices * (std::log(sum) + highest);
  for (const std::uint32_t alternative : set.chosen) {
    value += utility[alternative];
    difference += features.row(alternative).transpose().cast<double>();
  }
  const Eigen::VectorXd mean = features.cast<double>().transpose() * share;
  difference -= choices * mean;
  const Eigen::MatrixXd second =
      features.cast<double>().transpose() * share.asDiagonal() * features.cast<double>() - mean * mean.transpose();

  Curvature curvature{value, Eigen::VectorXd(2 * kinds), Eigen::MatrixXd(2 * kinds, 2 * kinds)};
  curvature.gradient << difference, set.context * difference;
  curvature.hessian << second, set.context * second, set.context * second, set.context * set.context * second;
  curvature.hessian *= choices * static_cast<double>(set.weight);
  curvature.gradient *= static_cast<double>(set.weight);
  curvature.value *= static_cast<double>(set.weight);
  return curvature;
}

Curvature total_curvature(const std::vector<ChoiceSet>& sets, const Eigen::VectorXd& weights,
                          const TrainingControl& control) {
  std::vector<Curvature> parts(sets.size());
  parallel_for(worker_count(control), sets.size(), control.stop,
               [&](std::size_t index, unsigned) { parts[index] = curvature_of(sets[index], weights); });
  Curvature total{0, Eigen::VectorXd::Zero(weights.size()), Eigen::MatrixXd::Zero(weights.size(), weights.size())};
  if (control.stop.stop_requested()) return total;
  for (const Curvature& part : parts) {
    total.value += part.value;
    total.gradient += part.gradient;
    total.hessian += part.hessian;
  }
  return total;
}

}  // namespace

Result<ConditionalLogit> fit_conditional_logit(const std::vector<ChoiceSet>& sets, const std::vector<double>& prior,
                                               double penalty, const TrainingControl& control) {
  CHECK(penalty > 0 && prior.size() % 2 == 0);
  const Eigen::VectorXd centre =
      Eigen::Map<const Eigen::VectorXd>(prior.data(), static_cast<Eigen::Index>(prior.size()));
  const auto evaluate = [&](const Eigen::VectorXd& weights) {
    Curvature curvature = total_curvature(sets, weights, control);
    curvature.value -= penalty / 2 * (weights - centre).squaredNorm();
    curvature.gradient -= penalty * (weights - centre);
    curvature.hessian.diagonal().array() += penalty;
    return curvature;
  };

  Eigen::VectorXd weights = centre;
  Curvature here = evaluate(weights);
  for (int step = 0; step < kStepsMax && !control.stop.stop_requested(); ++step) {
    Eigen::VectorXd move = here.hessian.ldlt().solve(here.gradient);
    const double promised = here.gradient.dot(move);
    if (promised < 1e-6) break;
    Curvature there = evaluate(weights + move);
    for (int halving = 0; there.value < here.value && halving < kHalvingsMax; ++halving) {
      move /= 2;
      there = evaluate(weights + move);
    }
    if (there.value < here.value) break;
    weights += move;
    here = std::move(there);
  }
  if (control.stop.stop_requested()) return fail(ErrorKind::kConflict, "The training was stopped.");
  return ConditionalLogit{{weights.begin(), weights.end()}, here.value};
}

Repeats repeats_by(std::size_t repeated, std::size_t all) {
  const double share = static_cast<double>(repeated) / static_cast<double>(std::max<std::size_t>(1, all));
  return share >= kRepeatShareMin ? Repeats::kWanted : Repeats::kNever;
}

}  // namespace rapport::learn
