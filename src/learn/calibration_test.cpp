#include "learn/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace rapport::learn {
namespace {

double sigmoid(double logit) { return 1 / (1 + std::exp(-logit)); }

struct Predictions {
  std::vector<double> logits;
  std::vector<double> probabilities;
  std::vector<std::uint8_t> labels;
};

// Logits that are `sharpness` times too far from a half, and off by `offset`.
Predictions made_predictions(double sharpness, double offset) {
  Random random(3);
  Predictions made;
  for (int k = 0; k < 20'000; ++k) {
    const double truth = 1.5 * random.normal();
    made.logits.push_back(sharpness * truth + offset);
    made.probabilities.push_back(sigmoid(made.logits.back()));
    made.labels.push_back(random.uniform() < sigmoid(truth) ? 1 : 0);
  }
  return made;
}

TEST(Calibration, CorrectsSharpnessAndOffset) {
  const Predictions off = made_predictions(2, 1);
  EXPECT_GT(expected_calibration_error(off.probabilities, off.labels), 0.1);
  const Calibration found = calibrate(off.logits, off.labels);
  EXPECT_NEAR(found.slope, 0.5, 0.02);
  EXPECT_NEAR(found.offset, -0.5, 0.05);
  std::vector<double> corrected;
  for (const double logit : off.logits) corrected.push_back(sigmoid(found.slope * logit + found.offset));
  EXPECT_LT(expected_calibration_error(corrected, off.labels), 0.02);
}

TEST(Calibration, LeavesWhatItCannotJudge) {
  const Calibration none = calibrate({}, {});
  EXPECT_EQ(none.slope, 1);
  EXPECT_EQ(none.offset, 0);
  const std::vector<double> logits = {100, 200};
  const std::vector<std::uint8_t> labels = {0, 0};
  EXPECT_TRUE(std::isfinite(calibrate(logits, labels).offset));
}

TEST(ExpectedCalibrationError, IsTheDistanceOfTheBins) {
  const std::vector<double> predictions = {0.1, 0.1, 0.9, 0.9};
  EXPECT_DOUBLE_EQ(expected_calibration_error(predictions, std::vector<std::uint8_t>{0, 0, 1, 1}, 2), 0.1);
  EXPECT_DOUBLE_EQ(expected_calibration_error(predictions, std::vector<std::uint8_t>{1, 1, 0, 0}, 2), 0.9);
  EXPECT_EQ(expected_calibration_error({}, {}), 0);
}

TEST(Reliability, ComparesPredictionsWithWhatCameTrue) {
  const std::vector<double> predictions = {0.9, 0.1, 0.8, 0.2, 0.5};
  const auto bins = reliability(predictions, std::vector<std::uint8_t>{1, 0, 0, 0, 1}, 2);
  ASSERT_EQ(bins.size(), 2U);
  EXPECT_DOUBLE_EQ(bins[0].predicted, 0.15);
  EXPECT_DOUBLE_EQ(bins[0].observed, 0);
  EXPECT_EQ(bins[1].count, 3U);
  EXPECT_DOUBLE_EQ(bins[1].observed, 2.0 / 3);
  EXPECT_EQ(reliability(predictions, std::vector<std::uint8_t>{1, 0, 0, 0, 1}, 100).size(), 5U);
}

TEST(AreaUnderCurve, CountsPairsInTheRightOrder) {
  const std::vector<std::uint8_t> labels = {0, 1, 0, 1};
  EXPECT_DOUBLE_EQ(area_under_curve(std::vector<double>{0.1, 0.2, 0.3, 0.4}, labels), 0.75);
  EXPECT_DOUBLE_EQ(area_under_curve(std::vector<double>{0.5, 0.5, 0.5, 0.5}, labels), 0.5);
  EXPECT_DOUBLE_EQ(area_under_curve(std::vector<double>{0.5, 0.5}, std::vector<std::uint8_t>{1, 1}), 0.5);
}

}  // namespace
}  // namespace rapport::learn
