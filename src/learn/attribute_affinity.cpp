#include "learn/attribute_affinity.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>

#include "learn/evaluation.h"
#include "learn/parallel.h"
#include "learn/sampling.h"

namespace rapport::learn {
namespace {

constexpr std::array<float, 4> kHalfLives = {1e9F, 100, 30, 10};  // items after which a meeting counts half
constexpr float kDoubt = 5;                    // items of the usual share that every user is taken to have met before
constexpr float kExpectedMin = 1e-4F;          // below which expectations are alike
constexpr std::size_t kPairsMax = 64'000'000;  // of users and items, to learn from
constexpr std::size_t kUsersMin = 1024;
constexpr std::size_t kUsersMax = 8192;
constexpr std::size_t kExamplesMax = 1'000'000;
constexpr std::size_t kQueriesMax = 256;
constexpr double kPenalty = 10;
constexpr int kStepsMax = 25;

// One, the usual share of such items, what is expected, the activity, and the user's own facts; these but the first two
// again times the usual share; the squares of what is expected and of the activity.
using AttributeEvidence = std::array<float, AttributeWeights::kCount>;
constexpr std::size_t kExpectation = 2;
constexpr std::size_t kFacts = kHalfLives.size() + 2;
static_assert(AttributeWeights::kCount == 2 + 2 * (2 + kFacts) + 2);

// Reads how much of what users met was of a set of items, and how much of the set they have left.
class FactReader {
 public:
  FactReader(const Histories& histories, const std::vector<std::uint32_t>& set)
      : histories_(histories), is_of_set_(histories.item_count(), 0), set_size_(static_cast<float>(set.size())) {
    const double all = static_cast<double>(histories.items().size()) + histories.item_count() / 2.0;
    for (std::uint32_t item = 0; item < histories.item_count(); ++item) {
      const double met = static_cast<double>(histories.meetings(item).size()) + 0.5;
      popularity_.push_back(static_cast<float>(met / all));
    }
    for (const std::uint32_t item : set) {
      is_of_set_[item] = 1;
      usual_ += popularity_[item];
    }
    for (std::size_t k = 0; k < kHalfLives.size(); ++k) fades_[k] = std::exp2(-1 / kHalfLives[k]);
  }

  AttributeEvidence evidence(std::uint32_t user, float expected) const {
    const float usual = std::log(usual_);
    const float told = std::log(std::max(expected, kExpectedMin));
    const float activity = std::log(static_cast<float>(histories_.activity(user)) + 1);
    AttributeEvidence evidence = {1, usual, told, activity};
    std::ranges::copy(facts(user), evidence.begin() + 4);
    for (std::size_t k = 2; k < 4 + kFacts; ++k) evidence[k + 2 + kFacts] = evidence[k] * (usual + 3);
    evidence[evidence.size() - 2] = told * told;
    evidence[evidence.size() - 1] = activity * activity;
    return evidence;
  }

 private:
  // The share in each window, then that among what is left and that of the set which is left; logarithms, the shares
  // relative to the usual one.
  std::array<float, kFacts> facts(std::uint32_t user) const {
    std::array<float, kHalfLives.size()> of_set{};
    std::array<float, kHalfLives.size()> of_all{};
    float met = 0;
    float seen = 0;
    float seen_of_set = 0;
    for (const std::uint32_t item : histories_.of(user)) {
      for (std::size_t k = 0; k < kHalfLives.size(); ++k) {
        of_set[k] = of_set[k] * fades_[k] + is_of_set_[item];
        of_all[k] = of_all[k] * fades_[k] + 1;
      }
      met += is_of_set_[item];
      seen += popularity_[item];
      seen_of_set += popularity_[item] * is_of_set_[item];
    }
    std::array<float, kFacts> facts{};
    for (std::size_t k = 0; k < kHalfLives.size(); ++k) {
      facts[k] = std::log((of_set[k] + kDoubt * usual_) / ((of_all[k] + kDoubt) * usual_));
    }
    const float left = (usual_ - seen_of_set) / std::max(1e-5F, 1 - seen);
    facts[kHalfLives.size()] = std::log(std::max(left, 1e-5F) / usual_);
    facts[kHalfLives.size() + 1] = std::log(std::max(1.0F, set_size_ - met) / set_size_);
    return facts;
  }

