#include "learn/action_training.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "base/clock.h"
#include "base/digest.h"
#include "base/random.h"
#include "learn/calibration.h"
#include "learn/grouped_logit.h"
#include "learn/histories.h"
#include "learn/next_best_action.h"
#include "learn/parallel.h"

namespace rapport::learn {
namespace {

constexpr std::size_t kExamplesMax = 400'000;  // the newest
constexpr std::uint32_t kTasteDimension = 8;
constexpr std::uint32_t kTasteItemsMin = 16;
constexpr std::size_t kTasteRowsMin = 500;
constexpr std::size_t kExplainedOffers = 500;  // that tell what moves propensities
constexpr std::size_t kReasonsCounted = 1000;
constexpr std::uint32_t kFolds = 5;
constexpr std::uint32_t kTestFold = kFolds;
constexpr std::size_t kExamplesOfOneFold = 50'000;
// One offer in so many is learned from as if the user had answered none before: users who were never offered anything
// are many, and answers would stand in for what else is known of users.
constexpr std::uint64_t kOffersForOneUnanswered = 3;
constexpr std::array<std::uint32_t, 3> kCurvePercents = {10, 25, 50};
constexpr std::array<float, 5> kPenalties = {0.5F, 2, 8, 32, 128};

// All that the fits of one training share.
struct Workbench {
  const ActionDataset& dataset;
  const ActionTraining& training;
  const TrainingControl& control;
  ActionTimelines timelines;
  std::vector<Offer> offers;
  LogitExamples examples;            // of the offers
  std::vector<std::uint32_t> folds;  // of the offers' users; kTestFold: held out
};

void report(const TrainingControl& control, double share, std::string_view stage) {
  if (control.progress) control.progress(share, stage);
}

Result<Factors> learn_taste(const ActionDataset& dataset, const ActionTraining& training,
                            const TrainingControl& control) {
  if (dataset.base.items.size() < kTasteItemsMin || dataset.base.interactions.size() < kTasteRowsMin) {
    return Factors{.count = dataset.base.items.size(), .dimension = 0, .values = {}};
  }
  const Histories histories(dataset.base.interactions, dataset.base.users.size(), dataset.base.items.size());
  TrainingControl quiet = control;
  quiet.progress = {};
  AlsParameters parameters{.dimension = kTasteDimension, .seed = training.seed};
  Factors items = TRY(factorize(histories, parameters, quiet))
  .items;
  double squares = 0;
  for (const float value : items.values) squares += static_cast<double>(value) * static_cast<double>(value);
  const auto scale =
      static_cast<float>(1 / std::sqrt(std::max(1e-12, squares / static_cast<double>(items.values.size()))));
  for (float& value : items.values) value *= scale;
  return items;
}

std::vector<OfferMoment> moments_of(const std::vector<Offer>& offers) {
  std::vector<OfferMoment> moments;
  for (const Offer& offer : offers) moments.push_back(offer.moment);
  return moments;
}

std::vector<Offer> newest_offers(std::vector<Offer> offers) {
  if (offers.size() <= kExamplesMax) return offers;
  std::vector<std::int64_t> times;
  for (const Offer& offer : offers) times.push_back(offer.moment.time);
  std::ranges::nth_element(times, times.end() - static_cast<std::ptrdiff_t>(kExamplesMax));
  const std::int64_t oldest = times[times.size() - kExamplesMax];
  std::erase_if(offers, [&](const Offer& offer) { return offer.moment.time < oldest; });
  return offers;
}

std::uint32_t fold_of(const Workbench& bench, std::uint32_t user) {
  const std::uint64_t place = stable_hash(bench.dataset.base.users.at(user), bench.training.seed) % 50;
  return place < 5 ? kTestFold : static_cast<std::uint32_t>(place % kFolds);
}

void encode_offers(const ActionEncoder& encoder, Workbench& bench) {
  Random random(bench.training.seed);
  std::vector<std::uint8_t> unanswered;
  for (const Offer& offer : bench.offers) {
    bench.folds.push_back(fold_of(bench, offer.moment.user));
    const bool is_drawn = random.below(kOffersForOneUnanswered) == 0;
    unanswered.push_back(is_drawn && bench.folds.back() != kTestFold ? 1 : 0);
  }
  std::vector<FeatureRow> rows(bench.offers.size());
  parallel_for(worker_count(bench.control), rows.size(), bench.control.stop, [&](std::size_t k, unsigned) {
    const OfferMoment& moment = bench.offers[k].moment;
    ActionQuery query = bench.timelines.before(moment.user, moment.time);
    if (unanswered[k] != 0) query.actions = {};
    encoder.encode_common(query, rows[k]);
    encoder.encode_answers(query, moment.action, rows[k]);
  });
  bench.examples.feature_count = encoder.feature_count();
  for (std::size_t k = 0; k < rows.size(); ++k) {
    bench.examples.add(rows[k], bench.offers[k].moment.action, bench.offers[k].taken);
    rows[k] = {};
  }
}

// All actions, those that share an attribute, each alone; the smaller the group, the stronger its penalty.
TaskGroups groups_of(const ActionDataset& dataset, float penalty) {
  const std::uint32_t actions = dataset.actions.size();
  TaskGroups groups{
      .group_count = 1, .of_tasks = std::vector<std::vector<std::uint32_t>>(actions, {0}), .penalties = {penalty}};
  const auto add = [&](std::span<const std::uint32_t> members, float factor) {
    for (const std::uint32_t action : members) groups.of_tasks[action].push_back(groups.group_count);
    groups.penalties.push_back(penalty * factor);
    ++groups.group_count;
  };
  for (const AttributeColumn& column : dataset.action_attributes.columns()) {
    for (const AttributeValue& value : column.values) {
      if (value.items.size() >= 2 && value.items.size() < actions) add(value.items, 2);
    }
  }
  for (std::uint32_t action = 0; action < actions; ++action) add(std::span(&action, 1), 2);
  return groups;
}

template <class Keep>
std::vector<std::uint32_t> examples_where(const Workbench& bench, const Keep& keep) {
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t k = 0; k < bench.folds.size(); ++k) {
    if (keep(bench.folds[k])) chosen.push_back(k);
  }
  return chosen;
}

double logit_of_example(const Workbench& bench, std::uint32_t example, std::span<const float> weights) {
  const std::size_t features = bench.examples.feature_count;
  return logit_of(bench.examples.row(example), weights.subspan(bench.examples.tasks[example] * features, features));
}

// Appends the logits of a fold's examples under weights learned from the other folds.
Status add_unseen_logits(const Workbench& bench, std::uint32_t fold, float penalty, std::vector<double>& logits,
                         std::vector<std::uint8_t>& labels) {
  const auto others = examples_where(bench, [&](std::uint32_t of) { return of != fold && of != kTestFold; });
  const auto weights = TRY(fit_grouped_logit(bench.examples, others, groups_of(bench.dataset, penalty), bench.control));
  for (const std::uint32_t k : examples_where(bench, [&](std::uint32_t of) { return of == fold; })) {
    logits.push_back(logit_of_example(bench, k, weights));
    labels.push_back(bench.examples.labels[k]);
  }
  return {};
}

double log_loss(const std::vector<double>& logits, const std::vector<std::uint8_t>& labels) {
  double loss = 0;
  for (std::size_t k = 0; k < logits.size(); ++k) {
    loss += std::max(logits[k], 0.0) - labels[k] * logits[k] + std::log1p(std::exp(-std::abs(logits[k])));
  }
  return loss;
}

// Logits of the examples of the first folds under weights that were learned without their users.
struct Unseen {
  std::vector<double> logits;
  std::vector<std::uint8_t> labels;
};

Result<Unseen> unseen_logits(const Workbench& bench, std::uint32_t folds, float penalty) {
  Unseen unseen;
  for (std::uint32_t fold = 0; fold < folds; ++fold) {
    TRY(add_unseen_logits(bench, fold, penalty, unseen.logits, unseen.labels));
  }
  return unseen;
}

struct Fit {
  float penalty = 0;
  Calibration calibration;
};

// The penalty that foretells users it has not seen best, and the correction of what it foretells. One fold is enough to
// choose by where it has many examples.
Result<Fit> choose_fit(const Workbench& bench) {
  const std::uint32_t folds = bench.examples.size() >= kExamplesOfOneFold ? 1 : kFolds;
  Fit best;
  Unseen told;
  double least = 0;
  for (const float penalty : kPenalties) {
    report(bench.control, 0.3, "choosing how strictly to learn");
    Unseen unseen = TRY(unseen_logits(bench, folds, penalty));
    const double loss = log_loss(unseen.logits, unseen.labels);
    if (penalty != kPenalties.front() && loss >= least) continue;
    least = loss;
    best.penalty = penalty;
    told = std::move(unseen);
  }
  report(bench.control, 0.6, "calibrating");
  if (folds < kFolds) told = TRY(unseen_logits(bench, kFolds, best.penalty));
  best.calibration = calibrate(told.logits, told.labels);
  return best;
}

std::vector<float> feature_means(const LogitExamples& examples) {
  std::vector<double> sums(examples.feature_count, 0);
  for (const FeatureValue& one : examples.values) sums[one.feature] += static_cast<double>(one.value);
  std::vector<float> means;
  for (const double sum : sums) {
    means.push_back(static_cast<float>(sum / static_cast<double>(std::max<std::size_t>(1, examples.size()))));
  }
  return means;
}

Result<std::vector<float>> calibrated_weights(const Workbench& bench, const std::vector<std::uint32_t>& chosen,
                                              const Fit& fit) {
  auto weights = TRY(fit_grouped_logit(bench.examples, chosen, groups_of(bench.dataset, fit.penalty), bench.control));
  for (std::size_t k = 0; k < weights.size(); ++k) {
    weights[k] *= static_cast<float>(fit.calibration.slope);
    if (k % bench.examples.feature_count == 0) weights[k] += static_cast<float>(fit.calibration.offset);
  }
  return weights;
}

std::unique_ptr<ActionModel> model_of(const Workbench& bench, const ActionEncoder& encoder,
                                      std::vector<float> weights) {
  return std::make_unique<NextBestActionModel>(NextBestActionParts{
      .actions = bench.dataset.actions,
      .items = bench.dataset.base.items,
      .event_types = bench.dataset.event_types,
      .encoder = encoder,
      .weights = std::move(weights),
      .means = feature_means(bench.examples),
      .known = actions_with_data(bench.dataset, bench.training.minimum_window_days, bench.training.minimum),
  });
}

std::vector<double> base_rates(const Workbench& bench, const std::vector<std::uint32_t>& chosen) {
  std::vector<double> taken(bench.dataset.actions.size(), 0);
  std::vector<double> offered(taken.size(), 0);
  for (const std::uint32_t k : chosen) {
    taken[bench.examples.tasks[k]] += bench.examples.labels[k];
    offered[bench.examples.tasks[k]] += 1;
  }
  for (std::size_t action = 0; action < taken.size(); ++action) taken[action] /= std::max(1.0, offered[action]);
  return taken;
}

// What the users held out met, and who they are.
struct HeldOut {
  std::vector<TestOffer> offers;
  std::vector<std::uint32_t> users;
};

HeldOut held_out(const Workbench& bench, const std::vector<float>& weights) {
  const auto known = actions_with_data(bench.dataset, bench.training.minimum_window_days, bench.training.minimum);
  HeldOut out;
  for (const std::uint32_t k : examples_where(bench, [](std::uint32_t fold) { return fold == kTestFold; })) {
    const std::uint32_t user = bench.offers[k].moment.user;
    if (out.users.empty() || out.users.back() != user) out.users.push_back(user);
    const std::uint32_t action = bench.examples.tasks[k];
    if (known[action] == 0) continue;
    const double propensity = 1 / (1 + std::exp(-logit_of_example(bench, k, weights)));
    out.offers.push_back({action, propensity, bench.examples.labels[k] != 0});
  }
  return out;
}

// The metrics of other propensities on the same offers and users.
template <class Propensity>
ActionMetrics metrics_of_others(const Workbench& bench, HeldOut out, const std::vector<double>& rates,
                                const Propensity& propensity) {
  for (TestOffer& offer : out.offers) offer.propensity = propensity(offer.action);
  ActionMetrics metrics;
  evaluate_offers(out.offers, rates, metrics);
  const auto score = [&](const ActionQuery&, std::span<float> propensities) {
    for (std::uint32_t action = 0; action < propensities.size(); ++action) {
      propensities[action] = static_cast<float>(propensity(action));
    }
  };
  evaluate_lists(bench.dataset.actions.size(), score, bench.timelines, out.users, metrics);
  return metrics;
}

struct Judgement {
  ActionMetrics metrics;
  HeldOut out;
  std::vector<double> rates;  // of each action among the examples learned from
};

// What is learned from some examples, measured on the users held out.
Result<Judgement> judge(const Workbench& bench, const ActionEncoder& encoder, const Fit& fit,
                        const std::vector<std::uint32_t>& seen) {
  const auto weights = TRY(calibrated_weights(bench, seen, fit));
  Judgement judgement{.metrics = {}, .out = held_out(bench, weights), .rates = base_rates(bench, seen)};
  evaluate_offers(judgement.out.offers, judgement.rates, judgement.metrics);
  const auto model = model_of(bench, encoder, weights);
  const auto score = [&](const ActionQuery& query, std::span<float> into) { model->score(query, into); };
  evaluate_lists(bench.dataset.actions.size(), score, bench.timelines, judgement.out.users, judgement.metrics);
  return judgement;
}

// Those of the users learned from that belong to so many per cent of them.
std::vector<std::uint32_t> examples_of_percent(const Workbench& bench, std::uint32_t percent) {
  std::vector<std::uint32_t> chosen;
  for (const std::uint32_t k : examples_where(bench, [](std::uint32_t fold) { return fold != kTestFold; })) {
    const std::string_view user = bench.dataset.base.users.at(bench.offers[k].moment.user);
    if (stable_hash(user, ~bench.training.seed) % 100 < percent) chosen.push_back(k);
  }
  return chosen;
}

Status evaluate(const Workbench& bench, const ActionEncoder& encoder, const Fit& fit, TrainedActionModel& trained) {
  for (const std::uint32_t percent : kCurvePercents) {
    const Judgement part = TRY(judge(bench, encoder, fit, examples_of_percent(bench, percent)));
    trained.learning_curve.push_back({percent / 100.0, part.metrics});
  }
  const Judgement whole = TRY(judge(bench, encoder, fit, examples_of_percent(bench, 100)));
  trained.metrics = whole.metrics;
  trained.learning_curve.push_back({1, whole.metrics});
  trained.popularity_metrics =
      metrics_of_others(bench, whole.out, whole.rates, [&](std::uint32_t action) { return whole.rates[action]; });
  Random random(bench.training.seed);
  trained.random_metrics =
      metrics_of_others(bench, whole.out, whole.rates, [&](std::uint32_t) { return random.uniform(); });
  std::vector<double> predictions;
  std::vector<std::uint8_t> labels;
  for (const TestOffer& offer : whole.out.offers) {
    predictions.push_back(offer.propensity);
    labels.push_back(offer.taken ? 1 : 0);
  }
  trained.calibration = reliability(predictions, labels);
  return {};
}

std::vector<ActionInfluence> influence_of(const Workbench& bench, const ActionModel& model) {
  std::map<std::pair<ActionReason::Kind, std::string>, double> sums;
  double total = 0;
  const std::size_t step = bench.offers.size() / kExplainedOffers + 1;
  for (std::size_t k = 0; k < bench.offers.size(); k += step) {
    const OfferMoment& moment = bench.offers[k].moment;
    for (const ActionReason& reason :
         model.explain(bench.timelines.before(moment.user, moment.time), moment.action, kReasonsCounted)) {
      const bool is_named =
          reason.kind != ActionReason::Kind::kPastItem && reason.kind != ActionReason::Kind::kPastAction;
      sums[{reason.kind, is_named ? reason.fact.column : std::string()}] += std::abs(reason.share);
      total += std::abs(reason.share);
    }
  }
  std::vector<ActionInfluence> influence;
  for (const auto& [what, sum] : sums) influence.push_back({what.first, what.second, sum / total});
  std::ranges::stable_sort(influence, std::ranges::greater{}, &ActionInfluence::share);
  return influence;
}

std::uint64_t memory_of(const Workbench& bench) {
  return bench.examples.values.size() * sizeof(FeatureValue) + bench.offers.size() * sizeof(Offer) +
         bench.dataset.base.interactions.size() * (sizeof(PastDeed) + sizeof(Interaction)) +
         bench.dataset.action_interactions.size() * (sizeof(PastAction) + sizeof(ActionInteraction));
}

}  // namespace

