#include "learn/sequence_training.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "learn/fact_learning.h"
#include "learn/histories.h"
#include "learn/sequence_model.h"
#include "learn/sequence_weights.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kInteractionsMin = 2;
constexpr std::size_t kInteractionsOfOneThread = 20'000;  // below it threads cost more than they give
constexpr std::size_t kUsersHeldOutMax = 2048;
constexpr double kHalfLifeShare = 0.25;     // of the time the data span, after which an interaction counts half
constexpr double kLeastShare = 0.25;        // of what a recent one counts that any counts
constexpr std::size_t kRowsHeldOutMin = 3;  // of a user who loses the last

// False when most users have one time only.
bool has_order(const Dataset& dataset) {
  struct Times {
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    std::uint32_t rows = 0;
  };
  std::vector<Times> times(dataset.users.size());
  for (const Interaction& row : dataset.interactions) {
    Times& own = times[row.user];
    own = {std::min(own.first, row.time), std::max(own.last, row.time), own.rows + 1};
  }
  std::size_t several = 0;
  std::size_t ordered = 0;
  for (const Times& own : times) {
    several += own.rows >= 2;
    ordered += own.rows >= 2 && own.first < own.last;
  }
  return 2 * ordered >= several;
}

// The rows with made-up times.
std::vector<Interaction> mixed_rows(const Dataset& dataset, std::uint64_t seed) {
  std::vector<Interaction> rows = dataset.interactions;
  Random random(seed);
  for (Interaction& row : rows) row.time = static_cast<std::int64_t>(random.below(std::uint64_t{1} << 40));
  return rows;
}

// Some users lose their last row.
ItemSplit hold_out_some(const std::vector<Interaction>& rows, std::uint32_t user_count, std::uint64_t seed) {
  std::vector<std::uint32_t> counts(user_count, 0);
  for (const Interaction& row : rows) ++counts[row.user];
  std::vector<std::uint32_t> users;
  for (std::uint32_t user = 0; user < user_count; ++user) {
    if (counts[user] >= kRowsHeldOutMin) users.push_back(user);
  }
  Random random(seed);
  const std::size_t count = std::min(kUsersHeldOutMax, users.size());
  for (std::size_t k = 0; k < count; ++k) std::swap(users[k], users[k + random.below(users.size() - k)]);
  std::vector<bool> drawn(user_count, false);
  for (std::size_t k = 0; k < count; ++k) drawn[users[k]] = true;
  return leave_last_out_of(rows, drawn);
}

// The weights, brought to a mean of 1; with a bias to what is recent they fade with age.
void weigh_rows(std::vector<Interaction>& rows, const Dataset& dataset, Recency recency) {
  if (recency == Recency::kMore && !rows.empty()) {
    const auto [oldest, newest] = std::ranges::minmax(dataset.interactions, {}, &Interaction::time);
    const double half_life = static_cast<double>(newest.time - oldest.time) * kHalfLifeShare;
    for (std::size_t k = 0; k < rows.size() && half_life > 0; ++k) {
      const double age = static_cast<double>(newest.time - dataset.interactions[k].time) / half_life;
      rows[k].weight *= static_cast<float>(kLeastShare + (1 - kLeastShare) * std::exp2(-age));
    }
  }
  double sum = 0;
  for (const Interaction& row : rows) sum += static_cast<double>(row.weight);
  const double mean = sum / static_cast<double>(std::max<std::size_t>(1, rows.size()));
  for (Interaction& row : rows) row.weight = static_cast<float>(static_cast<double>(row.weight) / mean);
}

// The newest row of each user held out.
std::vector<Interaction> newest_of(const std::vector<Interaction>& rows, const std::vector<HeldOut>& held_out) {
  std::vector<const Interaction*> newest;
  for (const Interaction& row : rows) {
    if (row.user >= newest.size()) newest.resize(row.user + 1, nullptr);
    if (newest[row.user] == nullptr || newest[row.user]->time <= row.time) newest[row.user] = &row;
  }
  std::vector<Interaction> found;
  for (const HeldOut& one : held_out) found.push_back(*newest[one.user]);
  return found;
}

