#pragma once

// What a history says of every item, in several ways. The scores of a sequence model are a weighted sum of it.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "learn/conditional_logit.h"
#include "learn/dataset.h"
#include "learn/fact_odds.h"
#include "learn/implicit_als.h"
#include "learn/linear_items.h"
#include "learn/sequence_network.h"
#include "learn/transitions.h"

namespace rapport::learn {

enum SequenceEvidenceKind : std::uint8_t {
  kPopular,      // logarithm of the item's share of all meetings
  kComesNext,    // logarithm of how much more than by popularity the item follows the newest items
  kComesBefore,  // and how much it precedes them
  kComesLater,   // the same for the last fifty items
  kCameEarlier,
  kLinear,        // logarithm of the linear model's score, of all the history
  kLinearRecent,  // and with newer items counting more
  kTasteOfAll,    // factorisation, from all the history
  kTasteNow,      // and from the last ten items
  kNetwork,       // the logit of the sequence network
  kMetAlready,    // 1 when the item is in the history
  kMetLately,     // the same, fading with every later item
};
constexpr std::size_t kSequenceEvidenceKinds = 12;

// The context is the logarithm of the history's length, less a usual one.
using SequenceWeights = EvidenceWeights<kSequenceEvidenceKinds>;

// All that is stored of a model. Parts that were not learned are empty, and say nothing.
struct SequenceParts {
  std::string recipe;
  bool is_ordered = true;  // whether the times said in which order users met items
  Vocabulary items;
  std::vector<std::uint32_t> popularity;  // users who met each item
  TransitionTable transitions;
  LinearTable linear;
  AlsParameters taste_parameters;
  Factors taste;
  SequenceNetwork network;
  SequenceWeights weights;
  ItemAttributes attributes;
  FactOdds user_odds;
  FactOdds context_odds;
  std::vector<float> bonus;  // of each item, for what it brings; empty: none
};

// Reads histories by parts. Thread-safe; REQUIRES that the parts outlive it.
class SequenceEvidence {
 public:
  static constexpr std::size_t kHistoryMax = 200;  // the newest items, which alone are read

  explicit SequenceEvidence(const SequenceParts& parts);
  std::size_t item_count() const { return shares_.size(); }

  // The distinct known items, oldest first, each where it was last; the newest kHistoryMax. Where the data had no order
  // all of them, mixed, so that no order is read into them.
  std::vector<std::uint32_t> distinct(std::span<const std::uint32_t> history) const;
  // Kind by kind a number for each item. REQUIRES a history as distinct() gives it.
  std::vector<float> read(std::span<const std::uint32_t> history) const;
  // What the evidence comes to for each item; popularity alone when there is no history. REQUIRES scores.size() ==
  // item_count().
  void weigh(std::span<const std::uint32_t> history, std::span<float> scores) const;
  static float length_of(std::span<const std::uint32_t> history);

 private:
  void read_transitions(std::span<const std::uint32_t> history, std::span<float> kinds) const;
  void read_linear(std::span<const std::uint32_t> history, std::span<float> kinds) const;
  void read_taste(std::span<const std::uint32_t> history, std::span<float> kinds) const;
  void read_network(std::span<const std::uint32_t> history, std::span<float> logits) const;

  const SequenceParts& parts_;
  std::vector<float> shares_;  // of all meetings
  std::vector<float> log_shares_;
  std::vector<float> inverse_shares_;  // what the flow of transitions is measured by
  std::vector<float> item_weights_;
  std::vector<float> gram_;
};

}  // namespace rapport::learn
