#include "learn/sequence_evidence.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "base/random.h"
#include "learn/item_columns.h"
#include "learn/matrix_product.h"
#include "learn/network_kernels.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kTransitionItems = 50;  // of the history that transitions are read for
constexpr std::size_t kTasteItems = 10;
constexpr std::size_t kNetworkItems = 50;
constexpr float kNewestDecay = 0.75F;  // of an item's weight with every later one
constexpr float kLaterDecay = 0.95F;
constexpr float kLinearDecay = 0.9F;
constexpr float kMetDecay = 0.9F;
constexpr float kItemPower = 0.5F;     // an item of n users weighs n to the minus this
constexpr float kUsualFlow = 500;      // the flow that counts as much as popularity, per share of all meetings
constexpr float kLinearFloor = 0.02F;  // below it linear scores tell nothing
constexpr float kUsualLength = 4;      // logarithm of the items of a history

std::span<float> kind_of(std::span<float> kinds, SequenceEvidenceKind kind) {
  const std::size_t items = kinds.size() / kSequenceEvidenceKinds;
  return kinds.subspan(kind * items, items);
}

}  // namespace

SequenceEvidence::SequenceEvidence(const SequenceParts& parts) : parts_(parts) {
  const std::size_t count = parts.popularity.size();
  const double meetings = std::accumulate(parts.popularity.begin(), parts.popularity.end(), 0.0);
  for (const std::uint32_t users : parts.popularity) {
    const auto share = static_cast<float>((users + 1.0) / (meetings + static_cast<double>(count)));
    shares_.push_back(share);
    log_shares_.push_back(std::log(share));
    inverse_shares_.push_back(1 / (kUsualFlow * share));
    item_weights_.push_back(std::pow(static_cast<float>(users) + 1, -kItemPower));
  }
  if (parts.taste.count > 0) gram_ = gram_matrix(parts.taste, parts.taste_parameters.unobserved_weight);
}

std::vector<std::uint32_t> SequenceEvidence::distinct(std::span<const std::uint32_t> history) const {
  std::vector<std::uint32_t> newest;
  std::vector<bool> taken(item_count(), false);
  const std::size_t most = parts_.is_ordered ? kHistoryMax : history.size();
  for (std::size_t k = history.size(); k-- > 0 && newest.size() < most;) {
    if (history[k] >= item_count() || taken[history[k]]) continue;
    taken[history[k]] = true;
    newest.push_back(history[k]);
  }
  if (parts_.is_ordered) {
    std::ranges::reverse(newest);
  } else {
    std::ranges::sort(newest, {}, [](std::uint32_t item) { return Random(item)(); });
  }
  return newest;
}

float SequenceEvidence::length_of(std::span<const std::uint32_t> history) {
  return std::log(static_cast<float>(history.size()) + 1) - kUsualLength;
}

std::vector<float> SequenceEvidence::read(std::span<const std::uint32_t> history) const {
  std::vector<float> kinds(kSequenceEvidenceKinds * item_count(), 0);
  std::ranges::copy(log_shares_, kinds.begin());
  if (history.empty()) return kinds;
  read_transitions(history, kinds);
  if (!parts_.linear.empty()) read_linear(history, kinds);
  if (parts_.taste.count > 0) read_taste(history, kinds);
  if (parts_.network.shape.items > 0) read_network(history, kind_of(kinds, kNetwork));
  float lately = 1;
  for (std::size_t k = history.size(); k-- > 0; lately *= kMetDecay) {
    kind_of(kinds, kMetAlready)[history[k]] = 1;
    kind_of(kinds, kMetLately)[history[k]] = lately;
  }
  return kinds;
}

void SequenceEvidence::weigh(std::span<const std::uint32_t> history, std::span<float> scores) const {
  CHECK(scores.size() == item_count());
  if (history.empty()) {
    std::ranges::copy(log_shares_, scores.begin());
    return;
  }
  const std::vector<float> kinds = read(history);
  const float length = length_of(history);
  std::ranges::fill(scores, 0.0F);
  for (std::size_t kind = 0; kind < kSequenceEvidenceKinds; ++kind) {
    const float weight = parts_.weights.base[kind] + length * parts_.weights.by_context[kind];
    if (weight == 0) continue;
    kernels::add(scores, std::span(kinds).subspan(kind * item_count(), item_count()), weight);
  }
}

void SequenceEvidence::read_transitions(std::span<const std::uint32_t> history, std::span<float> kinds) const {
  std::vector<Quad> flows(item_count(), Quad{});
  float newest = 1;
  float later = 1;
  for (std::size_t age = 0; age < std::min(kTransitionItems, history.size()); ++age) {
    const std::uint32_t item = history[history.size() - 1 - age];
    const TransitionRow row = parts_.transitions.of(item);
    const float weight = item_weights_[item];
    const Quad factors = {weight * newest, weight * newest, weight * later, weight * later};
    for (std::size_t k = 0; k < row.items.size(); ++k) {
      flows[row.items[k]] += factors * Quad{row.ahead[k], row.behind[k], row.ahead[k], row.behind[k]};
    }
    newest *= kNewestDecay;
    later *= kLaterDecay;
  }
  for (std::size_t part = 0; part < 4; ++part) {
    const std::span<float> kind = kind_of(kinds, static_cast<SequenceEvidenceKind>(kComesNext + part));
    for (std::size_t item = 0; item < kind.size(); ++item) kind[item] = 1 + flows[item][part] * inverse_shares_[item];
    kernels::take_logarithms(kind);
  }
}

void SequenceEvidence::read_linear(std::span<const std::uint32_t> history, std::span<float> kinds) const {
  const std::span<float> all = kind_of(kinds, kLinear);
  const std::span<float> recent = kind_of(kinds, kLinearRecent);
  float weight = 1;
  for (std::size_t k = history.size(); k-- > 0; weight *= kLinearDecay) {
    parts_.linear.add(history[k], 1, all);
    if (weight > 1e-3F) parts_.linear.add(history[k], weight, recent);
  }
  for (const std::span<float> kind : {all, recent}) {
    for (float& score : kind) score = std::max(0.0F, score) / kLinearFloor + 1;
    kernels::take_logarithms(kind);
  }
}

void SequenceEvidence::read_taste(std::span<const std::uint32_t> history, std::span<float> kinds) const {
  const AlsParameters& parameters = parts_.taste_parameters;
  RowSolver solver(parts_.taste, gram_);
  std::vector<float> vector(parts_.taste.dimension);
  const auto read = [&](std::span<const std::uint32_t> items, SequenceEvidenceKind kind) {
    const float frequency =
        static_cast<float>(items.size()) + parameters.unobserved_weight * static_cast<float>(parts_.taste.count);
    solver.solve(items, {}, parameters.regularization * frequency, vector);
    multiply(parts_.taste, vector, kind_of(kinds, kind));
  };
  read(history, kTasteOfAll);
  read(history.last(std::min(kTasteItems, history.size())), kTasteNow);
}

void SequenceEvidence::read_network(std::span<const std::uint32_t> history, std::span<float> logits) const {
  thread_local NetworkPass pass;
  const auto newest = history.last(std::min(kNetworkItems, history.size()));
  const TokenBatch batch{{newest.begin(), newest.end()}, {}, {0}};
  const std::size_t dimension = parts_.network.shape.dimension;
  const auto read = pass.forward(parts_.network, batch).last(dimension);
  multiply_matrices({read, dimension}, MatrixView{parts_.network.vectors, dimension}.transposed(), logits);
  kernels::add(logits, parts_.network.biases, 1);
}

}  // namespace rapport::learn
