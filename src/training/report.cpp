#include "training/report.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "learn/histories.h"
#include "training/data_profile.h"

namespace rapport::training {
namespace {

constexpr std::uint32_t kExplainedUsers = 200;
constexpr std::size_t kExplainedItems = 5;
constexpr std::size_t kInfluencesMax = 15;

double rounded(double value) { return std::round(value * 1e4) / 1e4; }

std::map<std::string, double> by_key(const learn::SegmentMetrics& metrics) {
  return {{"coverage", metrics.coverage},
          {"hits_at_1_percent", metrics.hits_at_1_percent},
          {"recall_at_1_percent", metrics.recall_at_1_percent}};
}

json::object numbers(const std::map<std::string, double>& values) {
  json::object object;
  for (const auto& [key, value] : values) object[key] = rounded(value);
  return object;
}

// "GENRES = Action", "an item of the past", "popularity": what a part of a score comes from.
std::string name_of(const learn::Reason& reason, const learn::ItemModel& model) {
  switch (reason.kind) {
    case learn::Reason::Kind::kPastItem: return "item met before: " + std::string(model.items().at(reason.item));
    case learn::Reason::Kind::kPopularity: return "popularity";
    case learn::Reason::Kind::kUserAttribute:
    case learn::Reason::Kind::kItemAttribute:
    case learn::Reason::Kind::kContext: return reason.fact.column + " = " + reason.fact.value;
  }
  return {};
}

std::string_view kind_name(learn::Reason::Kind kind) {
  switch (kind) {
    case learn::Reason::Kind::kPastItem: return "PAST_ITEM";
    case learn::Reason::Kind::kPopularity: return "POPULARITY";
    case learn::Reason::Kind::kUserAttribute: return "USER_ATTRIBUTE";
    case learn::Reason::Kind::kItemAttribute: return "ITEM_ATTRIBUTE";
    case learn::Reason::Kind::kContext: return "CONTEXT";
  }
  return {};
}

learn::ItemQuery query_for(std::string_view type, std::span<const learn::PastEvent> past,
                           std::span<const learn::Fact> facts) {
  if (type == "RELATED_ITEMS" && !past.empty()) return {.history = {}, .user = {}, .item = past.back().item};
  return {.history = past, .user = facts};
}

using Influences = std::map<std::pair<std::string, std::string>, double>;

void add_reasons(const learn::ItemModel& model, const learn::ItemQuery& query, Influences& sums) {
  std::vector<float> scores(model.items().size());
  model.score(query, scores);
  for (const std::uint32_t item : learn::top_items(scores, kExplainedItems, {})) {
    for (const learn::Reason& reason : model.explain(query, item, 10)) {
      sums[{std::string(kind_name(reason.kind)), name_of(reason, model)}] += static_cast<double>(reason.share);
    }
  }
}

// The shares of the scores of what some users would be recommended, by where they come from.
json::array influence_of(const learn::Dataset& dataset, const learn::ItemModel& model) {
  const learn::Histories histories(dataset.interactions, dataset.users.size(), dataset.items.size());
  Influences sums;
  const std::uint32_t step = dataset.users.size() / kExplainedUsers + 1;
  std::vector<std::uint32_t> users;
  for (std::uint32_t user = 0; user < dataset.users.size(); user += step) users.push_back(user);
  const std::vector<std::vector<learn::Fact>> facts = learn::facts_of(dataset.user_attributes, users);
  for (std::size_t k = 0; k < users.size(); ++k) {
    std::vector<learn::PastEvent> past;
    for (const std::uint32_t item : histories.of(users[k])) past.push_back({item, 0});
    add_reasons(model, query_for(learn::type_of_item_recipe(model.recipe()), past, facts[k]), sums);
  }
  double total = 0;
  std::vector<std::pair<double, std::pair<std::string, std::string>>> sorted;
  for (const auto& [name, share] : sums) {
    total += share;
    sorted.emplace_back(share, name);
  }
  std::ranges::stable_sort(sorted, std::ranges::greater{}, [](const auto& one) { return one.first; });
  if (sorted.size() > kInfluencesMax) sorted.resize(kInfluencesMax);
  json::array influence;
  for (const auto& [share, name] : sorted) {
    influence.push_back(json::object{{"kind", name.first}, {"name", name.second}, {"share", rounded(share / total)}});
  }
  return influence;
}

// The kind of a fact that moves propensities, and its name for people.
std::pair<std::string_view, std::string> words_for(const learn::ActionInfluence& influence) {
  switch (influence.kind) {
    case learn::ActionReason::Kind::kActivity: return {"ACTIVITY", influence.name};
    case learn::ActionReason::Kind::kPastItem: return {"PAST_ITEM", "items met before"};
    case learn::ActionReason::Kind::kItemAttribute: return {"ITEM_ATTRIBUTE", influence.name + " of items met before"};
    case learn::ActionReason::Kind::kUserAttribute: return {"USER_ATTRIBUTE", influence.name};
    case learn::ActionReason::Kind::kPastAction: return {"PAST_ACTION", "earlier answers to the action"};
  }
  return {};
}

json::object head_of(const ReportSubject& subject, json::object profile) {
  json::object report{{"recipe", subject.recipe}, {"data", std::move(profile)}};
  json::object parameters;
  for (const auto& [name, value] : subject.hyperparameters) parameters[name] = value;
  report["hyperparameters"] = std::move(parameters);
  if (!subject.trials.empty()) {
    json::array trials;
    for (const Trial& trial : subject.trials) {
      json::object tried;
      for (const auto& [name, value] : trial.hyperparameters) tried[name] = value;
      trials.push_back(json::object{{"hyperparameters", std::move(tried)}, {"value", rounded(trial.value)}});
    }
    report["tuning"] = std::move(trials);
  }
  report["modelBytes"] = subject.model_bytes;
  return report;
}

}  // namespace

std::string baseline_title(std::string_view name) {
  if (name == "popularity") return "popularity";
  if (name == "random") return "chance";
  if (name == "mostActive") return "most active users";
  if (name == "mostActiveUnmet") return "most active, not met yet";
  if (name == "mostFrequent") return "met most of it";
  return std::string(name);
}

std::vector<std::pair<std::string, double>> metrics_of(const learn::TrainedItems& trained) {
  std::map<std::string, double> all = trained.metrics.by_key();
  all.insert(trained.more_metrics.begin(), trained.more_metrics.end());
  std::vector<std::pair<std::string, double>> metrics;
  for (const auto& [key, value] : all) metrics.emplace_back(key, rounded(value));
  return metrics;
}

std::vector<std::pair<std::string, double>> metrics_of(const learn::TrainedSegmentModel& trained) {
  std::vector<std::pair<std::string, double>> metrics;
  for (const auto& [key, value] : by_key(trained.metrics)) metrics.emplace_back(key, rounded(value));
  return metrics;
}

json::object report_of(const ReportSubject& subject, const learn::Dataset& dataset,
                       const learn::TrainedItems& trained) {
  json::object report = head_of(subject, profile_of(dataset));
  json::object metrics;
  for (const auto& [key, value] : metrics_of(trained)) metrics[key] = value;
  report["metrics"] = std::move(metrics);
  report["baselines"] = json::object{{"popularity", numbers(trained.popularity_metrics.by_key())},
                                     {"random", numbers(trained.random_metrics.by_key())}};
  json::array calibration;
  for (const learn::CalibrationBin& bin : trained.calibration) {
    calibration.push_back(json::object{{"predicted", bin.predicted}, {"observed", bin.observed}, {"count", bin.count}});
  }
  if (!calibration.empty()) report["calibration"] = std::move(calibration);
  json::array curve;
  for (const learn::LearningPoint& point : trained.learning_curve) {
    curve.push_back(json::object{{"share", point.share}, {"metrics", numbers(point.metrics.by_key())}});
  }
  if (!curve.empty()) report["learningCurve"] = std::move(curve);
  if (trained.model) report["influence"] = influence_of(dataset, *trained.model);
  report["trainingSeconds"] = rounded(trained.cost.seconds);
  return report;
}

json::object report_of(const ReportSubject& subject, const learn::Dataset& dataset,
                       const learn::TrainedSegmentModel& trained) {
  json::object report = head_of(subject, profile_of(dataset));
  json::object metrics;
  for (const auto& [key, value] : metrics_of(trained)) metrics[key] = value;
  report["metrics"] = std::move(metrics);
  json::object baselines;
  for (const auto& [name, metrics_of_list] : trained.baselines) baselines[name] = numbers(by_key(metrics_of_list));
  report["baselines"] = std::move(baselines);
  report["trainingSeconds"] = rounded(trained.cost.seconds);
  return report;
}

std::vector<std::pair<std::string, double>> metrics_of(const learn::TrainedActionModel& trained) {
  std::vector<std::pair<std::string, double>> metrics;
  for (const auto& [key, value] : trained.metrics.by_key()) metrics.emplace_back(key, rounded(value));
  return metrics;
}

json::object report_of(const ReportSubject& subject, const learn::ActionDataset& dataset,
                       const learn::TrainedActionModel& trained) {
  json::object report = head_of(subject, profile_of(dataset, *trained.model));
  report["metrics"] = numbers(trained.metrics.by_key());
  report["baselines"] = json::object{{"popularity", numbers(trained.popularity_metrics.by_key())},
                                     {"random", numbers(trained.random_metrics.by_key())}};
  json::array calibration;
  for (const learn::ReliabilityBin& bin : trained.calibration) {
    calibration.push_back(json::object{{"predicted", bin.predicted}, {"observed", bin.observed}, {"count", bin.count}});
  }
  report["calibration"] = std::move(calibration);
  report["calibrationError"] = rounded(trained.metrics.expected_calibration_error);
  json::array curve;
  for (const learn::ActionLearningPoint& point : trained.learning_curve) {
    curve.push_back(json::object{{"share", point.share}, {"metrics", numbers(point.metrics.by_key())}});
  }
  report["learningCurve"] = std::move(curve);
  json::array influence;
  for (const learn::ActionInfluence& one : trained.influence) {
    if (influence.size() == kInfluencesMax) break;
    const auto [kind, name] = words_for(one);
    influence.push_back(json::object{{"kind", kind}, {"name", name}, {"share", rounded(one.share)}});
  }
  report["influence"] = std::move(influence);
  report["trainingSeconds"] = rounded(trained.cost.seconds);
  return report;
}

}  // namespace rapport::training