  const Histories& histories_;
  std::vector<float> is_of_set_;
  std::vector<float> popularity_;  // share of all meetings
  float usual_ = 0;                // of the set
  float set_size_;
  std::array<float, kHalfLives.size()> fades_{};
};

struct Examples {
  std::vector<float> features;  // kCount for each
  std::vector<std::uint8_t> labels;
};

Examples examples_of(AffinityScorer& scorer, const std::vector<std::vector<std::uint32_t>>& sets, const Truth& truth,
                     const TrainingControl& control) {
  const auto expected = expected_counts_of_sets(scorer, sets, control);
  Examples examples;
  for (std::size_t set = 0; set < sets.size(); ++set) {
    const FactReader reader(scorer.model().histories(), sets[set]);
    for (std::size_t row = 0; row < scorer.user_count(); ++row) {
      if (expected[set][row] <= 0) continue;
      const std::uint32_t user = scorer.users()[row];
      const AttributeEvidence evidence = reader.evidence(user, expected[set][row]);
      examples.features.insert(examples.features.end(), evidence.begin(), evidence.end());
      examples.labels.push_back(std::ranges::binary_search(truth[set], user) ? 1 : 0);
    }
  }
  return examples;
}

// Penalised logistic regression by Newton's method, drawn to the expectation alone.
AttributeWeights fit(const Examples& examples) {
  constexpr Eigen::Index kFeatures = AttributeWeights::kCount;
  using Row = Eigen::Map<const Eigen::Matrix<float, kFeatures, 1>>;
  using Vector = Eigen::Matrix<double, kFeatures, 1>;
  using Matrix = Eigen::Matrix<double, kFeatures, kFeatures>;
  Vector prior = Vector::Zero();
  prior[kExpectation] = 1;
  Vector weights = prior;
  for (int step = 0; step < kStepsMax; ++step) {
    Vector gradient = kPenalty * (weights - prior);
    Matrix hessian = kPenalty * Matrix::Identity();
    for (std::size_t k = 0; k < examples.labels.size(); ++k) {
      const Vector row = Row(examples.features.data() + k * AttributeWeights::kCount).cast<double>();
      const double probability = 1 / (1 + std::exp(-weights.dot(row)));
      gradient += (probability - examples.labels[k]) * row;
      hessian.selfadjointView<Eigen::Lower>().rankUpdate(row, probability * (1 - probability));
    }
    const Vector move = hessian.selfadjointView<Eigen::Lower>().ldlt().solve(gradient);
    weights -= move * std::min(1.0, 5 / move.norm());
    if (gradient.dot(move) < 1e-6) break;
  }
  const Eigen::Matrix<float, kFeatures, 1> rounded = weights.cast<float>();
  return {{rounded.begin(), rounded.end()}};
}

}  // namespace

std::vector<std::vector<std::uint32_t>> attribute_sets(const ItemAttributes& attributes) {
  std::vector<std::vector<std::uint32_t>> sets;
  for (const AttributeColumn& column : attributes.columns()) {
    for (const AttributeValue& value : column.values) sets.push_back(value.items);
  }
  return sets;
}

Result<AttributeWeights> learn_attribute_weights(const AffinityModel& model, const ItemAttributes& attributes,
                                                 const std::vector<Interaction>& newer, std::uint64_t seed,
                                                 const TrainingControl& control) {
  Random random(seed);
  const std::vector<std::vector<std::uint32_t>> all = attribute_sets(attributes);
  const Truth truth_of_all = truth_of_item_sets(newer, all);
  std::vector<std::vector<std::uint32_t>> sets;
  Truth truth;
  for (const std::uint32_t set : draw_numbers(static_cast<std::uint32_t>(all.size()), kQueriesMax, random)) {
    if (truth_of_all[set].empty()) continue;
    sets.push_back(all[set]);
    truth.push_back(truth_of_all[set]);
  }
  if (sets.empty()) return AttributeWeights{};
  const std::size_t affordable =
      std::min(kPairsMax / std::max(1U, model.histories().item_count()), kExamplesMax / sets.size());
  AffinityScorer scorer(
      model, draw_numbers(model.histories().user_count(), std::clamp(affordable, kUsersMin, kUsersMax), random));
  const Examples examples = examples_of(scorer, sets, truth, control);
  if (control.stop.stop_requested()) return fail(ErrorKind::kConflict, "The training was stopped.");
  return fit(examples);
}

std::vector<std::vector<float>> expected_counts_for_attributes(AffinityScorer& scorer, const AttributeWeights& weights,
                                                               std::span<const std::vector<std::uint32_t>> sets,
                                                               const TrainingControl& control) {
  auto expected = expected_counts_of_sets(scorer, sets, control);
  if (weights.of.empty()) return expected;
  parallel_for(worker_count(control), sets.size(), control.stop, [&](std::size_t set, unsigned) {
    const FactReader reader(scorer.model().histories(), sets[set]);
    for (std::size_t row = 0; row < expected[set].size(); ++row) {
      if (expected[set][row] <= 0) continue;
      const AttributeEvidence evidence = reader.evidence(scorer.users()[row], expected[set][row]);
      float logit = 0;
      for (std::size_t k = 0; k < evidence.size(); ++k) logit += weights.of[k] * evidence[k];
      expected[set][row] = logit > 20 ? logit : std::log1p(std::exp(logit));
    }
  });
  return expected;
}

}  // namespace rapport::learn
