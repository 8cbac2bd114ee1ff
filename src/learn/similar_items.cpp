// aws-similar-items: items met together, blended with items of the same attributes. How much each counts, and how much
// popular items are discounted, is learned from what users met next.

#include <algorithm>
#include <array>
#include <cmath>

#include "base/random.h"
#include "learn/item_learners.h"
#include "learn/neighbour_model.h"
#include "learn/pair_counts.h"
#include "learn/parallel.h"

namespace rapport::learn {
namespace {

constexpr std::uint32_t kWindow = 100;  // places apart at which two items of a history still count
constexpr std::size_t kRowLimit = 200;
constexpr std::size_t kVisitsMax = 50'000;  // of items with the same attribute values, for one item
constexpr std::size_t kProbes = 3000;       // pairs of items met one after the other, to learn from
constexpr float kDoubt = 2;                 // users of both at which co-occurrence is believed by half

// What two kinds of evidence are worth.
struct Blend {
  float discount = 0.5F;    // the power of an item's number of users that co-occurrence is divided by
  float attributes = 0.1F;  // of the similarity of attributes, beside co-occurrence
};

// The attribute values of each item with their rarity.
class AttributeSimilarity {
 public:
  struct Value {
    const std::vector<std::uint32_t>* items;
    float square;  // of its rarity
  };

  AttributeSimilarity(const ItemAttributes& attributes, std::uint32_t item_count)
      : values_(item_count), norms_(item_count, 0) {
    for (const AttributeColumn& column : attributes.columns()) {
      for (const AttributeValue& value : column.values) {
        const float rarity = std::log1p(static_cast<float>(item_count) / static_cast<float>(value.items.size()));
        for (const std::uint32_t item : value.items) {
          values_[item].push_back({&value.items, rarity * rarity});
          norms_[item] += rarity * rarity;
        }
      }
    }
    for (auto& own : values_) {
      std::ranges::stable_sort(own, std::ranges::greater{}, &Value::square);
    }
  }

  // Adds the cosine of each item that shares a value with this one; values of the fewest items first, until too many
  // were seen.
  template <class Add>
  void for_each(std::uint32_t item, const Add& add) const {
    std::size_t visits = 0;
    for (const Value& value : values_[item]) {
      if (visits > 0 && visits + value.items->size() > kVisitsMax) return;
      visits += value.items->size();
      for (const std::uint32_t other : *value.items) {
        if (other != item) add(other, value.square / std::sqrt(norms_[item] * norms_[other]));
      }
    }
  }

 private:
  std::vector<std::vector<Value>> values_;
  std::vector<float> norms_;
};

// Evidence that an item goes with the one asked for.
struct Candidate {
  std::uint32_t item = 0;
  float together = 0;    // before the discount
  float attributes = 0;  // 0..1
};

// Finds the candidates of one item after the other; one for each thread.
class CandidateFinder {
 public:
  CandidateFinder(const Histories& histories, const AttributeSimilarity& attributes)
      : histories_(histories),
        attributes_(attributes),
        counter_(histories, kWindow),
        places_(histories.item_count(), 0) {}

  const std::vector<Candidate>& find(std::uint32_t item) {
    for (const Candidate& candidate : found_) places_[candidate.item] = 0;
    found_.clear();
    const float met = std::max<float>(1, static_cast<float>(histories_.meetings(item).size()));
    for (const PairCount& pair : counter_.count(item)) {
      const float believed = static_cast<float>(pair.users) / (static_cast<float>(pair.users) + kDoubt);
      at(pair.item).together = believed * pair.closeness / std::sqrt(met);
    }
    attributes_.for_each(item, [&](std::uint32_t other, float cosine) { at(other).attributes += cosine; });
    return found_;
  }

 private:
  Candidate& at(std::uint32_t item) {
    if (places_[item] == 0) {
      found_.push_back({.item = item});
      places_[item] = static_cast<std::uint32_t>(found_.size());
    }
    return found_[places_[item] - 1];
  }

