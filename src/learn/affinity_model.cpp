#include "learn/affinity_model.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "learn/matrix_product.h"
#include "learn/parallel.h"

namespace rapport::learn {
namespace {

constexpr std::uint32_t kRemembered = 100;  // the newest items of a history that similarity and order look at
constexpr float kFadeRecent = 0.8F;         // per item met since
constexpr float kFadeOrder = 0.95F;
constexpr float kFadeTaste = 0.9F;
constexpr float kRidgeRecentTaste = 0.1F;
constexpr float kTasteSharpness = 4;         // tastes of 0 and 1 differ by a factor e^4
constexpr std::size_t kTasteItemsMin = 512;  // items that stand for all in the total of tastes
constexpr std::size_t kTasteItemsMax = 4096;
constexpr std::size_t kTastePairs = 1'000'000'000;  // of users and such items

// Sum over the remembered items of their fading weight times their row.
Quad faded_sum(std::span<const std::uint32_t> history, const std::vector<Quad>& fading, const Quad* rows) {
  const std::size_t remembered = std::min<std::size_t>(history.size(), kRemembered);
  const std::uint32_t* newest = history.data() + history.size();
  Quad sum{0, 0, 0, 0};
  for (std::size_t age = 0; age < remembered; ++age) sum += fading[age] * rows[*(newest - 1 - age)];
  return sum;
}

std::vector<float> item_scales(const Histories& histories) {
  std::vector<float> scales(histories.item_count());
  for (std::uint32_t item = 0; item < scales.size(); ++item) {
    scales[item] = 1.0F / std::sqrt(static_cast<float>(std::max<std::size_t>(1, histories.meetings(item).size())));
  }
  return scales;
}

// For every history item j what its rows in the columns of all items sum to.
std::vector<Quad> row_totals(const Histories& histories, const TrainingControl& control) {
  constexpr std::uint32_t kWindow = ItemColumn::kWindow;
  const std::span<const float> closeness = ItemColumn::closeness();
  const std::vector<float> scales = item_scales(histories);
  std::vector<float> sums(histories.user_count(), 0);  // of the scales of a user's items
  for (std::uint32_t user = 0; user < sums.size(); ++user) {
    for (const std::uint32_t item : histories.of(user)) sums[user] += scales[item];
  }
  std::vector<Quad> totals(histories.item_count());
  parallel_for(worker_count(control), totals.size(), control.stop, [&](std::size_t item, unsigned) {
    Quad sum{0, 0, 0, 0};
    for (const Meeting& meeting : histories.meetings(static_cast<std::uint32_t>(item))) {
      const std::span<const std::uint32_t> history = histories.of(meeting.user);
      const float both = sums[meeting.user] - scales[item];
      float before = 0;  // this item before the other
      float after = 0;
      for (std::uint32_t apart = 1; apart <= kWindow; ++apart) {
        if (meeting.place + apart < history.size()) before += closeness[apart] * scales[history[meeting.place + apart]];
        if (apart <= meeting.place) after += closeness[apart] * scales[history[meeting.place - apart]];
      }
      sum += Quad{both, both, before, after};
    }
    totals[item] = sum * scales[item];
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

// For each user the sum over all items of e to the taste's logit, told from some of the items where there are many
// pairs.
std::vector<float> taste_totals(const Factors& items, const Factors& users, const TrainingControl& control) {
  constexpr std::size_t kBlock = 128;  // users
  const std::size_t dimension = items.dimension;
  const std::size_t affordable =
      std::clamp<std::size_t>(kTastePairs / std::max(1U, users.count), kTasteItemsMin, kTasteItemsMax);
  const std::size_t step = (items.count + affordable - 1) / affordable;
  std::vector<float> looked_at;
  for (std::uint32_t item = 0; item < items.count; item += static_cast<std::uint32_t>(step)) {
    looked_at.insert(looked_at.end(), items.of(item).begin(), items.of(item).end());
  }
  const std::size_t count = looked_at.size() / dimension;
  std::vector<float> totals(users.count);
  std::vector<std::vector<float>> products(worker_count(control));
  parallel_for(worker_count(control), (users.count + kBlock - 1) / kBlock, control.stop,
               [&](std::size_t block, unsigned worker) {
                 const std::size_t first = block * kBlock;
                 const std::size_t rows = std::min<std::size_t>(kBlock, users.count - first);
                 products[worker].resize(rows * count);
                 multiply_matrices({std::span(users.values).subspan(first * dimension, rows * dimension), dimension},
                                   MatrixView{looked_at, dimension}.transposed(), products[worker]);
                 for (std::size_t row = 0; row < rows; ++row) {
                   const Eigen::Map<const Eigen::ArrayXf> own(products[worker].data() + row * count,
                                                              static_cast<Eigen::Index>(count));
                   totals[first + row] =
                       static_cast<float>(step) * (kTasteSharpness * own.max(-1.0F).min(2.0F)).exp().sum();
                 }
               });
  return totals;
}

std::vector<float> evidence_totals(const AffinityParts& parts, const TrainingControl& control) {
  const std::vector<Quad> rows = row_totals(parts.histories, control);
  const std::vector<Quad> fading = fading_weights();
  const std::vector<float> taste = taste_totals(parts.taste.items, parts.taste.users, control);
  const std::vector<float> recent = taste_totals(parts.taste.items, parts.recent_taste, control);
  std::vector<float> totals(std::size_t{parts.histories.user_count()} * kRelativeEvidenceKinds);
  parallel_for(worker_count(control), parts.histories.user_count(), control.stop, [&](std::size_t user, unsigned) {
    const Quad sum = faded_sum(parts.histories.of(static_cast<std::uint32_t>(user)), fading, rows.data());
    float* total = totals.data() + user * kRelativeEvidenceKinds;
    for (int k = 0; k < 4; ++k) total[k] = sum[k];
    total[4] = taste[user];
    total[5] = recent[user];
  });
  return totals;
}

}  // namespace

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

float taste_logit(float product) { return kTasteSharpness * std::clamp(product, -1.0F, 2.0F); }

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
        met_age(of.histories().user_count(), 0) {}

  const AffinityModel& model;
  std::vector<Quad> fading;
  ItemColumn column;
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
}

bool AffinityReader::met(std::uint32_t user) const { return work_->met_age[user] != 0; }

Evidence AffinityReader::evidence(std::uint32_t user) const {
  const AffinityParts& parts = work_->model.parts();
  const float* totals = parts.totals.data() + std::size_t{user} * kRelativeEvidenceKinds;
  Evidence evidence{};
  evidence[kActivity] = std::log(static_cast<float>(parts.histories.activity(user)) + 1);
  const Quad sum = faded_sum(parts.histories.of(user), work_->fading, work_->column.data());
  for (int k = 0; k < 4; ++k) {
    evidence[kSimilarRecent + static_cast<std::size_t>(k)] = std::log(sum[k] / std::max(totals[k], 1e-9F) + kShareMin);
  }
  const float floor = std::log(kShareMin);
  const std::span<const float> item = parts.taste.items.of(work_->item);
  const auto taste_of = [&](std::span<const float> own) {
    return taste_logit(std::inner_product(own.begin(), own.end(), item.begin(), 0.0F));
  };
  evidence[kTaste] = std::max(floor, taste_of(parts.taste.users.of(user)) - std::log(totals[4]));
  evidence[kRecentTaste] = std::max(floor, taste_of(parts.recent_taste.of(user)) - std::log(totals[5]));
  if (const std::uint32_t age = work_->met_age[user]; age != 0) {
    evidence[kMet] = 1;
    evidence[kMetRecently] = std::pow(kFadeLong, static_cast<float>(age - 1));
  }
  return evidence;
}

}  // namespace rapport::learn
