#include "learn/affinity_scores.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "learn/matrix_product.h"
#include "learn/parallel.h"

namespace rapport::learn {
namespace {

constexpr float kFutureShare = 0.25F;              // the future looked at, as a share of the past
constexpr std::size_t kBlock = 256;                // users
constexpr std::size_t kColumnsBytes = 64U << 20U;  // of the columns of a batch
// A set of many items is told by some of them: with all users there are, so many pairs at most. Of 1,700 items 64 found
// 285 of 288.
constexpr std::size_t kPairsOfSetMax = 64'000'000;
constexpr std::size_t kItemsOfSetMin = 64;
constexpr std::size_t kItemsOfSetMax = 4096;

std::vector<std::uint32_t> all_users(const AffinityModel& model) {
  std::vector<std::uint32_t> users(model.histories().user_count());
  std::iota(users.begin(), users.end(), 0U);
  return users;
}

// The rows of `of` for some users. A view where the users are neighbours.
std::span<const float> rows_of(const Factors& of, std::span<const std::uint32_t> users, std::vector<float>& scratch) {
  if (users.back() - users.front() + 1 == users.size()) {
    return std::span(of.values).subspan(std::size_t{users.front()} * of.dimension, users.size() * of.dimension);
  }
  scratch.clear();
  for (const std::uint32_t user : users) scratch.insert(scratch.end(), of.of(user).begin(), of.of(user).end());
  return scratch;
}

// products: users x items.
void multiply_tastes(const Factors& of, std::span<const std::uint32_t> users, std::span<const float> items,
                     std::span<float> products) {
  std::vector<float> scratch;
  multiply_matrices({rows_of(of, users, scratch), of.dimension}, MatrixView{items, of.dimension}.transposed(),
                    products);
}

Evidence weights_of(const AffinityModel& model, std::uint32_t item) {
  const AffinityWeights& weights = model.parts().weights;
  Evidence all = weights.base;
  for (std::size_t k = 0; k < kEvidenceKinds; ++k) all[k] += model.popularity(item) * weights.by_context[k];
  return all;
}

// The expected counts of a set, and how many times more than those of the items kept.
struct KeptSet {
  std::vector<std::uint32_t> items;
  float scale = 1;
};

KeptSet most_met(const Histories& histories, const std::vector<std::uint32_t>& set) {
  KeptSet kept{.items = set};
  const std::size_t most =
      std::clamp(kPairsOfSetMax / std::max(1U, histories.user_count()), kItemsOfSetMin, kItemsOfSetMax);
  if (set.size() <= most) return kept;
  const auto met = [&](std::uint32_t item) { return histories.meetings(item).size(); };
  const auto sum = [&](const std::vector<std::uint32_t>& items) {
    return std::accumulate(items.begin(), items.end(), 1.0,
                           [&](double total, std::uint32_t item) { return total + static_cast<double>(met(item)); });
  };
  std::ranges::stable_sort(kept.items, std::ranges::greater{}, met);
  kept.items.resize(most);
  kept.scale = static_cast<float>(sum(set) / sum(kept.items));
  return kept;
}

}  // namespace

// Some users that follow each other in users_.
struct AffinityScorer::Block {
  std::size_t first;
  std::span<const std::uint32_t> users;
};

AffinityScorer::AffinityScorer(const AffinityModel& model) : AffinityScorer(model, all_users(model)) {}

AffinityScorer::AffinityScorer(const AffinityModel& model, std::vector<std::uint32_t> users)
    : model_(model),
      users_(std::move(users)),
      fading_(fading_weights()),
      batch_(std::clamp<std::size_t>(kColumnsBytes / (sizeof(Quad) * std::max(1U, model.histories().item_count())), 1,
                                     kItemsMax)) {}

void AffinityScorer::fill_columns(std::span<const std::uint32_t> items, const TrainingControl& control) {
  const std::size_t item_count = model_.histories().item_count();
  columns_.resize(item_count * items.size());
  std::vector<ItemColumn> columns(worker_count(control), ItemColumn(static_cast<std::uint32_t>(item_count)));
  parallel_for(worker_count(control), items.size(), control.stop, [&](std::size_t k, unsigned worker) {
    columns[worker].fill(model_.histories(), items[k]);
    const float scale = model_.item_scale(items[k]);
    for (std::uint32_t other = 0; other < item_count; ++other) {
      columns_[other * items.size() + k] = columns[worker].data()[other] * (scale * model_.item_scale(other));
    }
  });
}

// counts: item by item those of the block's users, before they are brought to the expected sum.
void AffinityScorer::score_block(const Block& block, std::span<const std::uint32_t> items,
                                 std::span<float> counts) const {
  const AffinityParts& parts = model_.parts();
  const std::size_t count = items.size();
  std::vector<float> tastes;
  std::vector<Evidence> weights;
  for (const std::uint32_t item : items) {
    tastes.insert(tastes.end(), parts.taste.items.of(item).begin(), parts.taste.items.of(item).end());
    weights.push_back(weights_of(model_, item));
  }
  std::vector<float> taste(block.users.size() * count);
  std::vector<float> recent(block.users.size() * count);
  multiply_tastes(parts.taste.users, block.users, tastes, taste);
  multiply_tastes(parts.recent_taste, block.users, tastes, recent);

  const float floor = std::log(kShareMin);
  std::array<Quad, kItemsMax> sums;
  std::array<float, kItemsMax> logits{};
  for (std::size_t row = 0; row < block.users.size(); ++row) {
    const std::uint32_t user = block.users[row];
    const std::span<const std::uint32_t> history = parts.histories.of(user);
    const float* totals = parts.totals.data() + std::size_t{user} * kRelativeEvidenceKinds;
    sums.fill(Quad{0, 0, 0, 0});
    const std::size_t remembered = std::min(history.size(), fading_.size());
    for (std::size_t age = 0; age < remembered; ++age) {
      const Quad* column = columns_.data() + history[history.size() - 1 - age] * count;
      for (std::size_t k = 0; k < count; ++k) sums[k] += fading_[age] * column[k];
    }
    const Quad share = 1.0F / Quad{std::max(totals[0], 1e-9F), std::max(totals[1], 1e-9F), std::max(totals[2], 1e-9F),
                                   std::max(totals[3], 1e-9F)};
    for (std::size_t k = 0; k < count; ++k) sums[k] = sums[k] * share + kShareMin;
    Eigen::Map<Eigen::ArrayXf> logs(reinterpret_cast<float*>(sums.data()), static_cast<Eigen::Index>(4 * count));
    logs = logs.log();
    const float activity = std::log(static_cast<float>(parts.histories.activity(user)) + 1);
    const float taste_total = std::log(totals[4]);
    const float recent_total = std::log(totals[5]);
    for (std::size_t k = 0; k < count; ++k) {
      const Evidence& weight = weights[k];
      float logit = weight[kActivity] * activity;
      for (int kind = 0; kind < 4; ++kind)
        logit += weight[kSimilarRecent + static_cast<std::size_t>(kind)] * sums[k][kind];
      logit += weight[kTaste] * std::max(floor, taste_logit(taste[row * count + k]) - taste_total);
      logit += weight[kRecentTaste] * std::max(floor, taste_logit(recent[row * count + k]) - recent_total);
      logits[k] = std::min(logit, 80.0F);
    }
    Eigen::Map<Eigen::ArrayXf> all(logits.data(), static_cast<Eigen::Index>(count));
    all = all.exp();
    const bool is_known = parts.histories.activity(user) > 0;
    for (std::size_t k = 0; k < count; ++k) counts[k * block.users.size() + row] = is_known ? logits[k] : 0;
  }
}

// What it means that users met the items already.
void AffinityScorer::weigh_meetings(const Block& block, std::span<const std::uint32_t> items,
                                    std::span<float> counts) const {
  const Histories& histories = model_.histories();
  for (std::size_t k = 0; k < items.size(); ++k) {
    const Evidence weight = weights_of(model_, items[k]);
    const auto meetings = histories.meetings(items[k]);
    auto at = std::ranges::lower_bound(meetings, block.users.front(), {}, &Meeting::user);
    for (std::size_t row = 0; row < block.users.size(); ++row) {
      while (at != meetings.end() && at->user < block.users[row]) ++at;
      if (at == meetings.end()) break;
      if (at->user != block.users[row]) continue;
      float& count = counts[k * block.users.size() + row];
      const auto since = static_cast<float>(histories.of(at->user).size() - at->place - 1);
      const float told = weight[kMet] + weight[kMetRecently] * std::pow(kFadeLong, since);
      count = model_.parts().weights.repeats == Repeats::kNever ? 0 : count * std::exp(std::min(told, 80.0F));
    }
  }
}

void AffinityScorer::score(std::span<const std::uint32_t> items, const TrainingControl& control, const Take& take) {
  CHECK(items.size() <= batch_);
  if (items.empty() || users_.empty()) return;
  fill_columns(items, control);
  const std::size_t blocks = (users_.size() + kBlock - 1) / kBlock;
  const auto block_at = [&](std::size_t index) {
    const std::size_t first = index * kBlock;
    return Block{first, std::span(users_).subspan(first, std::min(kBlock, users_.size() - first))};
  };
  std::vector<float> counts(users_.size() * items.size());
  std::vector<double> sums(blocks * items.size());  // of each block
  const auto counts_of = [&](const Block& block) {
    return std::span(counts).subspan(block.first * items.size(), block.users.size() * items.size());
  };
  parallel_for(worker_count(control), blocks, control.stop, [&](std::size_t index, unsigned) {
    const Block block = block_at(index);
    const std::span<float> own = counts_of(block);
    score_block(block, items, own);
    weigh_meetings(block, items, own);
    for (std::size_t k = 0; k < items.size(); ++k) {
      const auto part = own.subspan(k * block.users.size(), block.users.size());
      sums[index * items.size() + k] = std::accumulate(part.begin(), part.end(), 0.0);
    }
  });
  const double share = static_cast<double>(users_.size()) / static_cast<double>(model_.histories().user_count());
  std::vector<float> scales(items.size());
  for (std::size_t k = 0; k < items.size(); ++k) {
    double sum = 0;
    for (std::size_t index = 0; index < blocks; ++index) sum += sums[index * items.size() + k];
    const double met = static_cast<double>(model_.histories().meetings(items[k]).size());
    scales[k] = sum > 0 ? static_cast<float>(share * kFutureShare * (met + 0.1) / sum) : 0;
  }
  parallel_for(worker_count(control), blocks, control.stop, [&](std::size_t index, unsigned) {
    const Block block = block_at(index);
    for (std::size_t k = 0; k < items.size(); ++k) {
      const auto part = counts_of(block).subspan(k * block.users.size(), block.users.size());
      for (float& count : part) count *= scales[k];
      take(k, block.first, part);
    }
  });
}

std::vector<std::vector<float>> expected_counts_of_sets(AffinityScorer& scorer,
                                                        std::span<const std::vector<std::uint32_t>> sets,
                                                        const TrainingControl& control) {
  std::vector<std::vector<float>> sums(sets.size(), std::vector<float>(scorer.user_count(), 0));
  std::vector<float> scales;
  std::map<std::uint32_t, std::vector<std::size_t>> sets_of;  // by item
  for (std::size_t set = 0; set < sets.size(); ++set) {
    const KeptSet kept = most_met(scorer.model().histories(), sets[set]);
    scales.push_back(kept.scale);
    for (const std::uint32_t item : kept.items) sets_of[item].push_back(set);
  }
  std::vector<std::uint32_t> items;
  for (const auto& [item, of] : sets_of) items.push_back(item);
  for (std::size_t first = 0; first < items.size() && !control.stop.stop_requested(); first += scorer.batch()) {
    const auto batch = std::span(items).subspan(first, std::min(scorer.batch(), items.size() - first));
    scorer.score(batch, control, [&](std::size_t k, std::size_t begin, std::span<const float> counts) {
      for (const std::size_t set : sets_of.find(batch[k])->second) {
        float* sum = sums[set].data() + begin;
        for (std::size_t row = 0; row < counts.size(); ++row) sum[row] += scales[set] * counts[row];
      }
    });
    if (control.progress) {
      control.progress(static_cast<double>(first + batch.size()) / static_cast<double>(items.size()), "scoring");
    }
  }
  return sums;
}

}  // namespace rapport::learn
