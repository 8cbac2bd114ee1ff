#include "learn/affinity_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "learn/item_columns.h"
#include "learn/parallel.h"

namespace rapport::learn {
namespace {

constexpr std::uint32_t kRemembered = 100;  // the newest items of a history that similarity and order look at
constexpr float kFadeRecent = 0.8F;         // per item met since
constexpr float kFadeLong = 0.97F;
constexpr float kFadeOrder = 0.95F;
constexpr float kFadeTaste = 0.9F;
constexpr float kRidgeRecentTaste = 0.1F;
constexpr float kShareMin = 1e-5F;              // evidence below this share says nothing
constexpr float kTasteSharpness = 4;            // tastes of 0 and 1 differ by a factor e^4
constexpr float kFutureShare = 0.25F;           // the future looked at, as a share of the past
constexpr std::uint32_t kTasteItemsMax = 4096;  // items that stand for all in the total of tastes

// The weight of a history's item met `age` items before its end.
std::vector<Quad> fading_weights() {
  std::vector<Quad> weights;
  Quad weight{1, 1, 1, 1};
  for (std::uint32_t age = 0; age < kRemembered; ++age) {
    weights.push_back(weight);
    weight *= Quad{kFadeRecent, kFadeLong, kFadeOrder, kFadeOrder};
  }
  return weights;
}

// Sum over the remembered items of their fading weight times their row.
Quad faded_sum(std::span<const std::uint32_t> history, const std::vector<Quad>& fading, const Quad* rows) {
  const std::size_t remembered = std::min<std::size_t>(history.size(), kRemembered);
  const std::uint32_t* newest = history.data() + history.size();
  Quad sum{0, 0, 0, 0};
  for (std::size_t age = 0; age < remembered; ++age) sum += fading[age] * rows[*(newest - 1 - age)];
  return sum;
}

float taste_logit(float product) { return kTasteSharpness * std::clamp(product, -1.0F, 2.0F); }

std::vector<float> item_scales(const Histories& histories) {
  std::vector<float> scales(histories.item_count());
  for (std::uint32_t item = 0; item < scales.size(); ++item) {
    scales[item] = 1.0F / std::sqrt(static_cast<float>(std::max<std::size_t>(1, histories.meetings(item).size())));
  }
  return scales;
}

// For every history item j what its rows in the columns of all items sum to. The column of j holds the same numbers,
// with before and after exchanged.
std::vector<Quad> row_totals(const Histories& histories, const TrainingControl& control) {
  const std::vector<float> scales = item_scales(histories);
  const unsigned workers = worker_count(control);
  std::vector<ItemColumn> columns(workers, ItemColumn(histories.item_count()));
  std::vector<Quad> totals(histories.item_count());
  parallel_for(workers, totals.size(), control.stop, [&](std::size_t item, unsigned worker) {
    columns[worker].fill(histories, static_cast<std::uint32_t>(item));
    Quad sum{0, 0, 0, 0};
    for (std::size_t other = 0; other < totals.size(); ++other) sum += columns[worker].data()[other] * scales[other];
    totals[item] = Quad{sum[0], sum[1], sum[3], sum[2]} * scales[item];
  });
  return totals;
}

// Each user's vector from the newest items alone.
Factors learn_recent_taste(const Histories& histories, const Factors& items, const AlsParameters& parameters,
                           const TrainingControl& control) {
  Factors recent{histories.user_count(), items.dimension, {}};
  recent.values.resize(std::size_t{recent.count} * recent.dimension);
  const std::vector<float> gram = gram_matrix(items, parameters.unobserved_weight);
  const unsigned workers = worker_count(control);
  const GramBasis basis(items, gram);
  std::vector<RowSolver> solvers(workers, RowSolver(items, gram, &basis));
  std::vector<float> fading(kRemembered, 1.0F);  // oldest first
  for (std::size_t place = kRemembered - 1; place-- > 0;) fading[place] = fading[place + 1] * kFadeTaste;
  parallel_for(workers, recent.count, control.stop, [&](std::size_t index, unsigned worker) {
    const auto user = static_cast<std::uint32_t>(index);
    const auto history = histories.of(user);
    const std::size_t remembered = std::min<std::size_t>(history.size(), kRemembered);
    solvers[worker].solve(history.last(remembered), std::span(fading).last(remembered), kRidgeRecentTaste,
                          recent.of(user));
  });
  return recent;
}

float total_taste(const Factors& items, std::span<const float> user, std::vector<float>& products) {
  products.resize(items.count);
  multiply(items, user, products);
  const std::uint32_t step = (items.count + kTasteItemsMax - 1) / kTasteItemsMax;
  double sum = 0;
  for (std::uint32_t item = 0; item < items.count; item += step) sum += std::exp(taste_logit(products[item]));
  return static_cast<float>(sum * step);
}

std::vector<float> evidence_totals(const AffinityParts& parts, const TrainingControl& control) {
  const std::vector<Quad> rows = row_totals(parts.histories, control);
  const std::vector<Quad> fading = fading_weights();
  const unsigned workers = worker_count(control);
  std::vector<float> totals(std::size_t{parts.histories.user_count()} * kRelativeEvidenceKinds);
  std::vector<std::vector<float>> products(workers);
  parallel_for(workers, parts.histories.user_count(), control.stop, [&](std::size_t index, unsigned worker) {
    const auto user = static_cast<std::uint32_t>(index);
    const Quad sum = faded_sum(parts.histories.of(user), fading, rows.data());
    float* total = totals.data() + index * kRelativeEvidenceKinds;
    for (int k = 0; k < 4; ++k) total[k] = sum[k];
    total[4] = total_taste(parts.taste.items, parts.taste.users.of(user), products[worker]);
    total[5] = total_taste(parts.taste.items, parts.recent_taste.of(user), products[worker]);
  });
  return totals;
}

}  // namespace

AffinityModel::AffinityModel(AffinityParts parts)
    : parts_(std::move(parts)), popularity_(parts_.histories.item_count()), item_scale_(item_scales(parts_.histories)) {
  double sum = 0;
  double squares = 0;
  for (std::uint32_t item = 0; item < popularity_.size(); ++item) {
    popularity_[item] = std::log1p(static_cast<float>(histories().meetings(item).size()));
    sum += popularity_[item];
    squares += popularity_[item] * popularity_[item];
  }
  const double mean = sum / static_cast<double>(popularity_.size());
  const double deviation = std::sqrt(std::max(1e-6, squares / static_cast<double>(popularity_.size()) - mean * mean));
  for (float& value : popularity_) value = static_cast<float>((value - mean) / deviation);
}

Result<AffinityParts> AffinityModel::learn(Histories histories, const AlsParameters& parameters,
                                           const TrainingControl& control) {
  AffinityParts parts;
  parts.histories = std::move(histories);
  parts.taste = TRY(factorize(parts.histories, parameters, control));
  parts.recent_taste = learn_recent_taste(parts.histories, parts.taste.items, parameters, control);
  parts.totals = evidence_totals(parts, control);
  if (control.stop.stop_requested()) return fail(ErrorKind::kConflict, "The training was stopped.");
  return parts;
}

std::uint64_t AffinityModel::memory_bytes() const {
  return histories().memory_bytes() +
         4 * (parts_.taste.users.values.size() + parts_.taste.items.values.size() + parts_.recent_taste.values.size() +
              parts_.totals.size() + popularity_.size() + item_scale_.size());
}

struct AffinityReader::Work {
  explicit Work(const AffinityModel& of)
      : model(of),
        fading(fading_weights()),
        column(of.histories().item_count()),
        taste(of.histories().user_count()),
        recent_taste(of.histories().user_count()),
        met_age(of.histories().user_count(), 0) {}

