#include "learn/grouped_logit.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

#include "learn/parallel.h"

namespace rapport::learn {
namespace {

constexpr int kStepsMax = 150;
constexpr int kHalvingsMax = 25;
constexpr std::size_t kMemory = 12;                  // steps that tell the curvature
constexpr std::size_t kExamplesOfPart = 4096;        // summed up by one worker
constexpr std::size_t kExamplesForThreads = 10'000;  // fewer are summed up sooner than threads start
constexpr double kInterceptPenalty = 0.01;
constexpr double kGainMin = 3e-6;  // of the loss, per step, as a share of it

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

// The penalised negative log-likelihood as a function of all groups' weights.
class Objective {
 public:
  Objective(const LogitExamples& examples, std::span<const std::uint32_t> chosen, const TaskGroups& groups,
            const TrainingControl& control)
      : examples_(examples), groups_(groups), control_(control), order_(chosen.begin(), chosen.end()) {
    std::ranges::stable_sort(order_, [&](auto a, auto b) { return examples.tasks[a] < examples.tasks[b]; });
    for (std::size_t at = 0; at < order_.size();) {
      const std::uint32_t task = examples.tasks[order_[at]];
      std::size_t end = at;
      while (end < order_.size() && end - at < kExamplesOfPart && examples.tasks[order_[end]] == task) ++end;
      parts_.push_back({task, at, end});
      at = end;
    }
    gradients_.resize(parts_.size(), Vector(examples.feature_count));
    losses_.resize(parts_.size());
  }

  std::size_t size() const { return std::size_t{groups_.group_count} * examples_.feature_count; }

  double operator()(const Vector& weights, Vector& gradient) {
    const std::vector<float> of_tasks = task_weights(weights);
    const unsigned workers = order_.size() < kExamplesForThreads ? 1 : worker_count(control_);
    parallel_for(workers, parts_.size(), control_.stop, [&](std::size_t part, unsigned) { sum_part(part, of_tasks); });
    const std::size_t features = examples_.feature_count;
    double loss = 0;
    for (std::uint32_t group = 0; group < groups_.group_count; ++group) {
      for (std::size_t k = 0; k < features; ++k) {
        const double weight = weights[group * features + k];
        const double penalty = k == 0 ? kInterceptPenalty : static_cast<double>(groups_.penalties[group]);
        loss += penalty / 2 * weight * weight;
        gradient[group * features + k] = penalty * weight;
      }
    }
    for (std::size_t part = 0; part < parts_.size(); ++part) {
      loss += losses_[part];
      for (const std::uint32_t group : groups_.of_tasks[parts_[part].task]) {
        for (std::size_t k = 0; k < features; ++k) gradient[group * features + k] += gradients_[part][k];
      }
    }
    return loss;
  }

  std::vector<float> task_weights(const Vector& weights) const {
    const std::size_t features = examples_.feature_count;
    std::vector<float> of_tasks(groups_.of_tasks.size() * features, 0);
    for (std::size_t task = 0; task < groups_.of_tasks.size(); ++task) {
      for (std::size_t k = 0; k < features; ++k) {
        double sum = 0;
        for (const std::uint32_t group : groups_.of_tasks[task]) sum += weights[group * features + k];
        of_tasks[task * features + k] = static_cast<float>(sum);
      }
    }
    return of_tasks;
  }

 private:
  struct Part {
    std::uint32_t task;
    std::size_t begin;
    std::size_t end;
  };

  void sum_part(std::size_t index, const std::vector<float>& of_tasks) {
    const Part& part = parts_[index];
    Vector& gradient = gradients_[index];
    std::ranges::fill(gradient, 0.0);
    const std::span<const float> weights(of_tasks.data() + std::size_t{part.task} * examples_.feature_count,
                                         examples_.feature_count);
    double loss = 0;
    for (std::size_t at = part.begin; at < part.end; ++at) {
      const std::span<const FeatureValue> row = examples_.row(order_[at]);
      const double logit = logit_of(row, weights);
      const double label = examples_.labels[order_[at]];
      loss += std::max(logit, 0.0) - label * logit + std::log1p(std::exp(-std::abs(logit)));
      const double error = 1 / (1 + std::exp(-logit)) - label;
      for (const FeatureValue& one : row) gradient[one.feature] += error * static_cast<double>(one.value);
    }
    losses_[index] = loss;
  }