  const Histories& histories_;
  const AttributeSimilarity& attributes_;
  PairCounter counter_;
  std::vector<std::uint32_t> places_;  // of each item in found_, plus 1
  std::vector<Candidate> found_;
};

// How many of an item's neighbours are kept.
struct RowLimits {
  std::size_t together = kRowLimit;  // of those that were met with it
  std::size_t alike = kRowLimit;     // of those that only share its attributes
};

// Keeps the best of those that were met with the item and of the others. REQUIRES the best first.
void keep_within(std::vector<Neighbour>& row, const RowLimits& limits) {
  std::size_t together = 0;
  std::size_t alike = 0;
  std::erase_if(row, [&](const Neighbour& one) {
    return one.by_attributes < 1 ? ++together > limits.together : ++alike > limits.alike;
  });
}

std::vector<Neighbour> blend_row(const std::vector<Candidate>& candidates, const Histories& histories,
                                 const Blend& blend, std::size_t limit) {
  std::vector<Neighbour> row;
  row.reserve(candidates.size());
  for (const Candidate& candidate : candidates) {
    const float met = std::max<float>(1, static_cast<float>(histories.meetings(candidate.item).size()));
    const float together = candidate.together / std::pow(met, blend.discount);
    const float alike = blend.attributes * candidate.attributes;
    if (together + alike > 0) row.push_back({candidate.item, together + alike, alike / (together + alike)});
  }
  keep_best(row, limit);
  return row;
}

// One user's newest item and the one before it.
struct Probe {
  std::uint32_t item = 0;
  std::uint32_t next = 0;
};

std::vector<Probe> draw_probes(const Histories& all, std::uint64_t seed, std::vector<bool>& probed) {
  Random random(seed);
  std::vector<Probe> probes;
  const double share = std::min(1.0, 2.0 * kProbes / std::max(1U, all.user_count()));
  for (std::uint32_t user = 0; user < all.user_count() && probes.size() < kProbes; ++user) {
    const auto history = all.of(user);
    if (history.size() < 3 || random.uniform() >= share) continue;
    probes.push_back({history[history.size() - 2], history.back()});
    probed[user] = true;
  }
  return probes;
}

constexpr auto kDiscounts = std::to_array<float>({0.25F, 0.4F, 0.55F, 0.7F});
constexpr auto kAttributeWeights = std::to_array<float>({0.003F, 0.01F, 0.03F, 0.1F, 0.3F});

// The blend under which the probes' next items stand highest (mean reciprocal rank), learned without the probes.
Blend learn_blend(const Dataset& dataset, const Histories& all, const AttributeSimilarity& attributes,
                  const ItemTraining& training, const TrainingControl& control) {
  std::vector<bool> probed(all.user_count(), false);
  const std::vector<Probe> probes = draw_probes(all, training.seed, probed);
  std::vector<Interaction> rows;
  for (std::uint32_t user = 0; user < all.user_count(); ++user) {
    const auto history = all.of(user);
    for (std::size_t place = 0; place + (probed[user] ? 1 : 0) < history.size(); ++place) {
      rows.push_back({user, history[place], static_cast<std::int64_t>(place)});
    }
  }
  const Histories known(rows, dataset.users.size(), dataset.items.size());
  constexpr std::size_t kBlends = kDiscounts.size() * kAttributeWeights.size();
  std::vector<std::array<double, kBlends>> gains(probes.size());
  const unsigned workers = worker_count(control);
  std::vector<CandidateFinder> finders(workers, CandidateFinder(known, attributes));
  parallel_for(workers, probes.size(), control.stop, [&](std::size_t k, unsigned worker) {
    const std::vector<Candidate>& candidates = finders[worker].find(probes[k].item);
    for (std::size_t blend = 0; blend < kBlends; ++blend) {
      const Blend tried{kDiscounts[blend / kAttributeWeights.size()],
                        kAttributeWeights[blend % kAttributeWeights.size()]};
      const std::vector<Neighbour> row = blend_row(candidates, known, tried, 50);
      const auto found = std::ranges::find(row, probes[k].next, &Neighbour::item);
      gains[k][blend] = found == row.end() ? 0 : 1.0 / static_cast<double>(found - row.begin() + 1);
    }
  });
  std::array<double, kBlends> sums{};
  for (const auto& gain : gains) {
    for (std::size_t blend = 0; blend < kBlends; ++blend) sums[blend] += gain[blend];
  }
  const auto best = static_cast<std::size_t>(std::ranges::max_element(sums) - sums.begin());
  return {kDiscounts[best / kAttributeWeights.size()], kAttributeWeights[best % kAttributeWeights.size()]};
}

}  // namespace

Result<std::unique_ptr<ItemModel>> learn_similar_items(const Dataset& dataset, const ItemTraining& training,
                                                       const TrainingControl& control) {
  const Histories histories(dataset.interactions, dataset.users.size(), dataset.items.size());
  const AttributeSimilarity attributes(dataset.attributes, dataset.items.size());
  const Blend blend = learn_blend(dataset, histories, attributes, training, control);
  NeighbourParts parts{.recipe = training.recipe,
                       .items = dataset.items,
                       .popularity = count_users(dataset),
                       .rows = std::vector<std::vector<Neighbour>>(dataset.items.size()),
                       .attributes = dataset.attributes};
  // Both only when tuning or a training names them.
  const RowLimits limits {
    .together = static_cast<std::size_t>(TRY(training.number("item_id_hidden_dim", kRowLimit))),
    .alike = static_cast<std::size_t>(TRY(training.number("item_metadata_hidden_dim", kRowLimit)))
  };
  const unsigned workers = worker_count(control);
  std::vector<CandidateFinder> finders(workers, CandidateFinder(histories, attributes));
  parallel_for(workers, parts.rows.size(), control.stop, [&](std::size_t item, unsigned worker) {
    const auto index = static_cast<std::uint32_t>(item);
    parts.rows[item] = blend_row(finders[worker].find(index), histories, blend, kRowLimit);
    keep_within(parts.rows[item], limits);
    parts.rows[item].shrink_to_fit();
  });
  if (control.stop.stop_requested()) return training_stopped();
  return make_neighbour_model(std::move(parts));
}

}  // namespace rapport::learn
