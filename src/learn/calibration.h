#pragma once

// How far predicted probabilities are those that come true, and a correction.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace rapport::learn {

// A logit l is corrected to slope * l + offset ("Probabilistic outputs for support vector machines", Platt 1999).
struct Calibration {
  double slope = 1;
  double offset = 0;
};

// The correction that makes the labels (0 or 1) most likely, drawn to none by a weak prior.
Calibration calibrate(std::span<const double> logits, std::span<const std::uint8_t> labels);

// Of some examples with predictions close to each other.
struct ReliabilityBin {
  double predicted = 0;  // mean
  double observed = 0;   // share of ones
  std::uint64_t count = 0;
};

// Bins of equally many examples by rising prediction; empty ones are left out.
std::vector<ReliabilityBin> reliability(std::span<const double> predictions, std::span<const std::uint8_t> labels,
                                        std::size_t bins = 10);

// The mean over examples of |mean prediction - share of ones| of the example's reliability bin. 0 without examples.
double expected_calibration_error(std::span<const double> predictions, std::span<const std::uint8_t> labels,
                                  std::size_t bins = 10);

// The probability that a random one is predicted above a random zero, ties counting half; 0.5 when either is missing.
double area_under_curve(std::span<const double> predictions, std::span<const std::uint8_t> labels);

}  // namespace rapport::learn
