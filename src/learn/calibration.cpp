#include "learn/calibration.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rapport::learn {
namespace {

constexpr double kPrior = 1;  // as strong as about four examples
constexpr int kStepsMax = 50;

std::vector<std::size_t> by_prediction(std::span<const double> predictions) {
  std::vector<std::size_t> order(predictions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return predictions[a] < predictions[b]; });
  return order;
}

}  // namespace

Calibration calibrate(std::span<const double> logits, std::span<const std::uint8_t> labels) {
  Calibration now;
  for (int step = 0; step < kStepsMax; ++step) {
    double gradient_slope = kPrior * (now.slope - 1);
    double gradient_offset = kPrior * now.offset;
    double slopes = kPrior;  // the second derivatives
    double both = 0;
    double offsets = kPrior;
    for (std::size_t k = 0; k < logits.size(); ++k) {
      const double probability = 1 / (1 + std::exp(-(now.slope * logits[k] + now.offset)));
      const double error = probability - labels[k];
      const double weight = probability * (1 - probability);
      gradient_slope += error * logits[k];
      gradient_offset += error;
      slopes += weight * logits[k] * logits[k];
      both += weight * logits[k];
      offsets += weight;
    }
    const double determinant = slopes * offsets - both * both;
    const double move_slope = (offsets * gradient_slope - both * gradient_offset) / determinant;
    const double move_offset = (slopes * gradient_offset - both * gradient_slope) / determinant;
    now.slope = std::clamp(now.slope - move_slope, 0.05, 20.0);  // never turns the order around
    now.offset -= std::clamp(move_offset, -5.0, 5.0);
    if (std::abs(move_slope) + std::abs(move_offset) < 1e-9) break;
  }
  return now;
}

std::vector<ReliabilityBin> reliability(std::span<const double> predictions, std::span<const std::uint8_t> labels,
                                        std::size_t bins) {
  const std::vector<std::size_t> order = by_prediction(predictions);
  std::vector<ReliabilityBin> all;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const std::size_t first = bin * order.size() / bins;
    const std::size_t last = (bin + 1) * order.size() / bins;
    if (first == last) continue;
    ReliabilityBin one{.count = last - first};
    for (std::size_t k = first; k < last; ++k) {
      one.predicted += predictions[order[k]];
      one.observed += labels[order[k]];
    }
    one.predicted /= static_cast<double>(one.count);
    one.observed /= static_cast<double>(one.count);
    all.push_back(one);
  }
  return all;
}

double expected_calibration_error(std::span<const double> predictions, std::span<const std::uint8_t> labels,
                                  std::size_t bins) {
  double error = 0;
  for (const ReliabilityBin& bin : reliability(predictions, labels, bins)) {
    error += std::abs(bin.predicted - bin.observed) * static_cast<double>(bin.count);
  }
  return predictions.empty() ? 0 : error / static_cast<double>(predictions.size());
}

double area_under_curve(std::span<const double> predictions, std::span<const std::uint8_t> labels) {
  const std::vector<std::size_t> order = by_prediction(predictions);
  double zeros = 0;
  double ones = 0;
  double won = 0;
  for (std::size_t k = 0; k < order.size();) {
    double zeros_here = 0;
    double ones_here = 0;
    const double prediction = predictions[order[k]];
    for (; k < order.size() && predictions[order[k]] == prediction; ++k) {
      ++(labels[order[k]] != 0 ? ones_here : zeros_here);
    }
    won += ones_here * (zeros + zeros_here / 2);
    zeros += zeros_here;
    ones += ones_here;
  }
  return zeros == 0 || ones == 0 ? 0.5 : won / (zeros * ones);
}

}  // namespace rapport::learn