// The users who met the item, each counting as much as the meeting.
std::uint32_t weighed_meetings(const Histories& histories, std::uint32_t item) {
  double sum = 0;
  for (const Meeting& meeting : histories.meetings(item)) sum += static_cast<double>(histories.weight(meeting));
  return sum > 0 ? std::max(1U, static_cast<std::uint32_t>(std::lround(sum))) : 0;
}

class Training {
 public:
  Training(const Dataset& dataset, const SequenceTraining& settings, const TrainingControl& control)
      : dataset_(dataset),
        settings_(settings),
        control_(control),
        is_ordered_(has_order(dataset)),
        begun_(monotonic_seconds()) {}

  Result<TrainedSequenceModel> run() {
    std::vector<Interaction> rows = is_ordered_ ? dataset_.interactions : mixed_rows(dataset_, settings_.seed);
    weigh_rows(rows, dataset_, settings_.recency);
    TrainedSequenceModel result;
    SequenceParts early;
    {
      const ItemSplit split = hold_out_some(rows, dataset_.users.size(), settings_.seed);
      const Histories histories(split.known, dataset_.users.size(), dataset_.items.size());
      early = TRY(learn_tables(histories, 0.0, 0.15));
      if (settings_.network.places > 0) {
        TrainedNetwork trained = TRY(train_network(histories, settings_.network, part_of_all(0.15, 0.7)));
        early.network = std::move(trained.network);
        result.curve = std::move(trained.curve);
      }
      const std::vector<Interaction> newest = newest_of(rows, split.held_out);
      std::vector<float> counts;
      FactLesson lesson{dataset_, split.known, histories, split.held_out, {}, settings_.seed};
      for (const Interaction& row : newest) {
        counts.push_back(row.weight);
        lesson.contexts_of_next.push_back(row.context);
      }
      result.weights = TRY(learn_sequence_weights({early, histories, split.held_out, counts, settings_.seed}, quiet()));
      early.weights = result.weights;
      TRY(learn_facts(lesson, quiet(), early));
    }
    const Histories histories(rows, dataset_.users.size(), dataset_.items.size());
    SequenceParts parts = TRY(learn_tables(histories, 0.85, 0.15));
    parts.network = std::move(early.network);
    parts.weights = result.weights;
    count_facts(dataset_, rows, early, quiet(), parts);
    parts.bonus = objective_bonus(dataset_.rewards, dataset_.items.size(), settings_.objective);
    result.model = make_sequence_model(std::move(parts));
    result.cost.seconds = monotonic_seconds() - begun_;
    return result;
  }

 private:
  // A control whose progress is the share of all from `from` on.
  TrainingControl part_of_all(double from, double share) const {
    TrainingControl part = quiet();
    if (control_.progress) {
      part.progress = [this, from, share](double done, std::string_view stage) {
        control_.progress(from + done * share, stage);
      };
    }
    return part;
  }
  TrainingControl quiet() const { return {.threads = control_.threads, .stop = control_.stop, .progress = {}}; }

  Result<SequenceParts> learn_tables(const Histories& histories, double from, double share) const {
    SequenceParts parts;
    parts.recipe = settings_.recipe;
    parts.is_ordered = is_ordered_;
    parts.items = dataset_.items;
    parts.attributes = dataset_.attributes;
    for (std::uint32_t item = 0; item < dataset_.items.size(); ++item) {
      parts.popularity.push_back(weighed_meetings(histories, item));
    }
    parts.transitions = count_transitions(histories, settings_.transitions, control_);
    parts.linear = learn_linear_items(histories, settings_.linear);
    parts.taste_parameters = settings_.taste;
    parts.taste = TRY(factorize(histories, settings_.taste, part_of_all(from, share)))
    .items;
    return parts;
  }

  const Dataset& dataset_;
  const SequenceTraining& settings_;
  const TrainingControl& control_;
  const bool is_ordered_;
  const double begun_;
};

}  // namespace

Result<TrainedSequenceModel> train_sequence_model(const Dataset& dataset, const SequenceTraining& training,
                                                  const TrainingControl& control) {
  if (dataset.interactions.size() < kInteractionsMin) {
    return fail(ErrorKind::kInvalid, "There are too few interactions to train on; import more. Interactions: " +
                                         std::to_string(dataset.interactions.size()));
  }
  TrainingControl own = control;
  if (dataset.interactions.size() < kInteractionsOfOneThread) own.threads = 1;
  return Training(dataset, training, own).run();
}

}  // namespace rapport::learn