Result<TrainedActionModel> train_action_model(const ActionDataset& dataset, const ActionTraining& training,
                                              const TrainingControl& control) {
  const double started = monotonic_seconds();
  if (training.optimization_period_days < 7 || training.optimization_period_days > 28) {
    return fail(ErrorKind::kInvalid,
                "action_optimization_period must be a whole number of days from 7 to 28, not: " +
                    std::to_string(training.optimization_period_days),
                "action_optimization_period");
  }
  report(control, 0, "learning tastes");
  Factors taste = TRY(learn_taste(dataset, training, control));
  Workbench bench{dataset, training, control, ActionTimelines(dataset), {}, {}, {}};
  bench.offers = newest_offers(
      settled_offers(find_offers(bench.timelines, dataset.base.users.size(), training.optimization_period_days),
                     dataset.actions.size(), training.minimum));
  report(control, 0.2, "reading users' states");
  const ActionEncoder encoder = fit_encoder(dataset, bench.timelines, moments_of(bench.offers), std::move(taste));
  encode_offers(encoder, bench);
  const Fit fit = TRY(choose_fit(bench));
  report(control, 0.8, "evaluating");
  TrainedActionModel trained;
  TRY(evaluate(bench, encoder, fit, trained));
  report(control, 0.9, "learning from all users");
  const auto all = examples_where(bench, [](std::uint32_t) { return true; });
  trained.model = model_of(bench, encoder, TRY(calibrated_weights(bench, all, fit)));
  trained.influence = influence_of(bench, *trained.model);
  trained.cost = {monotonic_seconds() - started, memory_of(bench)};
  return trained;
}

}  // namespace rapport::learn