  const AffinityModel& model;
  std::vector<Quad> fading;
  ItemColumn column;
  std::vector<float> taste;
  std::vector<float> recent_taste;
  std::vector<std::uint32_t> met_age;  // 0: not met; 1: the newest item
  std::uint32_t item = 0;
};

AffinityReader::AffinityReader(const AffinityModel& model) : work_(std::make_unique<Work>(model)) {}
AffinityReader::~AffinityReader() = default;
AffinityReader::AffinityReader(AffinityReader&&) noexcept = default;

void AffinityReader::open(std::uint32_t item) {
  const AffinityModel& model = work_->model;
  const Histories& histories = model.histories();
  for (const Meeting& meeting : histories.meetings(work_->item)) work_->met_age[meeting.user] = 0;
  for (const Meeting& meeting : histories.meetings(item)) {
    work_->met_age[meeting.user] = static_cast<std::uint32_t>(histories.of(meeting.user).size()) - meeting.place;
  }
  work_->item = item;
  work_->column.fill(histories, item);
  const float scale = model.item_scale(item);
  for (std::uint32_t other = 0; other < work_->column.size(); ++other) {
    work_->column.data()[other] *= scale * model.item_scale(other);
  }
  const std::span<const float> vector = model.parts().taste.items.of(item);
  multiply(model.parts().taste.users, vector, work_->taste);
  multiply(model.parts().recent_taste, vector, work_->recent_taste);
}

bool AffinityReader::met(std::uint32_t user) const { return work_->met_age[user] != 0; }

Evidence AffinityReader::evidence(std::uint32_t user) const {
  const AffinityModel& model = work_->model;
  const float* totals = model.parts().totals.data() + std::size_t{user} * kRelativeEvidenceKinds;
  Evidence evidence{};
  evidence[kActivity] = std::log(static_cast<float>(model.histories().activity(user)) + 1);
  const Quad sum = faded_sum(model.histories().of(user), work_->fading, work_->column.data());
  for (int k = 0; k < 4; ++k) {
    evidence[kSimilarRecent + static_cast<std::size_t>(k)] = std::log(sum[k] / std::max(totals[k], 1e-9F) + kShareMin);
  }
  const float floor = std::log(kShareMin);
  evidence[kTaste] = std::max(floor, taste_logit(work_->taste[user]) - std::log(totals[4]));
  evidence[kRecentTaste] = std::max(floor, taste_logit(work_->recent_taste[user]) - std::log(totals[5]));
  if (const std::uint32_t age = work_->met_age[user]; age != 0) {
    evidence[kMet] = 1;
    evidence[kMetRecently] = std::pow(kFadeLong, static_cast<float>(age - 1));
  }
  return evidence;
}

void AffinityReader::expected_counts(std::span<float> counts) const {
  const AffinityModel& model = work_->model;
  const AffinityWeights& weights = model.parts().weights;
  Evidence weight = weights.base;
  for (std::size_t k = 0; k < kEvidenceKinds; ++k) {
    weight[k] += model.popularity(work_->item) * weights.by_popularity[k];
  }
  double sum = 0;
  for (std::uint32_t user = 0; user < counts.size(); ++user) {
    counts[user] = 0;
    const bool excluded = weights.repeats == Repeats::kNever && met(user);
    if (excluded || model.histories().activity(user) == 0) continue;
    const Evidence seen = evidence(user);
    float logit = 0;
    for (std::size_t k = 0; k < kEvidenceKinds; ++k) logit += weight[k] * seen[k];
    counts[user] = std::exp(std::min(logit, 80.0F));
    sum += counts[user];
  }
  const double expected = kFutureShare * (static_cast<double>(model.histories().meetings(work_->item).size()) + 0.1);
  const float scale = sum > 0 ? static_cast<float>(expected / sum) : 0;
  for (float& count : counts) count *= scale;
}

std::vector<std::vector<float>> expected_counts_of_sets(const AffinityModel& model,
                                                        std::span<const std::vector<std::uint32_t>> sets,
                                                        const TrainingControl& control) {
  constexpr std::size_t kBatch = 32;  // items whose counts are held before they are added in their order
  const std::uint32_t users = model.histories().user_count();
  std::map<std::uint32_t, std::vector<std::uint32_t>> sets_of;  // by item
  for (std::uint32_t set = 0; set < sets.size(); ++set) {
    for (const std::uint32_t item : sets[set]) sets_of[item].push_back(set);
  }
  const std::vector<std::pair<std::uint32_t, std::vector<std::uint32_t>>> items(sets_of.begin(), sets_of.end());

  const unsigned workers = std::min<unsigned>(worker_count(control), kBatch);
  std::vector<AffinityReader> readers;
  for (unsigned worker = 0; worker < workers; ++worker) readers.emplace_back(model);
  std::vector<std::vector<float>> held(kBatch, std::vector<float>(users));
  std::vector<std::vector<float>> sums(sets.size(), std::vector<float>(users, 0));
  for (std::size_t first = 0; first < items.size() && !control.stop.stop_requested(); first += kBatch) {
    const std::size_t count = std::min(kBatch, items.size() - first);
    parallel_for(workers, count, control.stop, [&](std::size_t index, unsigned worker) {
      readers[worker].open(items[first + index].first);
      readers[worker].expected_counts(held[index]);
    });
    for (std::size_t index = 0; index < count; ++index) {
      for (const std::uint32_t set : items[first + index].second) {
        for (std::uint32_t user = 0; user < users; ++user) sums[set][user] += held[index][user];
      }
    }
    if (control.progress)
      control.progress(static_cast<double>(first + count) / static_cast<double>(items.size()), "scoring");
  }
  return sums;
}

}  // namespace rapport::learn