  const LogitExamples& examples_;
  const TaskGroups& groups_;
  const TrainingControl& control_;
  std::vector<std::uint32_t> order_;  // the chosen examples by task
  std::vector<Part> parts_;
  std::vector<Vector> gradients_;  // of each part
  Vector losses_;
};

// The steps made last, and what they say of the curvature.
class CurvatureMemory {
 public:
  void remember(Vector step, Vector change) {
    const double product = dot(step, change);
    if (product <= 1e-12) return;
    pairs_.push_back({std::move(step), std::move(change), product});
    if (pairs_.size() > kMemory) pairs_.pop_front();
  }

  // The two-loop recursion: minus the inverse curvature times the gradient.
  Vector direction(const Vector& gradient) const {
    Vector result = gradient;
    Vector factors(pairs_.size());
    for (std::size_t k = pairs_.size(); k-- > 0;) {
      factors[k] = dot(pairs_[k].step, result) / pairs_[k].product;
      add(result, -factors[k], pairs_[k].change);
    }
    const double scale = pairs_.empty() ? 1 / std::max(1.0, std::sqrt(dot(gradient, gradient)))
                                        : pairs_.back().product / dot(pairs_.back().change, pairs_.back().change);
    for (double& value : result) value *= scale;
    for (std::size_t k = 0; k < pairs_.size(); ++k) {
      add(result, factors[k] - dot(pairs_[k].change, result) / pairs_[k].product, pairs_[k].step);
    }
    for (double& value : result) value = -value;
    return result;
  }

 private:
  struct Pair {
    Vector step;
    Vector change;  // of the gradient
    double product;
  };
  static void add(Vector& to, double factor, const Vector& what) {
    for (std::size_t k = 0; k < to.size(); ++k) to[k] += factor * what[k];
  }
  std::deque<Pair> pairs_;
};

Vector moved(const Vector& from, double step, const Vector& direction) {
  Vector to = from;
  for (std::size_t k = 0; k < to.size(); ++k) to[k] += step * direction[k];
  return to;
}

Vector difference(const Vector& a, const Vector& b) { return moved(a, -1, b); }

}  // namespace

void LogitExamples::add(const FeatureRow& row, std::uint32_t task, bool label) {
  values.insert(values.end(), row.begin(), row.end());
  begins.push_back(values.size());
  tasks.push_back(task);
  labels.push_back(label ? 1 : 0);
}

double logit_of(std::span<const FeatureValue> row, std::span<const float> weights) {
  double sum = 0;
  for (const FeatureValue& one : row) sum += static_cast<double>(one.value * weights[one.feature]);
  return sum;
}

Result<std::vector<float>> fit_grouped_logit(const LogitExamples& examples, std::span<const std::uint32_t> chosen,
                                             const TaskGroups& groups, const TrainingControl& control) {
  Objective objective(examples, chosen, groups, control);
  Vector weights(objective.size(), 0);
  Vector gradient(objective.size());
  double loss = objective(weights, gradient);
  CurvatureMemory memory;
  for (int step = 0; step < kStepsMax && !control.stop.stop_requested(); ++step) {
    const Vector direction = memory.direction(gradient);
    const double slope = dot(gradient, direction);
    if (slope >= 0) break;
    double length = 1;
    Vector next = moved(weights, length, direction);
    Vector next_gradient(objective.size());
    double next_loss = objective(next, next_gradient);
    for (int halving = 0; next_loss > loss + 1e-4 * length * slope && halving < kHalvingsMax; ++halving) {
      length /= 2;
      next = moved(weights, length, direction);
      next_loss = objective(next, next_gradient);
    }
    if (!(next_loss < loss)) break;
    const double gain = (loss - next_loss) / std::max(1.0, std::abs(loss));
    memory.remember(difference(next, weights), difference(next_gradient, gradient));
    weights = std::move(next);
    gradient = std::move(next_gradient);
    loss = next_loss;
    if (gain < kGainMin) break;
  }
  if (control.stop.stop_requested()) return fail(ErrorKind::kConflict, "The training was stopped.");
  return objective.task_weights(weights);
}

}  // namespace rapport::learn
