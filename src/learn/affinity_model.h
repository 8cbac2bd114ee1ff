#pragma once

// How much every user will want an item: the expected number of the user's future interactions with it.
//
// For a user u and an item i the model weighs the evidence of Evidence::Kind (how active the user is, how close the
// user's newest and older items are to i, how often i comes soon after them or before them, and a factorisation of all
// tastes), each as a logarithm, relative to what the user shows for all items. The weights are learned
// (affinity_weights.h) so that the users who really met an item later stand out from those who did not: a conditional
// logit over the users.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "learn/conditional_logit.h"
#include "learn/histories.h"
#include "learn/implicit_als.h"
#include "learn/item_columns.h"
#include "learn/training_control.h"

namespace rapport::learn {

enum EvidenceKind : std::uint8_t {
  kActivity,       // log of the number of interactions
  kSimilarRecent,  // cosine similarity of i to the last few items
  kSimilarLong,    // the same over the last hundred
  kFollows,        // how often i came soon after the user's items in other histories
  kPrecedes,       // how often before
  kTaste,          // factorisation, the user's vector learned from the whole history
  kRecentTaste,    // the same, learned from the last few items
  kMet,            // 1 when the user met i already; 0 where met items are not wanted again
  kMetRecently,    // kMet, fading with the items met since
};
constexpr std::size_t kEvidenceKinds = 9;
constexpr std::size_t kRelativeEvidenceFirst = kSimilarRecent;  // kinds that are shares of what the user shows for all
constexpr std::size_t kRelativeEvidenceKinds = 6;
using Evidence = std::array<float, kEvidenceKinds>;

// The context of an item is its popularity, standardised over the items.
struct AffinityWeights : EvidenceWeights<kEvidenceKinds> {
  Repeats repeats = Repeats::kNever;
};

struct AffinityParts {  // all that is stored of a model
  Histories histories;
  Factorization taste;
  Factors recent_taste;
  std::vector<float> totals;  // per user, what each relative kind sums to over all items
  AffinityWeights weights;
};

// Immutable: thread-safe.
class AffinityModel {
 public:
  explicit AffinityModel(AffinityParts parts);
  // The parts without weights, learned from histories. kConflict when stopped.
  static Result<AffinityParts> learn(Histories histories, const AlsParameters& parameters,
                                     const TrainingControl& control);

  const AffinityParts& parts() const { return parts_; }
  const Histories& histories() const { return parts_.histories; }
  void set_weights(const AffinityWeights& weights) { parts_.weights = weights; }
  float popularity(std::uint32_t item) const { return popularity_[item]; }
  float item_scale(std::uint32_t item) const { return item_scale_[item]; }
  std::uint64_t memory_bytes() const;

 private:
  AffinityParts parts_;
  std::vector<float> popularity_;  // standardised log of the number of users
  std::vector<float> item_scale_;  // 1 / sqrt(users of the item)
};

// Reads what a model knows of a user and one item. One a thread; REQUIRES that the model outlives it.
class AffinityReader {
 public:
  explicit AffinityReader(const AffinityModel& model);
  ~AffinityReader();
  AffinityReader(AffinityReader&&) noexcept;

  void open(std::uint32_t item);
  bool met(std::uint32_t user) const;
  Evidence evidence(std::uint32_t user) const;

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

// The weight of a history's item by how many items were met since, oldest last: {recent, long, order, order}.
std::vector<Quad> fading_weights();
// The logarithm of a taste, before it is compared with the others of the user.
float taste_logit(float product);
// Evidence below this share of all says nothing.
constexpr float kShareMin = 1e-5F;
// How kMetRecently fades with every item met since.
constexpr float kFadeLong = 0.97F;

}  // namespace rapport::learn
